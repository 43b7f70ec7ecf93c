import { listPolicies } from '#lib/api/policies.ts';
import { route } from '#lib/api/route.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { PolicyFilter, PolicyPage } from '#lib/contract/policies.ts';

/** `GET /api/v1/policies`: policies with what each would refuse. */
export const GET = route({
  query: PolicyFilter.extend(PageRequest.shape),
  response: PolicyPage,
  handle: ({ query }) => listPolicies(query, query),
});
