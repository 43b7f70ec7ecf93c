import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import { type ReasonCode, reasonOf } from '#lib/model/reasons.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import type { Case } from './cases.ts';
import { type DeviationName, deviations } from './deviations.ts';

/** Why one item of evidence, or what it was to be held against, was not enough. */
export interface CaseRefusal {
  readonly status: EvidenceVerdict['status'];
  readonly reason: ReasonCode;
  readonly detail: string;
}

/** How we came out on one case. */
export interface Outcome {
  readonly id: string;
  readonly source: string;
  readonly result: 'agreed' | 'disagreed' | 'not-applicable';
  readonly expected: string;
  readonly verified: boolean;
  readonly why: string;
  readonly refusals: readonly CaseRefusal[];
}

/** The day on which the cases are judged, so that nothing expires under the tests. */
export const caseDay = new Date('2026-11-21T12:00:00Z');

/** What every outcome of a case says of the case. */
export const aboutCase = ({ id, source, expected }: Case) => ({
  id,
  source: source.repo,
  expected,
});

/** A case that asks another question than ours. */
export const notApplicable = (one: Case, deviation: DeviationName, what = ''): Outcome => ({
  ...aboutCase(one),
  verified: false,
  result: 'not-applicable',
  why: [what, `${deviation}: ${deviations[deviation].ours}`].filter(Boolean).join('; '),
  refusals: [],
});

/** Compares verdicts with what the case expects; several must all agree. */
export function outcomeOf(one: Case, verdicts: readonly EvidenceVerdict[]): Outcome {
  const verified = verdicts.some(({ status }) => status === 'verified');
  const all = verdicts.length > 0 && verdicts.every(({ status }) => status === 'verified');
  const refusals = refusalsOf(verdicts);
  return {
    ...aboutCase(one),
    verified,
    result: (one.expected === 'pass' ? all : !verified) ? 'agreed' : 'disagreed',
    why: refusals.map(refusalText)[0] ?? (verified ? 'verified' : 'there is no evidence'),
    refusals,
  };
}

/** What stands against each verdict that is not "verified". */
export const refusalsOf = (verdicts: readonly EvidenceVerdict[]): readonly CaseRefusal[] =>
  verdicts.flatMap(({ status, reason, checks }) => {
    if (status === 'verified' || reason === undefined) return [];
    const failed = checks.find((check) => check.outcome === 'failed' && check.reason === reason);
    return [{ status, reason, detail: failed?.detail ?? '' }];
  });

export const refusalText = ({ status, reason, detail }: CaseRefusal): string =>
  `${status}: ${reasonOf(reason).title} (${reason}): ${detail}`;

/** The authority with its fingerprint. */
export const marked = (authority: Parameters<typeof authorityFingerprint>[0]): Authority => ({
  ...authority,
  fingerprint: authorityFingerprint(authority),
});

/** A trust root out of its text. */
export const aRoot = (json: string): TrustRoot => ({
  name: 'case',
  json,
  revision: sha256(json).toString('hex'),
  origin: 'file',
  asOf: caseDay.toISOString(),
});
