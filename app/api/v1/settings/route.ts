import { route } from '#lib/api/route.ts';
import { readSettings } from '#lib/api/settings.ts';
import { Settings } from '#lib/contract/overview.ts';

/** `GET /api/v1/settings`: what is configured, and what is wrong with it. */
export const GET = route({ response: Settings, handle: readSettings });
