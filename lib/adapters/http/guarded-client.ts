import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { type Dispatcher, request as send } from 'undici';
import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { reachOf } from './addresses.ts';
import { type Deadlines, readBody, startDeadline } from './body.ts';
import { createDispatchers, type HostTls, type ProxySettings } from './dispatchers.ts';
import { BlockedAddress, isNamed } from './egress-rule.ts';
import { describeFailure, type EgressCodes, egressCodes } from './failures.ts';

/** One request. Redirects are never followed: the caller decides about each. */
export interface GuardedRequest {
  readonly url: string | URL;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Most bytes of a 2xx body; a larger one is an error with the `limit` code. */
  readonly cap: number;
  readonly deadlines?: Partial<Deadlines>;
  readonly signal?: AbortSignal;
  /** What is being asked for, for messages: `manifest of docker.io/library/nginx`. */
  readonly purpose: string;
  /** Reason codes of this kind of caller, where the registry ones do not fit. */
  readonly codes?: Partial<EgressCodes>;
}

/** A complete answer. Bodies that are not 2xx are cut at 64 KiB: they are only ever shown. */
export interface GuardedResponse {
  readonly url: URL;
  readonly status: number;
  /** Names in lower case; several values are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

export interface GuardedClientOptions {
  /** `host` or `host:port` that the operator named: these may have private addresses. */
  readonly allow: readonly string[];
  /** An air gap: hosts that the operator did not name are refused, public ones too. */
  readonly onlyNamed?: boolean;
  /** TLS of single hosts, by `host` or `host:port`. */
  readonly tls?: ReadonlyMap<string, HostTls>;
  readonly proxy?: ProxySettings;
  readonly deadlines?: Partial<Deadlines>;
  /** Name resolution; the system's by default. */
  readonly lookup?: LookupFunction;
}

/** The only way out: every outgoing request of the server passes through one of these. */
export interface GuardedClient {
  /** @throws OperationalError with one of the request's codes; the status of the answer never throws */
  request(request: GuardedRequest): Promise<GuardedResponse>;
  close(): Promise<void>;
}

const defaultDeadlines: Deadlines = {
  headersMs: limits.headersTimeoutMs,
  bodyMs: limits.bodyTimeoutMs,
  slowAfterMs: limits.slowBodyAfterMs,
  minBytesPerSecond: limits.minBytesPerSecond,
};

/**
 * The egress guard. Addresses are checked when the socket is opened, after name resolution, so that
 * a name cannot be re-bound between check and use; with a proxy the proxy resolves, and what we can
 * resolve ourselves is checked before it is asked.
 */
export function createGuardedClient(options: GuardedClientOptions): GuardedClient {
  const dispatchers = createDispatchers(options);

  return {
    async request(request) {
      const codes = { ...egressCodes, ...request.codes };
      const deadlines = { ...defaultDeadlines, ...options.deadlines, ...request.deadlines };
      const url = admit(request, codes.blocked, options);
      const dispatcher = await dispatchers.for(url).catch((error: unknown) => {
        throw describeFailure(error, request.purpose, url, codes);
      });
      const response = await open(request, url, dispatcher, deadlines, codes);
      const headers = flatten(response.headers);
      refuseEncoding(response.body, headers, request, codes.protocol);
      const ok = response.statusCode >= 200 && response.statusCode < 300;
      const bytes = await readBody(response.body, {
        cap: ok ? request.cap : limits.tokenBytes,
        overflow: ok ? 'fail' : 'cut',
        length: request.method === 'HEAD' ? undefined : headers['content-length'],
        deadlines,
        ...(request.signal && { signal: request.signal }),
      }).catch((error: unknown) => {
        throw describeFailure(error, request.purpose, url, codes);
      });
      return { url, status: response.statusCode, headers, bytes };
    },
    close: () => dispatchers.close(),
  };
}

/** What can be refused by looking at the URL alone. */
function admit(
  { url, purpose }: GuardedRequest,
  code: ReasonCode,
  { allow, onlyNamed }: GuardedClientOptions,
): URL {
  const refuse = (why: string): never => {
    throw new OperationalError(code, `${purpose}: ${why}`);
  };
  if (!URL.canParse(url)) return refuse(`"${url}" is not a URL`);
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')
    return refuse(`${parsed.protocol} addresses are not asked`);
  if (parsed.username !== '' || parsed.password !== '')
    return refuse('addresses with a user name in them are not asked');
  if (onlyNamed && !isNamed(allow, parsed))
    return refuse(
      `${parsed.host} is not asked offline; declare it among registries, or name it in egress.allow`,
    );
  const literal = parsed.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0) {
    const reach = reachOf(literal);
    if (reach !== 'public' && !isNamed(allow, parsed))
      return refuse(new BlockedAddress(parsed.host, literal, reach).message);
  }
  return parsed;
}

async function open(
  request: GuardedRequest,
  url: URL,
  dispatcher: Dispatcher,
  deadlines: Deadlines,
  codes: EgressCodes,
): Promise<Dispatcher.ResponseData> {
  const deadline = startDeadline(deadlines.headersMs, 'headers', request.signal);
  try {
    return await send(url, {
      dispatcher,
      method: request.method ?? 'GET',
      headers: { ...request.headers, 'accept-encoding': 'identity', 'user-agent': 'sealwatch' },
      ...(request.body !== undefined && { body: request.body }),
      signal: deadline.signal,
      // Our own timers are exact and cover the whole body; undici's restart with every byte.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  } catch (error) {
    throw describeFailure(deadline.signal.reason ?? error, request.purpose, url, codes);
  } finally {
    deadline.stop();
  }
}

/** We asked for plain bytes: an encoded body is a bomb or a confused proxy, and digests are of plain bytes. */
function refuseEncoding(
  body: Dispatcher.ResponseData['body'],
  headers: Readonly<Record<string, string>>,
  request: GuardedRequest,
  code: ReasonCode,
): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.trim().toLowerCase() === 'identity' || request.method === 'HEAD') return;
  body.on('error', () => undefined).destroy();
  throw new OperationalError(
    code,
    `${request.purpose}: the answer is encoded as ${JSON.stringify(encoding.slice(0, 40))}, which was not asked for`,
    { retryable: true },
  );
}

const flatten = (headers: Dispatcher.ResponseData['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value)]];
    }),
  );
