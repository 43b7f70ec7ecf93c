import type { ReasonCode } from '#lib/model/reasons.ts';

/** Why a step did not lead to "verified". Refusals are values: nothing throws for an ordinary outcome. */
export interface Refusal {
  readonly refused: true;
  readonly status: 'invalid' | 'untrusted' | 'inconclusive';
  readonly reason: ReasonCode;
  /** One sentence; may hold text that an attacker wrote. */
  readonly detail: string;
}

const refuse =
  (status: Refusal['status']) =>
  (reason: ReasonCode, detail: string): Refusal => ({ refused: true, status, reason, detail });

/** The evidence is there and a check failed. */
export const invalid = refuse('invalid');
/** The cryptography may hold, but nobody we trust vouches. */
export const untrusted = refuse('untrusted');
/** It could not be judged; nothing is claimed. */
export const inconclusive = refuse('inconclusive');

/** True when a step answered with a refusal instead of its value. */
export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value && value.refused === true;
