import { listSecondOpinions } from '#lib/api/policies.ts';
import { route } from '#lib/api/route.ts';
import { DisagreementFilter, DisagreementPage } from '#lib/contract/disagreements.ts';
import { PageRequest } from '#lib/contract/paging.ts';

/** `GET /api/v1/disagreements`: what engines say otherwise than we. */
export const GET = route({
  query: DisagreementFilter.extend(PageRequest.shape),
  response: DisagreementPage,
  handle: ({ query }) => listSecondOpinions(query, query),
});
