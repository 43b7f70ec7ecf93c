import { exportDisagreements } from '#lib/api/policies.ts';
import { streamRoute } from '#lib/api/route.ts';
import { DisagreementFilter } from '#lib/contract/disagreements.ts';
import { TableFormat } from '#lib/contract/paging.ts';

/** `GET /api/v1/disagreements/export`: every disagreement of the filter. */
export const GET = streamRoute({
  query: DisagreementFilter.extend({ as: TableFormat }),
  handle: ({ query }) => exportDisagreements(query, query.as),
});
