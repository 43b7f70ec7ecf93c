import { z } from 'zod';
import { readRegistry } from '#lib/api/fleet.ts';
import { route } from '#lib/api/route.ts';
import { RegistryDetail } from '#lib/contract/sources.ts';

/** `GET /api/v1/registries/{host}`: one registry with its repositories. */
export const GET = route({
  params: z.object({ host: z.string() }),
  response: RegistryDetail,
  handle: ({ params }) => readRegistry(decodeURIComponent(params.host)),
});
