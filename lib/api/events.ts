import 'server-only';
import { server } from '#lib/wiring/server.ts';
import { HttpError } from './route.ts';

const heartbeatMs = 15_000;
/** Streams one process keeps open; beyond it a browser falls back to asking. */
const streamCap = 500;
let streams = 0;

/**
 * Server-sent events: what changed and how far a scan is. Every open stream ends with its request.
 * @throws HttpError 503 when too many streams are open
 */
export async function eventStream(request: Request): Promise<Response> {
  if (streams >= streamCap) throw new HttpError(503, 'Too many event streams are open.');
  const { store } = await server();
  const encoder = new TextEncoder();
  let close = () => undefined as undefined;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      streams++;
      const beat = setInterval(() => send(': beat\n\n'), heartbeatMs);
      const unsubscribe = await store.subscribe('sealwatch_changed', (payload) =>
        send(`data: ${payload}\n\n`),
      );
      close = () => {
        close = () => undefined;
        streams--;
        clearInterval(beat);
        void unsubscribe();
        return undefined;
      };
      const end = () => {
        close();
        // A stream that the browser cancelled is closed already.
        if (!request.signal.aborted) controller.close();
      };
      request.signal.addEventListener('abort', end, { once: true });
      send('retry: 2000\n\n');
    },
    cancel: () => close(),
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}
