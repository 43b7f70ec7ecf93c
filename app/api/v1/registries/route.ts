import { readRegistries } from '#lib/api/fleet.ts';
import { route } from '#lib/api/route.ts';
import { RegistryList } from '#lib/contract/sources.ts';

/** `GET /api/v1/registries`: registries with their state and counts. */
export const GET = route({ response: RegistryList, handle: readRegistries });
