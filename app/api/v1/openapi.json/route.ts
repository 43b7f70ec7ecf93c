import { openApiDocument } from '#lib/api/openapi.ts';
import { version } from '#lib/api/version.ts';

export const dynamic = 'force-static';

/** `GET /api/v1/openapi.json`: the contract of this API. */
export const GET = () => Response.json(openApiDocument(version));
