import { exportDisagreements } from '#lib/api/policies.ts';
import { streamRoute } from '#lib/api/route.ts';
import { TableFormat } from '#lib/contract/paging.ts';
import { DisagreementFilter } from '#lib/contract/policies.ts';

/** `GET /api/v1/disagreements/export`: every disagreement of the filter. */
export const GET = streamRoute({
  query: DisagreementFilter.extend({ as: TableFormat }),
  handle: ({ query }) => exportDisagreements(query, query.as),
});
