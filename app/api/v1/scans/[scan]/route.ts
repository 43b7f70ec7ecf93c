import { z } from 'zod';
import { stopScan } from '#lib/api/fleet.ts';
import { route } from '#lib/api/route.ts';
import { ScanRow } from '#lib/contract/sources.ts';

/** `DELETE /api/v1/scans/{id}`: stops a scan; what it found stays. */
export const DELETE = route({
  params: z.object({ scan: z.string() }),
  response: ScanRow,
  handle: ({ params }) => stopScan(params.scan),
});
