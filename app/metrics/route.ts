import { metricsText } from '#lib/api/metrics.ts';

export const dynamic = 'force-dynamic';

/** `GET /metrics`: Prometheus text. */
export const GET = async () =>
  new Response(await metricsText(), {
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  });
