import { exportExceptions } from '#lib/api/policies.ts';
import { streamRoute } from '#lib/api/route.ts';
import { ExceptionFilter } from '#lib/contract/exceptions.ts';
import { TableFormat } from '#lib/contract/paging.ts';

/** `GET /api/v1/exceptions/export`: every exception of the filter. */
export const GET = streamRoute({
  query: ExceptionFilter.extend({ as: TableFormat }),
  handle: ({ query }) => exportExceptions(query, query.as),
});
