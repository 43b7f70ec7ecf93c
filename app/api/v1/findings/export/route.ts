import { exportFindings } from '#lib/api/exports.ts';
import { streamRoute } from '#lib/api/route.ts';
import { ExportFormat } from '#lib/contract/paging.ts';
import { WorkloadFilter } from '#lib/contract/workloads.ts';

/** `GET /api/v1/findings/export`: every finding of the filter. */
export const GET = streamRoute({
  query: WorkloadFilter.extend({ as: ExportFormat }),
  handle: ({ query }) => exportFindings(query, query.as),
});
