import { imageFacets } from '#lib/api/images.ts';
import { route } from '#lib/api/route.ts';
import { ImageFilter } from '#lib/contract/images.ts';
import { Facets } from '#lib/contract/paging.ts';

/** `GET /api/v1/images/facets`: the values of every facet with their counts. */
export const GET = route({
  query: ImageFilter,
  response: Facets,
  handle: ({ query }) => imageFacets(query),
});
