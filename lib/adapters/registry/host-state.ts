import { OperationalError } from '#lib/errors.ts';
import type { RegistryStatus } from '#lib/ports/registry.ts';
import type { Challenge } from './challenge.ts';
import { createGate, type Gate } from './gate.ts';
import { endpointOf, type RegistryHostOptions, type RegistryLimits } from './registry-options.ts';

type Budget = NonNullable<RegistryStatus['budget']>;

/** Everything that is remembered about one registry between requests. */
export interface HostState {
  readonly host: string;
  readonly endpoint: URL;
  readonly tokenRealms: readonly string[];
  readonly insecure: boolean;
  readonly gate: Gate;
  /** How the registry as a whole asks for credentials. */
  challenge?: Challenge;
  /** Repositories that ask in another way. */
  readonly challenges: Map<string, Challenge>;
  /** Set once the registry was asked how it wants credentials. */
  pinged?: Promise<void>;
  referrersApi?: boolean;
  budget?: Budget;
  requests: number;
  failures: number;
  rateLimited: number;
  lastSuccessAt?: Date;
  lastFailure?: NonNullable<RegistryStatus['lastFailure']>;
  /** Weight of the failures since the last answer that made sense. */
  strikes: number;
  /** The failure that is repeated without asking, until its time is over. */
  rest?: { readonly until: Date; readonly failure: OperationalError };
}

export function createHostState(
  host: string,
  options: RegistryHostOptions | undefined,
  limits: RegistryLimits,
): HostState {
  const endpoint = endpointOf(host, options);
  return {
    host,
    endpoint,
    tokenRealms: options?.tokenRealms ?? [],
    insecure: options?.insecure ?? false,
    gate: createGate(options?.concurrency ?? limits.perHostConcurrency),
    challenges: new Map(),
    requests: 0,
    failures: 0,
    rateLimited: 0,
    strikes: 0,
  };
}

/** Strikes after which a host is left alone: 4 refused connections, or 16 timeouts or 5xx in a row. */
const strikesOut = 16;
const weights: Readonly<Record<string, number>> = {
  'registry-unreachable': 4,
  'registry-tls': 4,
  'registry-ratelimited': 4,
  'registry-timeout': 1,
  'registry-error': 1,
};

/** Counts a failed exchange against the host, and lets it rest when nothing else has come for long. */
export function strike(
  state: HostState,
  failure: OperationalError,
  now: Date,
  restMs: number,
): void {
  state.strikes += weights[failure.code] ?? 0;
  if (state.strikes < strikesOut) return;
  const earliest = new Date(now.getTime() + restMs);
  const until =
    failure.retryAt !== undefined && failure.retryAt > earliest ? failure.retryAt : earliest;
  state.rest = { until, failure };
  state.strikes = strikesOut / 2;
}

/** @throws OperationalError the last failure again, while the host rests */
export function refuseWhileResting(state: HostState, now: Date): void {
  const { rest } = state;
  if (rest === undefined) return;
  if (rest.until <= now) {
    delete state.rest;
    return;
  }
  throw new OperationalError(
    rest.failure.code,
    `${rest.failure.message} (not asked again before ${rest.until.toISOString()})`,
    {
      retryable: true,
      retryAt: rest.until,
      cause: rest.failure,
    },
  );
}

/** Reads the pull budget that Docker Hub and others announce: `ratelimit-remaining: 76;w=21600`. */
export function noteBudget(
  state: HostState,
  headers: Readonly<Record<string, string>>,
  now: Date,
): void {
  const limit = /^\s*(\d+)/.exec(headers['ratelimit-limit'] ?? '');
  const remaining = /^\s*(\d+)/.exec(headers['ratelimit-remaining'] ?? '');
  if (limit === null || remaining === null) return;
  const reset = /^\s*(\d+)\s*$/.exec(headers['ratelimit-reset'] ?? '');
  state.budget = {
    limit: Number(limit[1]),
    remaining: Number(remaining[1]),
    ...(reset !== null && {
      resetAt: new Date(now.getTime() + Math.min(Number(reset[1]), 86_400) * 1000),
    }),
  };
}

/** How long a spent budget is left alone when the registry does not say when it returns. */
const budgetRestMs = 15 * 60_000;

/**
 * Leaves a share of the pull budget to the cluster's own pulls: a monitor that spends it stops
 * deployments.
 * @throws OperationalError registry-ratelimited with `retryAt`
 */
export function spareBudget(state: HostState, reserve: number, now: Date): void {
  const { budget } = state;
  if (budget === undefined || budget.limit === 0 || budget.remaining >= budget.limit * reserve)
    return;
  const resetAt = budget.resetAt ?? new Date(now.getTime() + budgetRestMs);
  if (resetAt <= now) {
    delete state.budget;
    return;
  }
  state.budget = { ...budget, resetAt };
  state.rateLimited += 1;
  throw new OperationalError(
    'registry-ratelimited',
    `${state.host}: ${budget.remaining} of ${budget.limit} pulls are left; the rest is kept for the clusters`,
    { retryable: true, retryAt: resetAt },
  );
}
