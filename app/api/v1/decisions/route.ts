import { listPolicyDecisions } from '#lib/api/policies.ts';
import { route } from '#lib/api/route.ts';
import { DecisionFilter, DecisionPage } from '#lib/contract/decisions.ts';
import { PageRequest } from '#lib/contract/paging.ts';

/** `GET /api/v1/decisions`: what rules say to containers, today and if they enforced. */
export const GET = route({
  query: DecisionFilter.extend(PageRequest.shape),
  response: DecisionPage,
  handle: ({ query }) => listPolicyDecisions(query, query),
});
