import type { InstalledEngine } from '#lib/model/admission.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { ClusterObjects, Typed } from '#lib/policy/cluster-objects.ts';
import {
  byImage,
  type Decider,
  policyKey,
  rememberingDecider,
} from '#lib/policy/decisions/decider.ts';
import { TraitCollector } from '#lib/policy/decisions/traits.ts';
import { type Gate, pastGate } from '#lib/policy/decisions/webhook-gate.ts';
import type { ImageFacts } from '#lib/policy/facts.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import { defaultKyvernoConfiguration } from './configuration.ts';
import { decideKyvernoPolicies } from './decide.ts';
import { decideImagePolicies } from './decide-image-policies.ts';
import { kyvernoImage } from './image-name.ts';
import { matchesRule } from './match.ts';
import type { ResourceMatchSpec } from './schema.ts';
import type { KyvernoException, KyvernoSetup } from './setup.ts';

type RulePolicy = Typed<'kyverno-policy'>;
type ImagePolicy = Typed<'image-validating-policy'>;

/** How Kyverno stands: its ConfigMap, its version, and its arguments where a Deployment shows them. */
export function kyvernoSetup(
  cluster: string,
  objects: Pick<ClusterObjects, 'of' | 'arguments'>,
  engines: readonly InstalledEngine[],
): KyvernoSetup {
  const version = engines.find((one) => one.engine === 'kyverno' && one.version)?.version;
  const exceptions = exceptionFlags([...objects.arguments.values()].flat());
  return {
    cluster,
    configuration: objects.of('kyverno-configuration')[0]?.content ?? defaultKyvernoConfiguration,
    ...(version !== undefined && { version }),
    ...(exceptions && { exceptions }),
  };
}

/** Defaults changed over the versions, so both flags must be written, or exceptions be turned off. */
function exceptionFlags(flags: readonly string[]): KyvernoSetup['exceptions'] {
  const flagOf = (name: string) => {
    const flag = flags.find((one) => new RegExp(`^--?${name}(=|$)`).test(one));
    return flag?.includes('=') ? flag.slice(flag.indexOf('=') + 1) : flag && 'true';
  };
  const enabled = flagOf('enablePolicyException');
  const namespace = flagOf('exceptionNamespace');
  if (enabled === 'false') return { enabled: false, namespace: '' };
  if (enabled !== 'true' || namespace === undefined) return undefined;
  return { enabled: true, namespace };
}

/** Kyverno as it stands in a cluster: one decider for policies of rules, one for policies in CEL. */
export function openKyverno(
  objects: Pick<ClusterObjects, 'of'>,
  setup: KyvernoSetup,
  gate: Gate,
): readonly Decider[] {
  const exceptions = [...objects.of('kyverno-exception'), ...objects.of('kyverno-cel-exception')];
  const asked: Asked = { setup, gate, exceptions, exceptionsOf: indexExceptions(exceptions) };
  return [
    ruleDecider(objects.of('kyverno-policy'), asked),
    imageDecider(objects.of('image-validating-policy'), asked),
  ];
}

interface Asked {
  readonly setup: KyvernoSetup;
  readonly gate: Gate;
  readonly exceptions: readonly KyvernoException[];
  readonly exceptionsOf: (
    policies: readonly (RulePolicy | ImagePolicy)[],
  ) => readonly KyvernoException[];
}

function indexExceptions(exceptions: readonly KyvernoException[]): Asked['exceptionsOf'] {
  const byName = new Map<string, KyvernoException[]>();
  for (const exception of exceptions)
    for (const name of new Set(policyNames(exception)))
      byName.set(name, [...(byName.get(name) ?? []), exception]);
  return (policies) => [
    ...new Set(policies.flatMap(({ head }) => byName.get(head.reference.name) ?? [])),
  ];
}

const policyNames = ({ content }: KyvernoException): readonly string[] =>
  content.type === 'kyverno-cel-exception'
    ? content.policyRefs.map(({ name }) => name)
    : content.exceptions.map(({ policyName }) => policyName.split('/').at(-1) ?? '');

