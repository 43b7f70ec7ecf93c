import { exportPublished } from '#lib/api/exports.ts';
import { streamRoute } from '#lib/api/route.ts';
import { ExportFormat } from '#lib/contract/paging.ts';
import { PublishedFilter } from '#lib/contract/sources.ts';

/** `GET /api/v1/published/export`: every published tag of the filter. */
export const GET = streamRoute({
  query: PublishedFilter.extend({ as: ExportFormat }),
  handle: ({ query }) => exportPublished(query, query.as),
});
