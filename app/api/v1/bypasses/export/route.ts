import { exportBypasses } from '#lib/api/policies.ts';
import { streamRoute } from '#lib/api/route.ts';
import { BypassFilter } from '#lib/contract/exceptions.ts';
import { TableFormat } from '#lib/contract/paging.ts';

/** `GET /api/v1/bypasses/export`: every way past an engine of the filter. */
export const GET = streamRoute({
  query: BypassFilter.extend({ as: TableFormat }),
  handle: ({ query }) => exportBypasses(query, query.as),
});
