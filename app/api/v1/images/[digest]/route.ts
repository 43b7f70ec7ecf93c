import { z } from 'zod';
import { readImage } from '#lib/api/images.ts';
import { route } from '#lib/api/route.ts';
import { ImageDetail } from '#lib/contract/images.ts';

/** `GET /api/v1/images/{digest}`: one digest everywhere it was met. */
export const GET = route({
  params: z.object({ digest: z.string() }),
  response: ImageDetail,
  handle: ({ params }) => readImage(decodeURIComponent(params.digest)),
});
