import { setTimeout as pause } from 'node:timers/promises';
import type { GuardedResponse } from '#lib/adapters/http/guarded-client.ts';
import { OperationalError } from '#lib/errors.ts';
import { failureOf } from './answers.ts';
import type { Exchange, Question } from './exchange.ts';
import { type HostState, refuseWhileResting, strike } from './host-state.ts';
import type { RegistryLimits } from './registry-options.ts';

interface AskingOptions {
  readonly exchange: Exchange;
  readonly limits: RegistryLimits;
  readonly now: () => Date;
  readonly random: () => number;
}

/** Puts a question until there is an answer: a 2xx, a 404, or a status that `expects` names. */
export type Ask = (
  state: HostState,
  question: Question & { readonly expects?: readonly number[] },
) => Promise<GuardedResponse>;

/**
 * Tries again what may pass, with full jitter, and counts what happened. A wait that the registry
 * asks for is kept here when it is short, and handed on as `retryAt` when it is long.
 */
export function createAsk({ exchange, limits, now, random }: AskingOptions): Ask {
  const once: Ask = async (state, question) => {
    refuseWhileResting(state, now());
    const response = await state.gate.run(() => exchange(state, question));
    if (question.expects?.includes(response.status)) return response;
    const failure = failureOf(response, question.purpose, now());
    if (failure !== undefined) throw failure;
    return response;
  };

  return async (state, question) => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await once(state, question).catch(operational);
      if (!(answer instanceof OperationalError)) {
        state.strikes = 0;
        state.lastSuccessAt = now();
        return answer;
      }
      noteFailure(state, answer, now());
      if (state.rest === undefined) strike(state, answer, now(), limits.hostRestMs);
      const wait = waitBefore(attempt, answer, limits, now(), random);
      if (state.rest !== undefined || wait === undefined) throw answer;
      await pause(wait);
    }
  };
}

function operational(error: unknown): OperationalError {
  if (error instanceof OperationalError) return error;
  throw error;
}

/** Counts a failure and keeps it as the last one of its host. */
export function noteFailure(state: HostState, error: OperationalError, at: Date): void {
  state.failures += 1;
  if (error.code === 'registry-ratelimited') state.rateLimited += 1;
  state.lastFailure = {
    at,
    reason: error.code,
    detail: error.message,
    ...(error.retryAt !== undefined && { retryAt: error.retryAt }),
  };
}

/** Worth another try at once: a 401 or a blocked address will not change within seconds. */
const passing = new Set([
  'registry-unreachable',
  'registry-timeout',
  'registry-error',
  'registry-ratelimited',
]);

function waitBefore(
  attempt: number,
  error: OperationalError,
  limits: RegistryLimits,
  now: Date,
  random: () => number,
): number | undefined {
  if (attempt >= limits.attempts || !error.retryable || !passing.has(error.code)) return undefined;
  const jitter = random() * Math.min(limits.backoffMaxMs, limits.backoffMs * 2 ** attempt);
  const asked = error.retryAt === undefined ? 0 : error.retryAt.getTime() - now.getTime();
  return asked > limits.retryAfterMs ? undefined : asked + jitter;
}
