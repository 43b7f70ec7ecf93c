import type { ReasonCode } from './model/reasons.ts';

interface OperationalOptions {
  /** True when the same request may succeed later. */
  readonly retryable?: boolean;
  /** When to try again, as the other side asked (Retry-After). */
  readonly retryAt?: Date;
  readonly cause?: unknown;
}

/**
 * A failure of the world: the registry is down, the token expired, the trust root lapsed. Thrown in
 * adapters, caught in `scan` (it becomes `inconclusive`) and in the API (it becomes problem+json).
 * It never becomes `unsigned`.
 */
export class OperationalError extends Error {
  readonly code: ReasonCode;
  readonly retryable: boolean;
  readonly retryAt: Date | undefined;

  constructor(code: ReasonCode, message: string, options: OperationalOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OperationalError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAt = options.retryAt;
  }
}

/** The operator wrote something that cannot be: names the place, the problem and the remedy. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/**
 * Whether something is a failure of the world. Told by its name: bundles of Next.js have classes of
 * their own, and what one of them throws is no instance of the class in another.
 */
export const isOperational = (error: unknown): error is OperationalError =>
  error instanceof Error && error.name === 'OperationalError' && 'code' in error;

/** Whether something is a mistake of the operator; told by its name, as {@link isOperational}. */
export const isConfigurationError = (error: unknown): error is ConfigurationError =>
  error instanceof Error && error.name === 'ConfigurationError' && 'problems' in error;

/** Ends an exhaustive switch; reaching it is a bug. */
export function unreachable(value: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`);
}
