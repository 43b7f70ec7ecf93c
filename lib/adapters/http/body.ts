import type { Readable } from 'node:stream';

/** Time and speed that an answer must keep. */
export interface Deadlines {
  /** From sending to response headers. */
  readonly headersMs: number;
  /** From headers to the last byte. */
  readonly bodyMs: number;
  /** From when on the average speed counts. */
  readonly slowAfterMs: number;
  readonly minBytesPerSecond: number;
}

/** An answer that was larger, slower or shorter than allowed. */
export class BodyRefused extends Error {
  readonly kind: 'too-large' | 'timeout' | 'aborted' | 'broken';

  constructor(kind: BodyRefused['kind'], message: string) {
    super(message);
    this.name = 'BodyRefused';
    this.kind = kind;
  }
}

/** A signal that fires after `ms`, or with the caller's own. */
export function startDeadline(
  ms: number,
  what: string,
  outer?: AbortSignal,
): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new BodyRefused('timeout', `no ${what} within ${ms} ms`)),
    ms,
  );
  const stopped = (): void => controller.abort(new BodyRefused('aborted', 'it was stopped'));
  if (outer?.aborted) stopped();
  outer?.addEventListener('abort', stopped, { once: true });
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', stopped);
    },
  };
}

interface ReadOptions {
  readonly cap: number;
  /** `cut` keeps the first `cap` bytes, `fail` refuses the whole. */
  readonly overflow: 'fail' | 'cut';
  /** The Content-Length, if one was sent. */
  readonly length: string | undefined;
  readonly deadlines: Deadlines;
  readonly signal?: AbortSignal;
}

/** Reads a body within its limits; whatever happens, the socket is not left reading. */
export async function readBody(body: Readable, options: ReadOptions): Promise<Uint8Array> {
  const { cap, overflow, deadlines } = options;
  const tooLarge = new BodyRefused('too-large', `the answer is larger than ${cap} bytes`);
  body.on('error', () => undefined);
  if (overflow === 'fail' && options.length !== undefined && Number(options.length) > cap) {
    body.destroy();
    throw tooLarge;
  }
  const deadline = startDeadline(deadlines.bodyMs, 'end of the answer', options.signal);
  const watch = watchSpeed(body, deadlines);
  deadline.signal.addEventListener('abort', () => body.destroy(deadline.signal.reason), {
    once: true,
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      watch.add(chunk.byteLength);
      chunks.push(chunk);
      if (size > cap) break;
    }
  } finally {
    deadline.stop();
    watch.stop();
    body.destroy();
  }
  if (size > cap && overflow === 'fail') throw tooLarge;
  return Buffer.concat(chunks, size).subarray(0, cap);
}

/** Ends a body that trickles: otherwise one byte per second would hold a slot until the deadline. */
function watchSpeed(
  body: Readable,
  { slowAfterMs, minBytesPerSecond }: Deadlines,
): { add(bytes: number): void; stop(): void } {
  const started = performance.now();
  let received = 0;
  const timer = setInterval(() => {
    const seconds = (performance.now() - started) / 1000;
    if (received >= seconds * minBytesPerSecond) return;
    const speed = Math.round(received / seconds);
    body.destroy(
      new BodyRefused('timeout', `the answer came at ${speed} bytes per second, too slow to wait`),
    );
  }, slowAfterMs);
  return {
    add: (bytes) => {
      received += bytes;
    },
    stop: () => clearInterval(timer),
  };
}
