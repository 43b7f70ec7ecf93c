import { listPublished } from '#lib/api/fleet.ts';
import { route } from '#lib/api/route.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { PublishedFilter, PublishedPage } from '#lib/contract/sources.ts';

/** `GET /api/v1/published`: published tags of declared repositories. */
export const GET = route({
  query: PublishedFilter.extend(PageRequest.shape),
  response: PublishedPage,
  handle: ({ query }) => listPublished(query, query),
});
