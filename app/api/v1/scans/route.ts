import { listScans, requestScan } from '#lib/api/fleet.ts';
import { route } from '#lib/api/route.ts';
import { ScanList, ScanRequest, ScanRow } from '#lib/contract/sources.ts';

/** `GET /api/v1/scans`: the latest scans. */
export const GET = route({ response: ScanList, handle: listScans });

/** `POST /api/v1/scans`: asks for a scan. */
export const POST = route({
  body: ScanRequest,
  response: ScanRow,
  status: 202,
  handle: ({ body }) => requestScan(body.full),
});
