import type { DecisionOutcome, PolicyMode } from '#lib/model/policy.ts';

/**
 * Whether a demand is met. `unknown`: we could not look, so an engine may say anything; `not-evaluated`:
 * the demand is of a kind that we do not evaluate.
 */
export interface Finding {
  readonly met: 'yes' | 'no' | 'unknown' | 'not-evaluated';
  /** One clause for a reader. */
  readonly why: string;
}

export const yes = (why: string): Finding => ({ met: 'yes', why });
export const no = (why: string): Finding => ({ met: 'no', why });
export const unknown = (why: string): Finding => ({ met: 'unknown', why });
export const notEvaluated = (why: string): Finding => ({ met: 'not-evaluated', why });

/** At least `count` of the findings must be met. What is open stays open where it could decide. */
export function atLeast(count: number, findings: readonly Finding[]): Finding {
  const of = (met: Finding['met']) => findings.filter((one) => one.met === met);
  const met = of('yes');
  if (met.length >= count) return yes(joined(met) || 'nothing is asked for');
  const open = [...of('not-evaluated'), ...of('unknown')];
  if (met.length + open.length < count)
    return no(joined(of('no')) || `${count} are asked for, and there are ${findings.length}`);
  return of('not-evaluated').length > 0
    ? notEvaluated(joined(of('not-evaluated')))
    : unknown(joined(of('unknown')));
}

/** One of the findings must be met. */
export const anyOf = (findings: readonly Finding[]): Finding => atLeast(1, findings);

/** Every finding must be met. */
export function allOf(findings: readonly Finding[]): Finding {
  const refuted = findings.filter(({ met }) => met === 'no');
  return refuted.length > 0 ? no(joined(refuted)) : atLeast(findings.length, findings);
}

const joined = (findings: readonly Finding[]): string =>
  [...new Set(findings.map(({ why }) => why).filter((why) => why !== ''))].slice(0, 5).join('; ');

/** What a finding comes to under an engine that enforces. */
const enforced = {
  yes: 'admit',
  no: 'refuse',
  unknown: 'error',
  'not-evaluated': 'not-evaluated',
} as const satisfies Record<Finding['met'], DecisionOutcome>;

/**
 * What a finding comes to today and under enforcement. An image that we could not look at is an error
 * of the engine's too, never a violation; below enforcement nothing is refused.
 */
export function outcomesOf(
  { met }: Finding,
  mode: PolicyMode,
): { readonly today: DecisionOutcome; readonly enforced: DecisionOutcome } {
  const strict = enforced[met];
  if (mode === 'enforce') return { today: strict, enforced: strict };
  if (mode === 'none') return { today: 'admit', enforced: strict };
  if (met === 'no') return { today: mode === 'warn' ? 'warn' : 'admit', enforced: strict };
  return { today: strict, enforced: strict };
}

const worstFirst: readonly DecisionOutcome[] = [
  'refuse',
  'error',
  'not-evaluated',
  'warn',
  'admit',
];

/** What several decisions come to together: every one must admit. Undefined for none. */
export const worstOf = (outcomes: readonly DecisionOutcome[]): DecisionOutcome | undefined =>
  worstFirst.find((one) => outcomes.includes(one));
