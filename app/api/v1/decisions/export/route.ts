import { exportDecisions } from '#lib/api/policies.ts';
import { streamRoute } from '#lib/api/route.ts';
import { DecisionFilter } from '#lib/contract/decisions.ts';
import { TableFormat } from '#lib/contract/paging.ts';

/** `GET /api/v1/decisions/export`: every decision of the filter. */
export const GET = streamRoute({
  query: DecisionFilter.extend({ as: TableFormat }),
  handle: ({ query }) => exportDecisions(query, query.as),
});
