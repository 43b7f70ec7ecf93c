import type { ObjectReference, RuleDecision } from '#lib/model/policy.ts';
import { parseReference } from '#lib/model/reference.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { FactsOf, ImageFacts } from '#lib/policy/facts.ts';
import { type Finding, no, notEvaluated, outcomesOf, unknown, yes } from '#lib/policy/finding.ts';
import type { PolicyObject } from '#lib/policy/policy-object.ts';
import { type LabelSelector, selects } from '#lib/policy/selector.ts';
import { authorityLabel } from './authorities.ts';
import type { PolicyControllerConfiguration } from './configuration.ts';
import { findAuthority } from './find-authority.ts';
import { cipName, compileCipGlob } from './glob.ts';
import type { ClusterImagePolicy } from './read-cluster-image-policy.ts';

type Policy = PolicyObject<ClusterImagePolicy>;

/** How policy-controller stands in one cluster. */
export interface PolicyControllerSetup {
  readonly cluster: string;
  readonly version?: string;
  readonly configuration: PolicyControllerConfiguration;
  /** Selector of its webhook over namespaces; by default namespaces must opt in by a label. */
  readonly namespaces?: LabelSelector;
}

type Container = AdmittedObject['containers'][number];

const optIn: LabelSelector = {
  matchExpressions: [{ key: 'policy.sigstore.dev/include', operator: 'In', values: ['true'] }],
};

/**
 * What policy-controller says to each container of an object: all policies that match must be met, and
 * of each policy one authority. In a namespace that its webhook does not select, nothing is asked.
 * @see https://github.com/sigstore/policy-controller/blob/main/pkg/webhook/validator.go
 */
export function decidePolicyController(
  policies: readonly Policy[],
  setup: PolicyControllerSetup,
  admitted: AdmittedObject,
  factsOf: FactsOf,
): readonly RuleDecision[] {
  const asked = isAsked(setup, admitted);
  return admitted.containers.flatMap((container) =>
    decideContainer(policies, setup, admitted, container, factsOf(container.image)).map(
      (decision) => throughWebhook(decision, asked),
    ),
  );
}

function isAsked({ namespaces = optIn }: PolicyControllerSetup, admitted: AdmittedObject): Finding {
  const { namespaceLabels } = admitted;
  if (namespaceLabels === undefined)
    return unknown('the labels of the namespace could not be read');
  return selects(namespaces, namespaceLabels)
    ? yes('')
    : no('the namespace is not selected by the webhook of policy-controller');
}

/** A webhook that is not asked says nothing today, whatever its policies would say. */
function throughWebhook(decision: RuleDecision, asked: Finding): RuleDecision {
  if (asked.met === 'yes') return decision;
  if (asked.met === 'unknown')
    return { ...decision, today: 'error', why: `${asked.why}; ${decision.why}` };
  return { ...decision, mode: 'none', today: 'admit', why: `${asked.why}; ${decision.why}` };
}

function decideContainer(
  policies: readonly Policy[],
  setup: PolicyControllerSetup,
  admitted: AdmittedObject,
  container: Container,
  facts: ImageFacts | undefined,
): readonly RuleDecision[] {
  const parsed = parseReference(container.image);
  if (!parsed.ok)
    return [
      engineDecision(
        setup,
        container,
        'reference',
        no(`the image is no reference: ${parsed.problem}`),
      ),
    ];
  const digest = parsed.reference.digest ?? facts?.digest;
  if (digest === undefined) {
    const why = 'the engine demands a digest, and nobody here knows what the tag resolves to';
    return [engineDecision(setup, container, 'digest', unknown(why))];
  }
  const name = cipName({ ...parsed.reference, digest });
  const matching = policies.filter(
    ({ content }) => selectsObject(content, admitted) && coversImage(content, name),
  );
  if (matching.length > 0)
    return matching.map((policy) => decidePolicy(policy, setup, container, facts));
  const { noMatchPolicy } = setup.configuration;
  const finding =
    noMatchPolicy === 'allow'
      ? yes(`no policy matches ${name}, and that is allowed`)
      : no(`no policy matches ${name}`);
  const mode = noMatchPolicy === 'warn' ? 'warn' : 'enforce';
  return [engineDecision(setup, container, 'no-match-policy', finding, mode)];
}

const coversImage = ({ spec }: ClusterImagePolicy, name: string): boolean =>
  spec.images.some(({ glob }) => compileCipGlob(glob)?.(name) ?? false);

