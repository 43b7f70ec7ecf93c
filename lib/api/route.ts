import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import type { Problem } from '#lib/contract/paging.ts';
import { isConfigurationError, isOperational } from '#lib/errors.ts';
import { log } from '#lib/log.ts';
import { reasonOf } from '#lib/model/reasons.ts';

/** A failure that a client caused or must know of, as an HTTP status. */
export class HttpError extends Error {
  readonly status: number;
  readonly remedy: string | undefined;

  constructor(status: number, message: string, remedy?: string) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.remedy = remedy;
  }
}

interface Contract<Q extends z.ZodType, P extends z.ZodType, B extends z.ZodType> {
  readonly query?: Q;
  readonly params?: P;
  readonly body?: B;
}

interface Asked<Q, P, B> {
  readonly query: Q;
  readonly params: P;
  readonly body: B;
  readonly request: Request;
}

type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string | string[] | undefined>> },
) => Promise<Response>;

/**
 * Builds a Route Handler from its contract: parses what was asked, answers in the declared shape and
 * maps every error to problem+json (RFC 9457). Anything but GET must come from this origin: Route
 * Handlers have no protection of their own against cross-site requests.
 */
export function route<
  Q extends z.ZodType = z.ZodUndefined,
  P extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodUnknown,
>(
  contract: Contract<Q, P, B> & {
    readonly response: R;
    readonly handle: (asked: Asked<z.output<Q>, z.output<P>, z.output<B>>) => Promise<z.input<R>>;
    readonly status?: number;
  },
): Handler {
  return guarded(contract, async (asked) => {
    const answer = await contract.handle(asked);
    return Response.json(contract.response.parse(answer), {
      status: contract.status ?? 200,
      headers: { 'cache-control': 'no-store' },
    });
  });
}

/** Like {@link route} for an answer that is streamed: exports and events. */
export function streamRoute<
  Q extends z.ZodType = z.ZodUndefined,
  P extends z.ZodType = z.ZodUndefined,
>(
  contract: Contract<Q, P, z.ZodUndefined> & {
    readonly handle: (
      asked: Asked<z.output<Q>, z.output<P>, undefined>,
    ) => Promise<Response> | Response;
  },
): Handler {
  return guarded(contract, (asked) => Promise.resolve(contract.handle(asked)));
}

function guarded<Q extends z.ZodType, P extends z.ZodType, B extends z.ZodType>(
  contract: Contract<Q, P, B>,
  handle: (asked: Asked<z.output<Q>, z.output<P>, z.output<B>>) => Promise<Response>,
): Handler {
  return async (request, context) => {
    try {
      if (request.method !== 'GET') requireSameOrigin(request);
      const query = parse(contract.query, searchOf(new URL(request.url).searchParams), 'query');
      const params = parse(contract.params, await context?.params, 'path');
      const body = contract.body
        ? parse(contract.body, await readJson(request), 'body')
        : (undefined as z.output<B>);
      return await handle({ query, params, body, request });
    } catch (error) {
      return problemResponse(error, request);
    }
  };
}

/** Repeated keys become arrays, as in the `searchParams` of a page. */
export const searchOf = (search: URLSearchParams): Record<string, string | string[]> =>
  Object.fromEntries(
    [...new Set(search.keys())].map((key) => {
      const values = search.getAll(key);
      return [key, values.length > 1 ? values : (values[0] ?? '')];
    }),
  );

/** Browsers say where a request comes from; a client that is no browser sends neither header. */
function requireSameOrigin(request: Request): void {
  const site = request.headers.get('sec-fetch-site');
  const origin = request.headers.get('origin');
  const host = request.headers.get('host');
  const foreign =
    (site !== null && site !== 'same-origin') || (origin !== null && !sameHost(origin, host));
  if (foreign) throw new HttpError(403, 'This request comes from another site.');
  const type = request.headers.get('content-type') ?? '';
  // A cross-site form cannot send JSON without a preflight that we never answer.
  if (request.method === 'POST' && !type.startsWith('application/json'))
    throw new HttpError(415, 'The body must be application/json.');
}

const sameHost = (origin: string, host: string | null): boolean =>
  URL.canParse(origin) && new URL(origin).host === host;

async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length > 64 * 1024) throw new HttpError(413, 'The body is larger than 64 KiB.');
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new HttpError(400, 'The body is not JSON.');
  }
}

function parse<T extends z.ZodType>(schema: T | undefined, value: unknown, where: string) {
  if (schema === undefined) return undefined as z.output<T>;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new HttpError(400, `The ${where} is not valid. ${lines.join('; ')}`);
}

/** Any error as problem+json; only bugs are logged with their stack. */
export function problemResponse(error: unknown, request: Request): Response {
  const problem = describe(error);
  if (problem.status >= 500) log.error({ err: error, url: request.url }, 'request failed');
  return Response.json(problem, {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
}

function describe(error: unknown): Problem {
  if (error instanceof HttpError)
    return {
      type: 'about:blank',
      title: STATUS_CODES[error.status] ?? 'Error',
      status: error.status,
      detail: error.message,
      ...(error.remedy !== undefined && { remedy: error.remedy }),
    };
  if (isOperational(error)) {
    const { title, remedy } = reasonOf(error.code);
    return {
      type: 'about:blank',
      title,
      status: error.retryable ? 503 : 502,
      detail: error.message,
      code: error.code,
      remedy,
    };
  }
  if (isConfigurationError(error))
    return {
      type: 'about:blank',
      title: 'The configuration does not hold',
      status: 503,
      detail: error.message,
      remedy: 'Correct the configuration file; it is read again by itself.',
    };
  return {
    type: 'about:blank',
    title: 'Internal error',
    status: 500,
    detail: 'Something went wrong in the server; its log says what.',
  };
}
