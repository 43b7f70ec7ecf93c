import type { ReasonCode } from '#lib/model/reasons.ts';

/**
 * Why a step did not lead to "verified". Refusals are values: nothing throws for an ordinary outcome.
 * One is told by what no JSON can bring along, or evidence that looks like a refusal would be taken for
 * one, and say of itself how it was judged.
 */
export class Refusal {
  readonly #made = true;
  readonly status: 'invalid' | 'untrusted' | 'inconclusive';
  readonly reason: ReasonCode;
  /** One sentence; may hold text that an attacker wrote. */
  readonly detail: string;

  constructor(status: Refusal['status'], reason: ReasonCode, detail: string) {
    this.status = status;
    this.reason = reason;
    this.detail = detail;
  }

  static made(value: object): value is Refusal {
    return #made in value && value.#made;
  }
}

const refuse =
  (status: Refusal['status']) =>
  (reason: ReasonCode, detail: string): Refusal =>
    new Refusal(status, reason, detail);

/** The evidence is there and a check failed. */
export const invalid = refuse('invalid');
/** The cryptography may hold, but nobody we trust vouches. */
export const untrusted = refuse('untrusted');
/** It could not be judged; nothing is claimed. */
export const inconclusive = refuse('inconclusive');

/** True when a step answered with a refusal instead of its value. */
export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && Refusal.made(value);
