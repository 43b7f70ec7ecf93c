import type { DisagreementKind } from '#lib/model/admission.ts';
import type { RuleDecision } from '#lib/model/policy.ts';

/** A defect that may be why an engine says otherwise. */
export interface SuspectedDefect {
  readonly why: string;
  readonly source: string;
}

interface KnownDefect extends SuspectedDefect {
  readonly kind: DisagreementKind;
  readonly fits: (decision: RuleDecision) => boolean;
  readonly versions: RegExp;
}

const isImagePolicy = ({ policy }: RuleDecision): boolean => policy.group === 'policies.kyverno.io';

/** Defects of versions, for cases in which no decision tells them itself. */
const defects: readonly KnownDefect[] = [
  {
    kind: 'fails-and-we-prove',
    fits: (decision) => isImagePolicy(decision) && /with the key /.test(decision.why),
    versions: /^v?1\.19\.0/,
    why: 'Kyverno 1.19.0 fails bundles that were signed with a key',
    source: 'https://github.com/kyverno/kyverno/issues/17363',
  },
  {
    kind: 'fails-and-we-prove',
    fits: isImagePolicy,
    versions: /^v?1\.19\.0/,
    why: 'Kyverno 1.19.0 misses what lies under the fallback tag',
    source: 'https://github.com/kyverno/kyverno/issues/16678',
  },
  {
    kind: 'fails-and-we-prove',
    fits: ({ policy, why }) => policy.group === 'kyverno.io' && /bundle|referrer/i.test(why),
    versions: /^v?1\.(?:1[0-8])(?:\.|$)/,
    why: 'rules of Kyverno find no signatures through the referrers API',
    source: 'https://github.com/kyverno/kyverno/issues/16854',
  },
];

/**
 * The defect that fits a contradiction: one that the decision itself names, or one of a version that
 * runs. Where no version is known, none of these is suspected.
 */
export function suspectedDefect(
  decision: RuleDecision,
  kind: DisagreementKind,
  versions: readonly string[],
): SuspectedDefect | undefined {
  const { engineMayDiffer } = decision;
  if (engineMayDiffer !== undefined) {
    const [source = ''] = /https:\/\/[^\s)]+/.exec(engineMayDiffer) ?? [];
    return { why: engineMayDiffer, source };
  }
  return defects.find(
    (one) =>
      one.kind === kind &&
      one.fits(decision) &&
      versions.some((version) => one.versions.test(version)),
  );
}
