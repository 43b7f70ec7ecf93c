import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { ClusterObjects } from '#lib/policy/cluster-objects.ts';
import { type Decider, policyKey, rememberingDecider } from '#lib/policy/decisions/decider.ts';
import { classOf, TraitCollector } from '#lib/policy/decisions/traits.ts';
import { type Gate, pastGate } from '#lib/policy/decisions/webhook-gate.ts';
import { no, yes } from '#lib/policy/finding.ts';
import type { Constraint } from './constraint.ts';
import type { ConstraintTemplate } from './constraint-template.ts';
import { decideConstraint } from './decide.ts';
import { fitsGlob, matchConstraint } from './match.ts';
import { type GatekeeperConfig, isExempt } from './settings.ts';

/** A constraint with the template that gave it its kind. */
export interface JoinedConstraint {
  readonly constraint: Constraint;
  readonly template?: ConstraintTemplate;
}

/** Constraints of a cluster beside their templates, and what Gatekeeper's Config leaves out. */
export interface GatekeeperObjects {
  readonly constraints: readonly JoinedConstraint[];
  readonly configs: readonly GatekeeperConfig[];
}

/** Joins each constraint with its template, which may not be there. */
export function joinConstraints({ of }: Pick<ClusterObjects, 'of'>): GatekeeperObjects {
  const templates = new Map(
    of('constraint-template').map(({ head, content }) => [
      content.constraintKind,
      { ...content, head },
    ]),
  );
  return {
    constraints: of('constraint').map(({ head, content }) => {
      const template = templates.get(head.reference.kind);
      return { constraint: { ...content, head }, ...(template && { template }) };
    }),
    configs: of('gatekeeper-config').map(({ head, content }) => ({ ...content, head })),
  };
}

const mostClasses = 10_000;

/** Gatekeeper as it stands in a cluster. */
export function openGatekeeper({ constraints, configs }: GatekeeperObjects, gate: Gate): Decider {
  const traits = new TraitCollector();
  gate.collect(traits);
  for (const { constraint } of constraints) {
    const { labelSelector, namespaceSelector, name = '' } = constraint.match;
    traits.addSelector('labels', labelSelector);
    traits.addSelector('namespaceLabels', namespaceSelector);
    traits.addName(name, (glob) => (text) => fitsGlob(glob, text));
  }
  const kept = new Map<string, readonly JoinedConstraint[]>();
  const matching = (admitted: AdmittedObject): readonly JoinedConstraint[] => {
    const own = classOf(traits, admitted);
    const before = kept.get(own);
    if (before !== undefined) return before;
    const found = constraints.filter(
      ({ constraint }) => matchConstraint(constraint.match, admitted) !== 'no',
    );
    if (kept.size >= mostClasses) kept.clear();
    kept.set(own, found);
    return found;
  };
  const exemption = (namespace: string) =>
    configs.some((config) => isExempt(config, 'webhook', namespace))
      ? yes(`the Config of Gatekeeper leaves the namespace ${namespace} out`)
      : no('');
  return {
    engine: 'gatekeeper',
    hasPolicies: constraints.length > 0,
    decide: rememberingDecider(traits, (object) => {
      const decisions = matching(object).flatMap((one) => decideConstraint({ ...one, object }));
      const exempt = pastGate(decisions, exemption(object.namespace ?? ''));
      return pastGate(exempt, gate.unasked(object));
    }),
    only: (keys) =>
      openGatekeeper(
        {
          configs,
          constraints: constraints.filter(({ constraint }) =>
            keys.has(policyKey(constraint.head.reference)),
          ),
        },
        gate,
      ),
  };
}
