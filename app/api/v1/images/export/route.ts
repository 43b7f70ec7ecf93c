import { exportImages } from '#lib/api/exports.ts';
import { streamRoute } from '#lib/api/route.ts';
import { ImageFilter } from '#lib/contract/images.ts';
import { ExportFormat } from '#lib/contract/paging.ts';

/** `GET /api/v1/images/export`: every image of the filter. */
export const GET = streamRoute({
  query: ImageFilter.extend({ as: ExportFormat }),
  handle: ({ query }) => exportImages(query, query.as),
});
