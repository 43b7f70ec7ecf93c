import { readOverview } from '#lib/api/fleet.ts';
import { route } from '#lib/api/route.ts';
import { Overview } from '#lib/contract/overview.ts';
import { Scope } from '#lib/contract/workloads.ts';

/** `GET /api/v1/overview`: coverage, trend and what needs a person. */
export const GET = route({
  query: Scope,
  response: Overview,
  handle: ({ query }) => readOverview(query),
});
