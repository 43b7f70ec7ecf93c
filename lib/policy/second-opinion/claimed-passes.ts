import type { RuleDecision } from '#lib/model/policy.ts';
import { parseReference } from '#lib/model/reference.ts';
import type { TextMap } from '#lib/policy/object.ts';
import { readAnnotationClaims } from '#lib/policy/reports/annotation-claims.ts';

/** A pod's claim that an image passed. */
export interface ClaimedPass {
  readonly annotation: string;
  readonly isAbout: (decision: RuleDecision) => boolean;
}

/** What pods claim to have passed, each by the images and the policy that it names. */
export const claimedPasses = (annotations: readonly TextMap[]): readonly ClaimedPass[] =>
  annotations
    .flatMap((one) => readAnnotationClaims(one).claims)
    .filter(({ status }) => status === 'pass' || status === 'true')
    .map(({ annotation, policy, rule, image }) => {
      const fits = sameImage(image);
      return {
        annotation,
        isAbout: (decision) =>
          (policy === undefined || isPolicy(policy, decision)) &&
          (rule === undefined || rule === decision.rule) &&
          fits(decision.image),
      };
    });

/** A policy of the whole cluster may stand with an empty namespace before its name. */
const isPolicy = (written: string, { policy: { namespace, name } }: RuleDecision): boolean =>
  written === (namespace === undefined ? name : `${namespace}/${name}`) ||
  (namespace === undefined && written === `/${name}`);

/** The engine puts the digest in place of a tag, so a tag is held against nothing but a tag. */
function sameImage(claimed: string): (image: string) => boolean {
  const one = parseReference(claimed);
  return (image) => {
    const other = parseReference(image);
    if (!one.ok || !other.ok) return claimed === image;
    const [a, b] = [one.reference, other.reference];
    if (a.registry !== b.registry || a.repository !== b.repository) return false;
    if (a.digest !== undefined && b.digest !== undefined) return a.digest === b.digest;
    return a.tag === undefined || b.tag === undefined || a.tag === b.tag;
  };
}
