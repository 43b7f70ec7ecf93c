import { z } from 'zod';
import { searchFleet } from '#lib/api/fleet.ts';
import { route } from '#lib/api/route.ts';
import { SearchResult } from '#lib/contract/overview.ts';

/** `GET /api/v1/search`: what the palette finds. */
export const GET = route({
  query: z.object({ q: z.string().max(200).default('') }),
  response: SearchResult,
  handle: ({ query }) => searchFleet(query.q),
});
