import { pipeline, type Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import {
  ApiError,
  type Asked,
  apiError,
  connectionError,
  tooLarge,
  unreadable,
} from './api-error.ts';
import type { ReaderTimings } from './cluster-source.ts';
import type { Connection } from './connection.ts';
import { parseJson } from './json-text.ts';

export interface Ask {
  /** With its query, from `/api` or `/apis` on. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly accept?: string;
  /** Bytes of the body; by default a page of a list. */
  readonly cap?: number;
  /** Levels of nesting that are let through, for a caller who looks at items one by one. */
  readonly depth?: number;
  /** What must be granted for it, for the message of a refusal; by default get, list and watch. */
  readonly verbs?: string;
}

/** GET requests to one API server: authorised, bounded in time and size, never redirected. */
export interface ApiClient {
  /** The parsed body. Tries again what may pass. @throws OperationalError cluster-*, limit-exceeded */
  json(ask: Ask): Promise<unknown>;
  /** The body of a watch, once its 200 is there. @throws OperationalError cluster-* */
  stream(ask: Ask): Promise<Readable>;
}

/** Makes a client for the cluster of that name. */
export function createApiClient(
  cluster: string,
  connection: Connection,
  timings: ReaderTimings,
): ApiClient {
  /** One try. After a 401 the credentials are read afresh and it is tried once more. */
  const send = async (ask: Ask, signal: AbortSignal, reloaded = false): Promise<Sent> => {
    const authorised = await within(signal, connection.authorise());
    const { path, verbs } = ask;
    const asked = {
      cluster,
      server: authorised.server,
      path,
      ...(verbs !== undefined && { verbs }),
    };
    try {
      const response = await request(authorised.server + ask.path, {
        method: 'GET',
        headers: {
          ...authorised.headers,
          accept: ask.accept ?? 'application/json',
          // A page shrinks to a twentieth; watches are never compressed.
          'accept-encoding': 'gzip',
          'user-agent': 'sealwatch',
        },
        dispatcher: authorised.dispatcher,
        signal,
        // A loaded API server may take long for its first byte: the deadline is the request's.
        headersTimeout: timings.requestMs,
        bodyTimeout: 0,
      });
      const plain = decoded(response);
      if (response.statusCode === 200) return { asked, body: plain };
      const body = await read(asked, plain, limits.tokenBytes);
      if (response.statusCode !== 401 || reloaded)
        throw apiError(asked, response.statusCode, response.headers, body);
    } catch (error) {
      throw connectionError(asked, error);
    }
    connection.reload();
    return send(ask, signal, true);
  };

  const once = async (ask: Ask): Promise<unknown> => {
    const signal = AbortSignal.any([ask.signal, AbortSignal.timeout(timings.requestMs)]);
    const { asked, body } = await send(ask, signal);
    const bytes = await read(asked, body, ask.cap ?? limits.podPageBytes);
    try {
      return parseJson(bytes, ask.depth);
    } catch (error) {
      throw unreadable(asked, error instanceof Error ? error.message : String(error));
    }
  };

  return {
    json: async (ask) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(ask);
        } catch (error) {
          ask.signal.throwIfAborted();
          if (attempt === limits.attempts || !mayPass(error)) throw error;
          await pause(waitFor(error, attempt, timings), undefined, { signal: ask.signal });
        }
      }
    },
    stream: async (ask) => {
      // The deadline covers the wait for the first answer only: a watch is meant to last.
      const deadline = new AbortController();
      const timer = setTimeout(
        () => deadline.abort(new DOMException('no answer in time', 'TimeoutError')),
        timings.requestMs,
      );
      try {
        return (await send(ask, AbortSignal.any([ask.signal, deadline.signal]))).body;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

interface Sent {
  readonly asked: Asked;
  readonly body: Readable;
}

/** The body without its compression; caps count what comes out, so that a bomb stops at them. */
function decoded({ headers, body }: Dispatcher.ResponseData): Readable {
  if (headers['content-encoding'] !== 'gzip') return body;
  const plain = createGunzip();
  // Either end may fail first; whoever reads `plain` is told through it.
  pipeline(body, plain, () => undefined);
  return plain;
}

async function read(asked: Asked, body: Readable, cap: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > cap) throw tooLarge(asked, cap);
      chunks.push(chunk);
    }
  } catch (error) {
    throw connectionError(asked, error);
  }
  return Buffer.concat(chunks, size);
}

/** A credential plugin may never end: it is not waited for beyond the deadline. */
async function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A 410 is for the pager, which begins again; a 401 has had its second try. */
const mayPass = (error: unknown): boolean =>
  error instanceof OperationalError &&
  error.retryable &&
  !(error instanceof ApiError && (error.status === 401 || error.status === 410)) &&
  (error.retryAt === undefined || error.retryAt.getTime() - Date.now() <= limits.retryAfterMs);

function waitFor(error: unknown, attempt: number, timings: ReaderTimings): number {
  const asked = error instanceof OperationalError ? error.retryAt : undefined;
  return asked === undefined
    ? backOff(attempt, timings)
    : Math.max(0, asked.getTime() - Date.now());
}

/** Full jitter: a random pause below a bound that doubles, so that many waiters do not return at once. */
export function backOff(attempt: number, { backOffMs: [first, longest] }: ReaderTimings): number {
  return Math.random() * Math.min(longest, first * 2 ** Math.min(attempt, 16));
}