/** Resources are guessed from kinds as the engine does: lower case, plural. */
function selectsObject({ spec }: ClusterImagePolicy, admitted: AdmittedObject): boolean {
  if (spec.match.length === 0) return true;
  const { group, labels } = admitted;
  const resource = pluralOf(admitted.kind.toLowerCase());
  return spec.match.some(
    (match) =>
      match.resource === resource &&
      match.group === group &&
      // Every resource with pods is served as v1 only.
      (match.version === '*' || match.version === 'v1') &&
      selects(match.selector, labels),
  );
}

function pluralOf(kind: string): string {
  if (kind.endsWith('s')) return `${kind}es`;
  return kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}

function decidePolicy(
  { head, content }: Policy,
  setup: PolicyControllerSetup,
  container: Container,
  facts: ImageFacts | undefined,
): RuleDecision {
  const { spec, mode } = content;
  const found = spec.authorities.map((authority, index) => ({
    rule: authorityLabel(authority, index),
    finding: findAuthority(head.reference, authority, index, facts),
  }));
  const { rule, finding } = bestOf(found);
  const whole =
    finding.met === 'yes' && spec.policy
      ? notEvaluated(
          `${finding.why}; the condition of the policy in ${spec.policy.type} is not evaluated here`,
        )
      : finding;
  const differs = mayDiffer(content, setup);
  return {
    ...decisionOf(head.reference, container, rule, whole, mode),
    ...(differs !== undefined && { engineMayDiffer: differs }),
  };
}

interface Found {
  readonly rule: string;
  readonly finding: Finding;
}

/** One authority is enough: the first that is met, else the one that leaves most open. */
function bestOf(found: readonly Found[]): Found {
  const order = ['yes', 'not-evaluated', 'unknown'] as const;
  for (const met of order) {
    const one = found.find(({ finding }) => finding.met === met);
    if (one !== undefined) return one;
  }
  const why = found.map(({ rule, finding }) => `${rule}: ${finding.why}`).join('; ');
  return { rule: 'authorities', finding: no(why || 'the policy has no authorities') };
}

const sources = {
  oci11: 'https://github.com/sigstore/policy-controller/pull/1971',
  droppedErrors:
    'https://github.com/sigstore/policy-controller/blob/main/pkg/webhook/validator.go (errorsToFieldErrors)',
} as const;

function mayDiffer(
  { spec }: ClusterImagePolicy,
  { configuration, version }: PolicyControllerSetup,
): string | undefined {
  if (spec.authorities.length === 0)
    return `A policy without authorities ends in an error that the webhook drops, so it admits (${sources.droppedErrors}).`;
  const asksAttestations = spec.authorities.some(({ attestations }) => attestations.length > 0);
  if (configuration.enableOci11 && asksAttestations && hasOci11(version))
    return `With enable-oci11, this engine takes attestations from the referrers API without verifying them (${sources.oci11}).`;
  const crowded = spec.authorities.some(
    ({ signatureFormat, keyless }) =>
      signatureFormat === 'bundle' && (keyless?.identities.length ?? 0) > 1,
  );
  return crowded
    ? 'In bundles this engine looks for one identity of an authority only (cosign CheckOpts, new bundle format).'
    : undefined;
}

/** The setting came with 0.15; where the version is not known it may be there. */
function hasOci11(version: string | undefined): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  return major === undefined || Number(major) > 0 || Number(minor) >= 15;
}

/** The ConfigMap of the engine, under which it says what no policy says; it need not be there. */
export const engineReference = (cluster: string): ObjectReference => ({
  cluster,
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  namespace: 'cosign-system',
  name: 'config-policy-controller',
});

function engineDecision(
  { cluster, configuration }: PolicyControllerSetup,
  container: Container,
  rule: string,
  finding: Finding,
  mode: 'enforce' | 'warn' = 'enforce',
): RuleDecision {
  const reference = configuration.reference ?? engineReference(cluster);
  return decisionOf(reference, container, rule, finding, mode);
}

const decisionOf = (
  policy: ObjectReference,
  { name, kind, image }: Container,
  rule: string,
  finding: Finding,
  mode: RuleDecision['mode'],
): RuleDecision => ({
  policy,
  engine: 'policy-controller',
  rule,
  container: name,
  containerKind: kind,
  image,
  mode,
  ...outcomesOf(finding, mode),
  why: finding.why,
});
