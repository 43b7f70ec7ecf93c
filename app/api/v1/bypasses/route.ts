import { listWaysPast } from '#lib/api/policies.ts';
import { route } from '#lib/api/route.ts';
import { BypassFilter, BypassPage } from '#lib/contract/exceptions.ts';
import { PageRequest } from '#lib/contract/paging.ts';

/** `GET /api/v1/bypasses`: ways past engines. */
export const GET = route({
  query: BypassFilter.extend(PageRequest.shape),
  response: BypassPage,
  handle: ({ query }) => listWaysPast(query, query),
});
