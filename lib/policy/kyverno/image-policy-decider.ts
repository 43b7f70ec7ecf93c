import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { Typed } from '#lib/policy/cluster-objects.ts';
import { byImage, type Decider, rememberingObjects } from '#lib/policy/decisions/decider.ts';
import type { TraitCollector } from '#lib/policy/decisions/traits.ts';
import { pastGate } from '#lib/policy/decisions/webhook-gate.ts';
import type { FactsOf } from '#lib/policy/facts.ts';
import { choosesImage } from './chosen-images.ts';
import { decideImagePolicies } from './decide-image-policies.ts';
import { hasConditions, type KyvernoAsked, keyIn, settingsTraits } from './kyverno-asked.ts';

type Policy = Typed<'image-validating-policy'>;

/**
 * ImageValidatingPolicies, asked about an object as a whole: a validation may count over all of its
 * images. Of policies whose expressions see nothing but images, only those are asked that choose one.
 */
export function imagePolicyDecider(policies: readonly Policy[], asked: KyvernoAsked): Decider {
  const { setup, exceptionsOf } = asked;
  const traits = settingsTraits(asked);
  for (const { content } of policies) collectMatchConstraints(content.spec, traits);
  const isStrange = (policy: Policy) =>
    looksElsewhere(policy) || exceptionsOf([policy]).some(hasConditions);
  const [strange, plain] = [policies.filter(isStrange), policies.filter((one) => !isStrange(one))];
  const choosing = byImage((image) =>
    plain.filter(
      (policy) =>
        choosesImage(policy.content.spec, image, setup.configuration).met !== 'no' ||
        speaksUnchosen(policy, asked),
    ),
  );
  const remembered = rememberingObjects(traits, (admitted, factsOf) => {
    const chosen = new Set(admitted.containers.flatMap(({ image }) => choosing(image)));
    return decideSome([...chosen], asked, admitted, factsOf);
  });
  return {
    engine: 'kyverno',
    hasPolicies: policies.length > 0,
    decide: (admitted, factsOf) => [
      ...(plain.length === 0 ? [] : remembered(admitted, factsOf)),
      ...decideSome(strange, asked, admitted, factsOf),
    ],
    only: (keys) => imagePolicyDecider(policies.filter(keyIn(keys)), asked),
  };
}

function decideSome(
  policies: readonly Policy[],
  { setup, gate, exceptionsOf }: KyvernoAsked,
  admitted: AdmittedObject,
  factsOf: FactsOf,
) {
  if (policies.length === 0) return [];
  const exceptions = exceptionsOf(policies);
  const decisions = decideImagePolicies(policies, exceptions, setup, admitted, factsOf);
  return pastGate(decisions, gate.unasked(admitted));
}

const spoken = new WeakMap<Policy, boolean>();

/** Whether a policy finds fault where it chooses no image; told with an object whose images count for none. */
function speaksUnchosen(policy: Policy, { setup }: KyvernoAsked): boolean {
  const known = spoken.get(policy);
  if (known !== undefined) return known;
  const { namespace = 'default' } = policy.head.reference;
  const pod = {
    group: '',
    kind: 'Pod',
    namespace,
    name: 'pod',
    labels: {},
    containers: [{ name: 'volume', kind: 'image-volume' as const, image: 'none' }],
  };
  const open = policy.content.spec.matchConstraints && {
    matchConstraints: {
      resourceRules: [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
      ],
    },
  };
  const spec = { ...policy.content.spec, ...open } as Policy['content']['spec'];
  const asked = { ...policy, content: { ...policy.content, spec } };
  const speaks = decideImagePolicies([asked], [], setup, pod, () => undefined).length > 0;
  spoken.set(policy, speaks);
  return speaks;
}

/** Whether an expression may see anything of an object but its images. */
const looksElsewhere = ({ content }: Policy): boolean =>
  /\b(?:object|oldObject|request|namespaceObject|authorizer|resource|http|globalContext|params)\b/.test(
    JSON.stringify([
      content.spec.matchConditions,
      content.spec.images,
      content.spec.validations,
      'variables' in content.spec ? content.spec['variables'] : [],
      content.spec.attestors,
    ]),
  );

function collectMatchConstraints(
  { matchConstraints }: Policy['content']['spec'],
  traits: TraitCollector,
): void {
  traits.addSelector('labels', matchConstraints?.objectSelector);
  traits.addSelector('namespaceLabels', matchConstraints?.namespaceSelector);
  const { resourceRules = [], excludeResourceRules = [] } = matchConstraints ?? {};
  for (const { resourceNames = [] } of [...resourceRules, ...excludeResourceRules])
    for (const name of resourceNames) traits.names.add(name);
}
