import { listImages } from '#lib/api/images.ts';
import { route } from '#lib/api/route.ts';
import { ImageFilter, ImagePage } from '#lib/contract/images.ts';
import { PageRequest } from '#lib/contract/paging.ts';

/** `GET /api/v1/images`: digests in use or published, worst verdict first. */
export const GET = route({
  query: ImageFilter.extend(PageRequest.shape),
  response: ImagePage,
  handle: ({ query }) => listImages(query, query),
});
