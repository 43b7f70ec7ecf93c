import { readSources } from '#lib/api/fleet.ts';
import { route } from '#lib/api/route.ts';
import { SourceList } from '#lib/contract/sources.ts';

/** `GET /api/v1/sources`: everything whose age matters. */
export const GET = route({ response: SourceList, handle: readSources });
