import { z } from 'zod';
import { imageReceipt } from '#lib/api/receipts.ts';
import { streamRoute } from '#lib/api/route.ts';
import { ReceiptQuery } from '#lib/contract/images.ts';

/** `GET /api/v1/images/{digest}/receipt?repository=…`: the verdict with all from which it follows. */
export const GET = streamRoute({
  params: z.object({ digest: z.string() }),
  query: ReceiptQuery,
  handle: ({ params, query }) => imageReceipt(decodeURIComponent(params.digest), query.repository),
});
