import { readScopes } from '#lib/api/fleet.ts';
import { route } from '#lib/api/route.ts';
import { Facets } from '#lib/contract/paging.ts';

/** `GET /api/v1/scopes`: clusters, namespaces and teams for the scope boxes. */
export const GET = route({ response: Facets, handle: readScopes });
