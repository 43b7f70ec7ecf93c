import { limits } from '#lib/model/limits.ts';
import { type Check, type CheckId, checkIds } from '#lib/model/verdict.ts';
import type { Refusal } from './refusal.ts';

/** Steps of signatures by Sigstore clients: their formats know neither expiry nor revocation. */
const sigstoreSteps = checkIds.filter((id) => id !== 'expiry' && id !== 'revocation');

/** Steps of Notation signatures: there are no transparency logs. */
export const notationSteps = [
  'evidence-readable',
  'format',
  'certificate-usage',
  'signature',
  'claim',
  'certificate-path',
  'identity',
  'expiry',
  'timestamp',
  'revocation',
] as const satisfies readonly CheckId[];

/** What an attacker wrote may be as long as all evidence; a reader needs its beginning. */
const cut = (check: Check): Check =>
  check.detail.length <= limits.displayText
    ? check
    : { ...check, detail: `${check.detail.slice(0, limits.displayText).toWellFormed()}…` };

/** Writes down the steps of one examination as they are taken. The first outcome of a step stands. */
export class CheckLog {
  readonly #steps: readonly CheckId[];
  readonly #taken: (Check | undefined)[];
  #failure: CheckId | undefined;

  constructor(steps: readonly CheckId[] = sigstoreSteps) {
    this.#steps = steps;
    this.#taken = steps.map(nothing);
  }

  passed(id: CheckId, detail: string): void {
    this.#put({ id, outcome: 'passed', detail });
  }

  /** Records the failure and hands the refusal back. */
  failed(id: CheckId, refusal: Refusal): Refusal {
    this.#failure ??= id;
    this.#put({ id, outcome: 'failed', reason: refusal.reason, detail: refusal.detail });
    return refusal;
  }

  skipped(id: CheckId, why: string): void {
    this.#put({ id, outcome: 'not-run', detail: why });
  }

  /** Records a failure that a trust policy only logs: what comes after it still runs. */
  logged(id: CheckId, { reason, detail }: Refusal): void {
    const told = `${detail}; the trust policy only logs this`;
    this.#put({ id, outcome: 'failed', reason, logged: true, detail: told });
  }

  /** All steps in their order; one that was not reached says which one came before it. */
  finish(): readonly Check[] {
    return this.#taken.map(
      (check, place) =>
        check ?? {
          id: this.#steps[place] as CheckId,
          outcome: 'not-run',
          detail:
            this.#failure === undefined
              ? 'it does not apply'
              : `not reached: "${this.#failure}" failed first`,
        },
    );
  }

  #put(check: Check): void {
    const place = this.#steps.indexOf(check.id);
    const isFirst = this.#taken[place] === undefined || check.outcome === 'failed';
    if (place >= 0 && isFirst) this.#taken[place] = cut(check);
  }
}

const nothing = (): Check | undefined => undefined;

/** The checks of evidence that was refused before any cryptography. */
export function checksOfRefusal(id: CheckId, refusal: Refusal): readonly Check[] {
  const log = new CheckLog();
  if (id !== 'evidence-readable') log.passed('evidence-readable', 'its bytes match their digest');
  log.failed(id, refusal);
  return log.finish();
}
