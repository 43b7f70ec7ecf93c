import type { PolicyMode, PolicySummary } from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { ClusterObjects, Typed } from '#lib/policy/cluster-objects.ts';
import { type Decider, policyKey, rememberingObjects } from '#lib/policy/decisions/decider.ts';
import { TraitCollector } from '#lib/policy/decisions/traits.ts';
import { matchesCreation } from '#lib/policy/match-resources.ts';
import { decideAdmissionPolicy } from './decide-admission-policy.ts';

type Policy = Typed<'admission-policy'>;
type Binding = Typed<'admission-policy-binding'>;

/** A ValidatingAdmissionPolicy with the bindings that name it. */
export interface BoundPolicy {
  readonly summary: PolicySummary;
  readonly policy: Policy;
  readonly bindings: readonly Binding[];
}

/** ValidatingAdmissionPolicies with their bindings, in the strictest mode of these; without any, in none. */
export function boundPolicies(objects: Pick<ClusterObjects, 'of'>): readonly BoundPolicy[] {
  const byPolicy = Map.groupBy(
    objects.of('admission-policy-binding'),
    ({ content }) => content.policyName,
  );
  return objects.of('admission-policy').flatMap((policy) => {
    const { summary, head } = policy;
    if (summary === undefined) return [];
    const bindings = byPolicy.get(head.reference.name) ?? [];
    return [{ summary: summaryOf(summary, bindings), policy, bindings }];
  });
}

const strongest = ['enforce', 'warn', 'audit'] as const;

function summaryOf(summary: PolicySummary, bindings: readonly Binding[]): PolicySummary {
  const mode: PolicyMode =
    strongest.find((one) => bindings.some(({ content }) => content.mode === one)) ?? 'none';
  const { name } = summary.reference;
  const params = bindings.filter(({ content }) => content.spec.paramRef !== undefined);
  return {
    ...summary,
    mode,
    unevaluated: [
      ...(bindings.length === 0
        ? [`no ValidatingAdmissionPolicyBinding names ${name}: it does nothing`]
        : []),
      ...params.map(({ head }) => `the parameters of the binding ${head.reference.name}`),
      ...summary.unevaluated,
      ...summary.unevaluated,
    ],
  };
}

/** ValidatingAdmissionPolicies of a cluster: the API server itself asks them, and no webhook. */
export function openAdmissionPolicies(policies: readonly BoundPolicy[]): Decider {
  const traits = new TraitCollector();
  for (const { policy, bindings } of policies) collect(traits, policy, bindings);
  const [plain, strange] = [policies.filter(looksAtSpecOnly), policies.filter(looksElsewhere)];
  const decide =
    (some: readonly BoundPolicy[]): Decider['decide'] =>
    (admitted) =>
      some.flatMap(({ policy, bindings }) =>
        isBoundElsewhere(bindings, admitted)
          ? []
          : decideAdmissionPolicy(policy, bindings, admitted),
      );
  const remembered = rememberingObjects(traits, decide(plain));
  const others = decide(strange);
  return {
    engine: 'validating-admission-policy',
    hasPolicies: policies.length > 0,
    decide: (admitted, factsOf) => [...remembered(admitted, factsOf), ...others(admitted, factsOf)],
    only: (keys) =>
      openAdmissionPolicies(
        policies.filter(({ summary }) => keys.has(policyKey(summary.reference))),
      ),
  };
}

/** A policy works where its bindings say. Without any it works nowhere, which is worth telling everywhere. */
const isBoundElsewhere = (bindings: readonly Binding[], admitted: AdmittedObject): boolean =>
  bindings.length > 0 &&
  bindings.every(
    ({ content: { spec } }) =>
      spec.matchResources !== undefined &&
      matchesCreation(spec.matchResources, admitted).met === 'no',
  );

function collect(traits: TraitCollector, { content }: Policy, bindings: readonly Binding[]): void {
  const matches = [
    content.spec.matchConstraints,
    ...bindings.map((one) => one.content.spec.matchResources),
  ];
  for (const match of matches) {
    traits.addSelector('labels', match?.objectSelector);
    traits.addSelector('namespaceLabels', match?.namespaceSelector);
    for (const rule of [...(match?.resourceRules ?? []), ...(match?.excludeResourceRules ?? [])])
      for (const name of rule.resourceNames) traits.names.add(name);
  }
}

/** What an expression can see beside the kind and the containers of an object. */
const elsewhere =
  /\b(?:object|oldObject|request|namespaceObject|params|authorizer)\b(?!\.\??(?:spec|kind)\b)/;

/** Expressions that see no more than that say the same of all objects with the same containers. */
const looksElsewhere = ({ policy: { content } }: BoundPolicy): boolean => {
  const { matchConditions, variables, validations } = content.spec;
  return [...matchConditions, ...variables, ...validations].some(({ expression }) =>
    elsewhere.test(expression),
  );
};
const looksAtSpecOnly = (one: BoundPolicy): boolean => !looksElsewhere(one);
