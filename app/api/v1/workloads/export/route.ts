import { exportWorkloads } from '#lib/api/exports.ts';
import { streamRoute } from '#lib/api/route.ts';
import { ExportFormat } from '#lib/contract/paging.ts';
import { WorkloadFilter } from '#lib/contract/workloads.ts';

/** `GET /api/v1/workloads/export`: every workload of the filter. */
export const GET = streamRoute({
  query: WorkloadFilter.extend({ as: ExportFormat }),
  handle: ({ query }) => exportWorkloads(query, query.as),
});
