import { limits } from '#lib/model/limits.ts';
import { type Check, type CheckId, checkIds } from '#lib/model/verdict.ts';
import type { Refusal } from './refusal.ts';

/** Writes down the steps of one examination as they are taken. */
export interface CheckLog {
  passed(id: CheckId, detail: string): void;
  /** Records the failure and hands the refusal back. */
  failed(id: CheckId, refusal: Refusal): Refusal;
  skipped(id: CheckId, why: string): void;
  /** Records a failure that a trust policy only logs: what comes after it still runs. */
  logged(id: CheckId, refusal: Refusal): void;
  /** All steps in their order; one that was not reached says which one came before it. */
  finish(): readonly Check[];
}

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

/** An empty log of these steps. The first outcome of a step stands. */
export function openCheckLog(steps: readonly CheckId[] = sigstoreSteps): CheckLog {
  const taken = steps.map((): Check | undefined => undefined);
  let failure: CheckId | undefined;
  const put = (check: Check) => {
    const place = steps.indexOf(check.id);
    const isFirst = taken[place] === undefined || check.outcome === 'failed';
    if (place >= 0 && isFirst) taken[place] = cut(check);
  };
  return {
    passed: (id, detail) => put({ id, outcome: 'passed', detail }),
    failed(id, refusal) {
      failure ??= id;
      put({ id, outcome: 'failed', reason: refusal.reason, detail: refusal.detail });
      return refusal;
    },
    logged: (id, { reason, detail }) =>
      put({
        id,
        outcome: 'failed',
        reason,
        logged: true,
        detail: `${detail}; the trust policy only logs this`,
      }),
    skipped: (id, why) => put({ id, outcome: 'not-run', detail: why }),
    finish: () =>
      steps.map(
        (id, place) =>
          taken[place] ?? {
            id,
            outcome: 'not-run',
            detail:
              failure === undefined
                ? 'it does not apply'
                : `not reached: "${failure}" failed first`,
          },
      ),
  };
}

/** The checks of evidence that was refused before any cryptography. */
export function checksOfRefusal(id: CheckId, refusal: Refusal): readonly Check[] {
  const log = openCheckLog();
  if (id !== 'evidence-readable') log.passed('evidence-readable', 'its bytes match their digest');
  log.failed(id, refusal);
  return log.finish();
}
