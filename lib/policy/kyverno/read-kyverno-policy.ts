import type { DocumentProblem, PolicyMode, ReadDocument } from '#lib/model/policy.ts';
import { readObject } from '#lib/policy/object.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import type { PolicyObject, PolicyReader } from '#lib/policy/policy-object.ts';
import { selects } from '#lib/policy/selector.ts';
import { readVerification, type VerificationRule } from './attestors.ts';
import { preconditionsOf } from './preconditions.ts';
import { KyvernoPolicyBody, type KyvernoRule, type KyvernoSpec } from './schema.ts';
import { translateVerification } from './translate.ts';

/** A rule that verifies images. */
export interface VerifyImagesRule {
  readonly rule: KyvernoRule;
  readonly verifications: readonly VerificationRule[];
}

/** A ClusterPolicy or Policy of Kyverno, of which we know what it says about images. */
export interface KyvernoPolicy {
  readonly type: 'kyverno-policy';
  readonly spec: KyvernoSpec;
  readonly rules: readonly VerifyImagesRule[];
  /** Controllers of pods to which rules about pods are extended. */
  readonly controllers: readonly string[];
}

const kinds = {
  group: 'kyverno.io',
  kinds: ['ClusterPolicy', 'Policy'],
  versions: ['v1', 'v2beta1'],
} as const;

/** Reads a ClusterPolicy or Policy, also one that verifies nothing. */
export const kyvernoPolicyReader: PolicyReader<KyvernoPolicy> = {
  ...kinds,
  read: readKyvernoPolicy,
};

function readKyvernoPolicy(
  cluster: string,
  document: unknown,
): ReadDocument<PolicyObject<KyvernoPolicy>> {
  const read = readObject(cluster, document, kinds, KyvernoPolicyBody);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const { spec } = body;
  const problems: DocumentProblem[] = [];
  const rules = spec.rules.flatMap((rule, index): readonly VerifyImagesRule[] => {
    if (rule.verifyImages.length === 0) return [];
    const verifications = rule.verifyImages.map((one, at) =>
      readVerification(one, `spec.rules[${index}].verifyImages[${at}]`, problems),
    );
    return [{ rule, verifications }];
  });
  if (!spec.admission && rules.length > 0)
    problems.push({
      path: 'spec.admission',
      message: 'spec.admission is false, and images can be verified at admission only',
    });
  if (!spec.admission && !spec.background)
    problems.push({
      path: 'spec.background',
      message: 'spec.background and spec.admission are both false',
    });
  if (problems.length > 0) return { kind: 'refused', problems };
  const verifications = rules.flatMap((one) => one.verifications);
  const translated = verifications.map((one) => translateVerification(head.reference, one));
  const modes = rules.map(({ rule }) => modeOf(spec, rule));
  return {
    kind: 'read',
    ignored: read.ignored,
    value: {
      head,
      summary: {
        reference: head.reference,
        engine: 'kyverno',
        mode:
          modes.includes('enforce') ||
          (modes.length === 0 && isEnforce(spec.validationFailureAction))
            ? 'enforce'
            : 'audit',
        verifies: verifications.some(
          ({ attestors, attestations }) => attestors.length + attestations.length > 0,
        ),
        images: [...new Set(verifications.flatMap(({ spec: one }) => one.imageReferences))],
        authorities: translated.flatMap(({ authorities }) => authorities),
        unevaluated: [
          ...translated.flatMap(({ unevaluated }) => unevaluated),
          ...rules.flatMap(({ rule }) => unevaluatedOf(rule)),
        ],
        ...(head.createdAt !== undefined && { createdAt: head.createdAt }),
      },
      content: {
        type: 'kyverno-policy',
        spec,
        rules,
        controllers: controllersOf(
          spec,
          head.annotations['pod-policies.kyverno.io/autogen-controllers'],
        ),
      },
    },
  };
}

/** An object that no condition names: what cannot be evaluated for it can be for none. */
const someObject = {
  group: '',
  kind: 'Pod',
  namespace: 'default',
  name: 'pod',
  labels: {},
  namespaceLabels: {},
  containers: [{ name: 'main', kind: 'main', image: 'image' }],
} as const;

function unevaluatedOf(rule: KyvernoRule) {
  const { name, context, imageExtractors } = rule;
  const parts = { context, imageExtractors };
  const asked = preconditionsOf(rule, someObject);
  return [
    ...(asked.met === 'not-evaluated' ? [asked.why] : []),
    ...Object.entries(parts).flatMap(([part, value]) =>
      value === undefined ? [] : [`rule ${name}: ${part}`],
    ),
  ];
}

const isEnforce = (action: string | undefined): boolean => action?.toLowerCase() === 'enforce';

/**
 * The mode of a rule in a namespace: its own action decides (one that enforces wins), then the first
 * override that fits, then the action of the policy, which is audit by default.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/engine/api/engineresponse.go
 */
export function modeOf(
  spec: KyvernoSpec,
  rule: KyvernoRule,
  namespace?: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): Extract<PolicyMode, 'enforce' | 'audit'> {
  const own = rule.verifyImages.flatMap(({ failureAction }) => failureAction ?? []);
  if (own.length > 0) return own.some(isEnforce) ? 'enforce' : 'audit';
  const override = (spec.validationFailureActionOverrides ?? []).find(
    ({ namespaces, namespaceSelector }) =>
      namespace !== undefined &&
      (namespaces === undefined ||
        namespaces.some((one) => compileWildcard(one)(namespace.name))) &&
      (namespaceSelector === undefined || selects(namespaceSelector, namespace.labels)),
  );
  return isEnforce(override?.action ?? spec.validationFailureAction) ? 'enforce' : 'audit';
}

const podControllers = [
  'DaemonSet',
  'Deployment',
  'Job',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
  'CronJob',
] as const;

/** Names, selectors and mixed kinds anywhere in a policy keep all of its rules to pods. */
function controllersOf(spec: KyvernoSpec, annotation: string | undefined): readonly string[] {
  if (annotation === 'none') return [];
  const filters = spec.rules.flatMap(({ match, exclude }) =>
    [match, exclude].flatMap((one) => (one ? [one, ...(one.any ?? []), ...(one.all ?? [])] : [])),
  );
  const isBound = filters.some(({ resources }) => {
    const { name, names = [], selector, annotations, kinds = [] } = resources ?? {};
    const mixed = kinds.length > 1 && kinds.some((kind) => kind.split('/').at(-1) === 'Pod');
    return (
      Boolean(name) ||
      names.length > 0 ||
      selector !== undefined ||
      annotations !== undefined ||
      mixed
    );
  });
  if (isBound || spec.rules.some(({ generate }) => generate !== undefined)) return [];
  if (annotation === undefined || annotation === 'all') return podControllers;
  return annotation.split(',').map((one) => one.trim());
}
