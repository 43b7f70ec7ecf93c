import { z } from 'zod';
import { readVisibility } from '#lib/api/policies.ts';
import { route } from '#lib/api/route.ts';
import { VisibilityList } from '#lib/contract/disagreements.ts';

/** `GET /api/v1/images/{digest}/visibility`: which engines can see its signatures. */
export const GET = route({
  params: z.object({ digest: z.string() }),
  response: VisibilityList,
  handle: ({ params }) => readVisibility(decodeURIComponent(params.digest)),
});
