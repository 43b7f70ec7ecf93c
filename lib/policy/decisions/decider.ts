import type { Engine, ObjectReference, RuleDecision } from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { FactsOf, ImageFacts } from '#lib/policy/facts.ts';
import { classOf, type Traits } from './traits.ts';

/** The policies of one engine (or of one kind of them) in one cluster, ready to be asked. */
export interface Decider {
  readonly engine: Engine;
  /** False where it has nothing to say to anybody. */
  readonly hasPolicies: boolean;
  readonly decide: (admitted: AdmittedObject, factsOf: FactsOf) => readonly RuleDecision[];
  /** The same for some policies alone, by their keys. */
  readonly only: (keys: ReadonlySet<string>) => Decider;
}

/** How a policy is called among the objects of a cluster, in whatever version it is served. */
export const policyKey = ({ group, kind, namespace, name }: ObjectReference): string =>
  `${group}/${kind}/${namespace ?? ''}/${name}`;

interface Remembered {
  readonly facts: ImageFacts | undefined;
  readonly decisions: readonly RuleDecision[];
}

/** Beyond this many the memory begins anew: a decision is made faster than a gigabyte is swept. */
const mostRemembered = 50_000;

/**
 * Decides container by container and remembers what was said, for objects that no rule tells apart.
 * A decision is taken from memory only for the very facts for which it was made, compared by identity.
 */
export function rememberingDecider(
  traits: Traits,
  decide: (admitted: AdmittedObject, facts: ImageFacts | undefined) => readonly RuleDecision[],
): Decider['decide'] {
  const kept = new Map<string, Remembered>();
  return (admitted, factsOf) => {
    const own = classOf(traits, admitted);
    return admitted.containers.flatMap((container) => {
      const { name, kind, image } = container;
      const facts = factsOf(image);
      const key = `${own}\n${name}\n${kind}\n${image}`;
      const before = kept.get(key);
      if (before !== undefined && before.facts === facts) return before.decisions;
      const decisions = decide({ ...admitted, containers: [container] }, facts);
      if (kept.size >= mostRemembered) kept.clear();
      kept.set(key, { facts, decisions });
      return decisions;
    });
  };
}

interface RememberedObject {
  readonly facts: readonly (ImageFacts | undefined)[];
  readonly decisions: readonly RuleDecision[];
}

/** The same for policies that are asked about an object as a whole: its containers decide together. */
export function rememberingObjects(
  traits: Traits,
  decide: (admitted: AdmittedObject, factsOf: FactsOf) => readonly RuleDecision[],
): Decider['decide'] {
  const kept = new Map<string, RememberedObject>();
  return (admitted, factsOf) => {
    const { containers } = admitted;
    const key = [
      classOf(traits, admitted),
      ...containers.map(({ name, kind, image }) => `${name}\n${kind}\n${image}`),
    ].join('\n');
    const facts = containers.map(({ image }) => factsOf(image));
    const before = kept.get(key);
    if (before?.facts.every((one, index) => one === facts[index])) return before.decisions;
    const decisions = decide(admitted, factsOf);
    if (kept.size >= mostRemembered) kept.clear();
    kept.set(key, { facts, decisions });
    return decisions;
  };
}

/** Remembers which policies are about an image. */
export function byImage<Policy>(
  find: (image: string) => readonly Policy[],
): (image: string) => readonly Policy[] {
  const kept = new Map<string, readonly Policy[]>();
  return (image) => {
    const before = kept.get(image);
    if (before !== undefined) return before;
    const found = find(image);
    if (kept.size >= mostRemembered) kept.clear();
    kept.set(image, found);
    return found;
  };
}
