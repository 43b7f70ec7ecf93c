import type {
  DecisionOutcome,
  PolicyMode,
  PolicySummary,
  RuleDecision,
} from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { TextMap } from '#lib/policy/object.ts';
import { type Decider, policyKey, rememberingDecider } from './decider.ts';
import type { TraitCollector } from './traits.ts';
import { type Gate, pastGate } from './webhook-gate.ts';

type Container = AdmittedObject['containers'][number];

/** A policy of which we know whom it reaches, and not what it says. */
export interface UnevaluatedPolicy {
  readonly summary: PolicySummary;
  readonly collect?: (traits: TraitCollector) => void;
  /** Whether it works in a namespace at all; without it, in every one that it lies in. */
  readonly inNamespace?: (namespace: {
    readonly name: string;
    readonly labels: TextMap;
  }) => boolean;
  /** What it does to a container that it reaches; undefined where it does not reach it. */
  readonly reach: (
    admitted: AdmittedObject,
    container: Container,
  ) => { readonly rule: string; readonly mode: PolicyMode; readonly why: string } | undefined;
}

/** Says of every container that a policy reaches that its word is not known here. */
export function unevaluatedDecider(
  engine: Decider['engine'],
  policies: readonly UnevaluatedPolicy[],
  gate: Gate,
  traits: TraitCollector,
): Decider {
  gate.collect(traits);
  for (const { collect } of policies) collect?.(traits);
  return {
    engine,
    hasPolicies: policies.length > 0,
    decide: rememberingDecider(traits, (admitted) => {
      const decisions = admitted.containers.flatMap((container) =>
        policies.flatMap(({ summary, reach }): RuleDecision[] => {
          const reached = reach(admitted, container);
          if (reached === undefined) return [];
          const { name, kind, image } = container;
          return [
            {
              policy: summary.reference,
              engine,
              ...reached,
              container: name,
              containerKind: kind,
              image,
              today: todayOf(reached.mode),
              enforced: 'not-evaluated',
            },
          ];
        }),
      );
      return pastGate(decisions, gate.unasked(admitted));
    }),
    only: (keys) =>
      unevaluatedDecider(
        engine,
        policies.filter(({ summary }) => keys.has(policyKey(summary.reference))),
        gate,
        traits,
      ),
  };
}

/** What refuses nobody lets even the unknown in. */
const todayOf = (mode: PolicyMode): DecisionOutcome =>
  mode === 'audit' || mode === 'none' ? 'admit' : 'not-evaluated';
