import type { ReasonCode } from '#lib/model/reasons.ts';
import type { EvidenceVerdict, PolicyEvidence, PolicyVerdict } from '#lib/model/verdict.ts';
import type { CoveringPolicies, CoveringRules } from './prepare-policies.ts';

/** Why an item is open for us that was tried under keys and roots of a policy. */
const strange: readonly (ReasonCode | undefined)[] = ['key-unresolvable', 'trustroot-missing'];

/**
 * What cannot be judged whoever signed it leaves every question open by itself. That nobody else names
 * its key or root does not: whose it is, each policy finds out for itself.
 */
const saysSoItself = ({ status, reason }: EvidenceVerdict): boolean =>
  status === 'inconclusive' && !strange.includes(reason);

/** Gathers what evidence is worth under policies. Nothing of it flows back into a verdict. */
export interface PolicyLedger {
  /**
   * Notes what an item came to under some rules, beside what it came to for the image itself.
   * `foreign`: the rules have nothing to say about it.
   */
  note(
    covering: CoveringRules,
    verdict: EvidenceVerdict,
    own: EvidenceVerdict,
    foreign: boolean,
  ): void;
  result(): PolicyEvidence;
}

/**
 * Opens a ledger for one image. Rules of which a part could not be read, or under which an item could
 * not be judged, are not among those under which the evidence was judged: under them "not verified"
 * would be no finding. An item that could not be judged for the image itself says so by itself.
 */
export function openPolicyLedger({
  covering,
  marks,
  revision,
  omitted,
}: CoveringPolicies): PolicyLedger {
  const verified: PolicyVerdict[] = [];
  const unjudged = new Set<CoveringRules>(
    covering.filter(({ rules }) => rules.problem !== undefined),
  );
  return {
    note(rules, verdict, own, foreign) {
      const { under } = rules;
      const [authority = ''] = under;
      if (verdict.status === 'verified') verified.push({ ...verdict, authority, under });
      if (verdict.status === 'inconclusive' && !foreign && !saysSoItself(own)) unjudged.add(rules);
    },
    result: () => ({
      judgedUnder: covering.filter((one) => !unjudged.has(one)).flatMap(({ under }) => under),
      verified,
      marks,
      revision,
      ...(omitted > 0 && { omitted }),
    }),
  };
}
