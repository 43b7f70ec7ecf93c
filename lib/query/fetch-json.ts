import type { z } from 'zod';
import { Problem } from '#lib/contract/paging.ts';

/** The API said no, could not be reached, or answered against its contract. */
export class ProblemError extends Error {
  /** 0 when no answer came. */
  readonly status: number;
  readonly code: string | undefined;
  readonly remedy: string | undefined;

  constructor(problem: Pick<Problem, 'title' | 'status' | 'detail' | 'code' | 'remedy'>) {
    super(problem.detail ?? problem.title);
    this.name = 'ProblemError';
    this.status = problem.status;
    this.code = problem.code;
    this.remedy = problem.remedy;
  }

  /** True when the same request may succeed later. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

interface FetchOptions<T> {
  readonly response: z.ZodType<T>;
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Reads one resource of our own API and parses it by its contract.
 * @throws ProblemError for every refusal, failure of the network and answer of another shape
 */
export async function fetchJson<T>(url: string, options: FetchOptions<T>): Promise<T> {
  const { response: schema, method = 'GET', body, signal } = options;
  const answer = await send(url, {
    method,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
  const content: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw problemOf(answer.status, content);

  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new ProblemError({
    title: 'The server answered in a shape that this page does not know',
    status: answer.status,
    remedy: 'Reload the page: the server may have been updated.',
  });
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    throw new ProblemError({
      title: 'The Sealwatch server does not answer',
      status: 0,
      remedy: 'Check that it runs and that this computer can reach it.',
    });
  }
}

function problemOf(status: number, content: unknown): ProblemError {
  const problem = Problem.safeParse(content);
  return new ProblemError(
    problem.success ? problem.data : { title: `The server answered ${status}`, status },
  );
}
