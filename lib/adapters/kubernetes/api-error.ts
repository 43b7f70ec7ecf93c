import { errors } from 'undici';
import { OperationalError } from '#lib/errors.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { parseJson } from './json-text.ts';
import { Status } from './schemas.ts';

/** A refusal by the API server itself, with its status. */
export class ApiError extends OperationalError {
  readonly status: number;

  constructor(status: number, ...rest: ConstructorParameters<typeof OperationalError>) {
    super(...rest);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** A body beyond its cap: of a list, smaller pages may do. */
export class BodyTooLarge extends OperationalError {}

/** What a request was about, for messages. */
export interface Asked {
  /** The cluster as the operator calls it. */
  readonly cluster: string;
  readonly server: string;
  readonly path: string;
  /** What must be granted for it. */
  readonly verbs?: string;
}

const where = ({ cluster, server, path }: Asked): string =>
  `cluster ${cluster} (${new URL(server).host}): GET ${path.split('?')[0]}`;

/** Turns an answer other than 200 into an error that says what to do. */
export function apiError(
  asked: Asked,
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
): ApiError {
  const { message, details } = statusOf(body);
  const said = message === '' ? '' : `: ${message.slice(0, 300)}`;
  const { code, remedy } = meaning(status, asked);
  const seconds = Number(headers['retry-after'] ?? details?.retryAfterSeconds ?? Number.NaN);
  return new ApiError(status, code, `${where(asked)}: ${status}${said}; ${remedy}`, {
    retryable: status === 401 || status === 410 || status === 429 || status >= 500,
    ...(Number.isFinite(seconds) &&
      seconds >= 0 && { retryAt: new Date(Date.now() + seconds * 1000) }),
  });
}

function meaning(
  status: number,
  { path, verbs = 'get, list and watch' }: Asked,
): { code: ReasonCode; remedy: string } {
  const plural = path.split('?')[0]?.split('/').at(-1) ?? path;
  if (status === 401)
    return {
      code: 'cluster-unauthorized',
      remedy: 'renew the token or client certificate of its kubeconfig entry',
    };
  if (status === 403) return { code: 'cluster-forbidden', remedy: `grant ${verbs} on ${plural}` };
  if (status === 404)
    return {
      code: 'cluster-error',
      remedy: 'this API server does not serve it; check the address',
    };
  if (status >= 300 && status < 400)
    return {
      code: 'cluster-config',
      remedy: 'redirects are not followed; write the final address into the kubeconfig',
    };
  return { code: 'cluster-error', remedy: 'look at the API server; it is asked again' };
}

function statusOf(body: Buffer): Status {
  try {
    const parsed = Status.safeParse(parseJson(body));
    if (parsed.success) return parsed.data;
  } catch {
    // A proxy's HTML page: its status says enough.
  }
  return { message: '', reason: '' };
}

const tlsCodes = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/;

/** Turns a failure below HTTP (name, route, TLS, time-out, cut connection) into an error with a remedy. */
export function connectionError(asked: Asked, cause: unknown): OperationalError {
  if (cause instanceof OperationalError) return cause;
  const { code, message } = deepest(cause);
  let remedy = 'check its address, the firewall and the proxy from here to the API server';
  if (tlsCodes.test(code)) remedy = 'check certificate-authority and tls-server-name of its entry';
  else if (isTimeout(cause)) remedy = 'the API server did not answer in time; check its load';
  const told = message.includes(code) ? message : `${message} (${code})`;
  return new OperationalError('cluster-unreachable', `${where(asked)}: ${told}; ${remedy}`, {
    retryable: true,
    cause,
  });
}

const isTimeout = (error: unknown): boolean =>
  (error instanceof DOMException && error.name === 'TimeoutError') ||
  error instanceof errors.HeadersTimeoutError ||
  error instanceof errors.BodyTimeoutError ||
  error instanceof errors.ConnectTimeoutError;

/** Undici wraps what happened; several addresses of one name come as an AggregateError. */
function deepest(error: unknown): { code: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return deepest(error.errors[0]);
  if (!(error instanceof Error)) return { code: 'unknown', message: String(error) };
  if (error.cause instanceof Error) return deepest(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { code, message: error.message.slice(0, 300) };
}

/** A body that is not what was promised. */
export const unreadable = (asked: Asked, why: string): OperationalError =>
  new OperationalError(
    'cluster-error',
    `${where(asked)}: the answer is not a Kubernetes object: ${why}; check that the address is an API server`,
    { retryable: true },
  );

/** A body larger than `cap`. */
export const tooLarge = (asked: Asked, cap: number): BodyTooLarge =>
  new BodyTooLarge('limit-exceeded', `${where(asked)}: the answer is larger than ${cap} bytes`);
