import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { ClusterObjects, Typed } from '#lib/policy/cluster-objects.ts';
import { byImage, type Decider, rememberingDecider } from '#lib/policy/decisions/decider.ts';
import type { TraitCollector } from '#lib/policy/decisions/traits.ts';
import { pastGate } from '#lib/policy/decisions/webhook-gate.ts';
import type { ImageFacts } from '#lib/policy/facts.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import { decideKyvernoPolicies } from './decide.ts';
import { kyvernoImage } from './image-name.ts';
import { imagePolicyDecider } from './image-policy-decider.ts';
import {
  collectMatch,
  hasConditions,
  type KyvernoAsked,
  keyIn,
  settingsTraits,
} from './kyverno-asked.ts';
import { matchesRule } from './match.ts';

type Policy = Typed<'kyverno-policy'>;

/** Kyverno as it stands in a cluster: policies of rules, and policies in CEL. */
export const openKyverno = (
  objects: Pick<ClusterObjects, 'of'>,
  asked: KyvernoAsked,
): readonly Decider[] => [
  ruleDecider(objects.of('kyverno-policy'), asked),
  imagePolicyDecider(objects.of('image-validating-policy'), asked),
];

function ruleDecider(policies: readonly Policy[], asked: KyvernoAsked): Decider {
  const verifying = policies.filter(({ content }) => content.rules.length > 0);
  const traits = settingsTraits(asked);
  for (const { content } of verifying) collectRules(content, traits);
  const isStrange = (policy: Policy) =>
    looksElsewhere(policy) || asked.exceptionsOf([policy]).some(hasConditions);
  const plain = decideSome(
    verifying.filter((one) => !isStrange(one)),
    asked,
  );
  const strange = decideSome(verifying.filter(isStrange), asked);
  const remembered = rememberingDecider(traits, plain);
  return {
    engine: 'kyverno',
    hasPolicies: verifying.length > 0,
    decide: (admitted, factsOf) => [
      ...remembered(admitted, factsOf),
      ...admitted.containers.flatMap((container) =>
        strange({ ...admitted, containers: [container] }, factsOf(container.image), admitted),
      ),
    ],
    only: (keys) => ruleDecider(policies.filter(keyIn(keys)), asked),
  };
}

/** What some policies say to an object with one container. */
function decideSome(policies: readonly Policy[], { setup, gate, exceptionsOf }: KyvernoAsked) {
  const compiled = policies.map((policy) => ({ policy, patterns: patternsOf(policy) }));
  const covering = byImage((image) => {
    const { name } = kyvernoImage(image, setup.configuration);
    return compiled.flatMap(({ policy, patterns }) =>
      patterns.some((fits) => fits(name)) ? [policy] : [],
    );
  });
  return (
    admitted: AdmittedObject,
    facts: ImageFacts | undefined,
    whole: AdmittedObject = admitted,
  ) => {
    const about = covering(admitted.containers[0]?.image ?? '').filter((policy) =>
      isAbout(policy, admitted),
    );
    if (about.length === 0) return [];
    const decisions = decideKyvernoPolicies(
      about,
      exceptionsOf(about),
      setup,
      admitted,
      () => facts,
      whole,
    );
    return pastGate(decisions, gate.unasked(admitted));
  };
}

const patternsOf = ({ content }: Policy) =>
  content.rules
    .flatMap(({ verifications }) => verifications.flatMap(({ spec }) => spec.imageReferences))
    .map(compileWildcard);

function isAbout(
  {
    head: {
      reference: { kind, namespace },
    },
    content: { rules, controllers },
  }: Policy,
  admitted: AdmittedObject,
): boolean {
  if (kind === 'Policy' && namespace !== admitted.namespace) return false;
  return rules.some(({ rule }) => matchesRule(rule, admitted, controllers).met !== 'no');
}

/** Preconditions and variables may look at anything in an object: nothing of these is remembered. */
const looksElsewhere = ({ content }: Policy): boolean =>
  content.rules.some(
    ({ rule }) =>
      rule.preconditions !== undefined ||
      rule.celPreconditions !== undefined ||
      /\{\{|request\./.test(JSON.stringify(rule)),
  );

function collectRules({ spec, rules }: Policy['content'], traits: TraitCollector): void {
  for (const { namespaceSelector } of spec.validationFailureActionOverrides ?? [])
    traits.addSelector('namespaceLabels', namespaceSelector);
  for (const { rule } of rules) {
    collectMatch(rule.match, traits);
    if (rule.exclude) collectMatch(rule.exclude, traits);
  }
}
