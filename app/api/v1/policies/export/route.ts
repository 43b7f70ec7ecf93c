import { exportPolicies } from '#lib/api/policies.ts';
import { streamRoute } from '#lib/api/route.ts';
import { TableFormat } from '#lib/contract/paging.ts';
import { PolicyFilter } from '#lib/contract/policies.ts';

/** `GET /api/v1/policies/export`: every policy of the filter. */
export const GET = streamRoute({
  query: PolicyFilter.extend({ as: TableFormat }),
  handle: ({ query }) => exportPolicies(query, query.as),
});
