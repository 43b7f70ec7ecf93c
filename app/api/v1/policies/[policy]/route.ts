import { z } from 'zod';
import { readPolicy } from '#lib/api/policies.ts';
import { route } from '#lib/api/route.ts';
import { PolicyDetail } from '#lib/contract/policies.ts';

/** `GET /api/v1/policies/{id}`: one policy with all that is known of it. */
export const GET = route({
  params: z.object({ policy: z.string() }),
  response: PolicyDetail,
  handle: ({ params }) => readPolicy(decodeURIComponent(params.policy)),
});