function ruleDecider(policies: readonly RulePolicy[], asked: Asked): Decider {
  const { setup, gate, exceptionsOf } = asked;
  const traits = traitsOf(asked);
  for (const { content } of policies) collectRules(content, traits);
  const verifying = policies.filter(({ content }) => content.rules.length > 0);
  const covering = byImage(verifying, ({ content }, image) => {
    const { name } = kyvernoImage(image, setup.configuration);
    return content.rules.some(({ verifications }) =>
      verifications.some(({ spec }) =>
        spec.imageReferences.some((pattern) => compileWildcard(pattern)(name)),
      ),
    );
  });
  const decide = (admitted: AdmittedObject, facts: ImageFacts | undefined) => {
    const about = covering(admitted.containers[0]?.image ?? '').filter(({ head, content }) =>
      isAbout(head.reference, content, admitted),
    );
    if (about.length === 0) return [];
    const exceptions = exceptionsOf(about);
    const decisions = decideKyvernoPolicies(about, exceptions, setup, admitted, () => facts);
    return pastGate(decisions, gate.unasked(admitted));
  };
  return {
    engine: 'kyverno',
    decide: rememberingDecider(traits, decide),
    only: (keys) => ruleDecider(policies.filter(keyIn(keys)), asked),
  };
}

function isAbout(
  { kind, namespace }: RulePolicy['head']['reference'],
  { rules, controllers }: RulePolicy['content'],
  admitted: AdmittedObject,
): boolean {
  if (kind === 'Policy' && namespace !== admitted.namespace) return false;
  return rules.some(({ rule }) => matchesRule(rule, admitted, controllers).met !== 'no');
}

/** A policy in CEL may count over all images of an object, so it is asked about the whole. */
function imageDecider(policies: readonly ImagePolicy[], asked: Asked): Decider {
  const { setup, gate, exceptionsOf } = asked;
  return {
    engine: 'kyverno',
    decide: (admitted, factsOf) =>
      policies.length === 0
        ? []
        : pastGate(
            decideImagePolicies(policies, exceptionsOf(policies), setup, admitted, factsOf),
            gate.unasked(admitted),
          ),
    only: (keys) => imageDecider(policies.filter(keyIn(keys)), asked),
  };
}

const keyIn =
  (keys: ReadonlySet<string>) =>
  ({ head }: RulePolicy | ImagePolicy): boolean =>
    keys.has(policyKey(head.reference));

/** What the settings of Kyverno and its exceptions look at. */
function traitsOf({ setup, gate, exceptions }: Asked): TraitCollector {
  const traits = new TraitCollector();
  gate.collect(traits);
  const { resourceFilters, namespaceSelector } = setup.configuration;
  for (const { name } of resourceFilters) traits.addName(name, compileWildcard);
  traits.addSelector('namespaceLabels', namespaceSelector);
  for (const { content } of exceptions)
    if (content.type === 'kyverno-exception') collectMatch(content.match, traits);
  return traits;
}

function collectRules({ spec, rules }: RulePolicy['content'], traits: TraitCollector): void {
  for (const { namespaceSelector } of spec.validationFailureActionOverrides ?? [])
    traits.addSelector('namespaceLabels', namespaceSelector);
  for (const { rule } of rules) {
    collectMatch(rule.match, traits);
    if (rule.exclude) collectMatch(rule.exclude, traits);
  }
}

function collectMatch(match: ResourceMatchSpec, traits: TraitCollector): void {
  for (const { resources } of [match, ...(match.any ?? []), ...(match.all ?? [])]) {
    const { name, names = [], selector, namespaceSelector } = resources ?? {};
    traits.addSelector('labels', selector);
    traits.addSelector('namespaceLabels', namespaceSelector);
    for (const one of [...(name ? [name] : []), ...names]) traits.addName(one, compileWildcard);
  }
}
