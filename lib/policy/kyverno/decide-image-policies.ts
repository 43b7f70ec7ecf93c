import type { RuleDecision } from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { resourceOf } from '#lib/policy/cel/admission-values.ts';
import { conditionHolds, evaluateCel } from '#lib/policy/cel/evaluate.ts';
import type { FactsOf } from '#lib/policy/facts.ts';
import {
  allOf,
  type Finding,
  no,
  notEvaluated,
  outcomesOf,
  unknown,
  yes,
} from '#lib/policy/finding.ts';
import { matchesCreation } from '#lib/policy/match-resources.ts';
import type { PolicyObject } from '#lib/policy/policy-object.ts';
import { selectsAll } from '#lib/policy/selector.ts';
import { choosesImage } from './chosen-images.ts';
import type { KyvernoConfiguration } from './configuration.ts';
import { aboutContainer, exempted, whySkipped } from './decide.ts';
import { exceptionFor } from './exceptions.ts';
import { kyvernoImage } from './image-name.ts';
import { conditionScope, type ImagePolicyCase, validationScope } from './image-policy-scope.ts';
import type { ImageValidatingPolicy } from './read-image-policy.ts';
import type { KyvernoException, KyvernoSetup } from './setup.ts';
import { isSince } from './version.ts';

type Container = AdmittedObject['containers'][number];

/**
 * What ImageValidatingPolicies say to each container: whom they are about, which images, the digest, and
 * their validations in CEL over what verification found. A validation speaks of the object as a whole;
 * where it comes to the same, each container is told what it contributes.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/image/verification/evaluator/policy.go
 */
export function decideImagePolicies(
  policies: readonly PolicyObject<ImageValidatingPolicy>[],
  exceptions: readonly KyvernoException[],
  setup: KyvernoSetup,
  admitted: AdmittedObject,
  factsOf: FactsOf,
): readonly RuleDecision[] {
  const skipped = whySkipped(setup.configuration, admitted);
  return policies.flatMap((policy) => {
    const { reference } = policy.head;
    const one = caseOf(policy, setup, admitted, factsOf);
    const about = one === undefined ? no('it is about other objects') : isAbout(one);
    if (one === undefined || about.met === 'no') return [];
    const exempt = exceptionFor(reference, '', exceptions, setup, admitted);
    return findingsOf(one, setup.configuration).map(({ container, found }): RuleDecision => {
      const finding = found.met === 'yes' || about.met === 'yes' ? found : about;
      const decision = {
        ...aboutContainer(reference, 'validations', container),
        mode: policy.content.mode,
        ...outcomesOf(finding, policy.content.mode),
        why: finding.why,
        ...doubtOf(one, finding, container, setup.version),
      };
      return exempted(decision, [skipped, exempt]);
    });
  });
}

/** Undefined where the policy is not asked about the object at all. */
function caseOf(
  { head, content }: PolicyObject<ImageValidatingPolicy>,
  { configuration, version }: KyvernoSetup,
  admitted: AdmittedObject,
  factsOf: FactsOf,
): Case | undefined {
  const { reference } = head;
  const { spec } = content;
  const isNamespaced = reference.kind === 'NamespacedImageValidatingPolicy';
  if (isNamespaced && reference.namespace !== admitted.namespace) return undefined;
  if (spec.evaluation?.mode === 'JSON' || spec.evaluation?.admission?.enabled === false)
    return undefined;
  const seen = imagesAsSeen(content, configuration, admitted, factsOf);
  return {
    policy: reference,
    spec,
    admitted: { ...admitted, containers: seen.map(({ shown }) => shown) },
    declared: admitted,
    extended: isExtended(content, admitted),
    chooses: (image) => choosesImage(spec, declaredOf(seen, image), configuration),
    factsOf: (image) => factsOf(declaredOf(seen, image)),
    bundlesAlone: isSince(version, 19),
  };
}

interface Case extends ImagePolicyCase {
  /** The object with its images as they are declared. */
  readonly declared: AdmittedObject;
}

interface Seen {
  readonly declared: string;
  readonly shown: Container;
}

const declaredOf = (seen: readonly Seen[], image: string): string =>
  seen.find(({ shown }) => shown.image === image)?.declared ?? image;

/** Before validations see an image, Kyverno writes its digest behind it; what the digest is matters little. */
function imagesAsSeen(
  { spec }: ImageValidatingPolicy,
  configuration: KyvernoConfiguration,
  { containers }: AdmittedObject,
  factsOf: FactsOf,
): readonly Seen[] {
  return containers.map((container) => {
    const { image } = container;
    const { name, hasDigest } = kyvernoImage(image, configuration);
    const isWritten =
      spec.validationConfigurations.mutateDigest &&
      !hasDigest &&
      choosesImage(spec, image, configuration).met !== 'no';
    if (!isWritten) return { declared: image, shown: container };
    const digest = factsOf(image)?.digest ?? `sha256:${'0'.repeat(64)}`;
    return { declared: image, shown: { ...container, image: `${name}@${digest}` } };
  });
}

/** Controllers to which policies about pods are extended unless some, or none, are named. */
const podControllers: readonly string[] = [
  'daemonsets',
  'deployments',
  'jobs',
  'statefulsets',
  'replicasets',
  'cronjobs',
];

/**
 * Whether a policy reaches an object only because it is about pods alone, and about them in the simplest
 * way: then it is extended to what makes them.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/cel/autogen/support.go
 */
function isExtended({ spec }: ImageValidatingPolicy, admitted: AdmittedObject): boolean {
  const { resourceRules = [], objectSelector, excludeResourceRules } = spec.matchConstraints ?? {};
  const [rule] = resourceRules;
  const isAlone = (list: readonly string[] | undefined, word: string) =>
    list?.length === 1 && list[0] === word;
  const resource = resourceOf(admitted);
  const chosen = spec.autogen?.podControllers?.controllers ?? podControllers;
  return (
    resourceRules.length === 1 &&
    isAlone(rule?.resources, 'pods') &&
    isAlone(rule?.apiGroups, '') &&
    isAlone(rule?.apiVersions, 'v1') &&
    (rule?.resourceNames ?? []).length === 0 &&
    (excludeResourceRules ?? []).length === 0 &&
    selectsAll(objectSelector) &&
    podControllers.includes(resource) &&
    chosen.includes(resource)
  );
}

function isAbout(one: Case): Finding {
  const { spec, declared, extended } = one;
  if (spec.matchConstraints === undefined) return no('it is about nothing');
  const rules = spec.matchConstraints.resourceRules ?? [];
  const matched = extended
    ? matchesCreation(
        {
          ...spec.matchConstraints,
          resourceRules: [{ ...rules[0], apiGroups: ['*'], resources: ['*'] }],
        },
        declared,
      )
    : matchesCreation(spec.matchConstraints, declared);
  if (rules.length === 0 || matched.met === 'no') return no('it is about other resources');
  const scope = conditionScope({ ...one, admitted: declared });
  const conditions = spec.matchConditions.map(({ expression }): Finding => {
    const answer = evaluateCel(expression, scope);
    return answer.kind === 'error' && spec.failurePolicy === 'Ignore'
      ? no('a match condition fails, and the policy is then left out')
      : conditionHolds(expression, scope);
  });
  return allOf([matched, ...conditions]);
}

/** What the policy comes to for each container that it is about; for all of them where it chooses none. */
function findingsOf(
  one: Case,
  configuration: KyvernoConfiguration,
): readonly { readonly container: Container; readonly found: Finding }[] {
  const { admitted, declared } = one;
  const covered = declared.containers.flatMap((container, at) => {
    const shown = admitted.containers[at];
    const isListed = container.kind !== 'image-volume';
    return shown && isListed && one.chooses(shown.image).met !== 'no' ? [{ container, shown }] : [];
  });
  const ask = (some: typeof covered): Finding =>
    allOf([
      ...some.map(({ container }) => digestFinding(one, container, configuration)),
      ...validate(
        one,
        some.map(({ shown }) => shown),
      ),
    ]);
  const whole = ask(covered);
  if (covered.length === 0)
    return whole.met === 'yes'
      ? []
      : declared.containers.map((container) => ({ container, found: whole }));
  if (covered.length === 1) return covered.map(({ container }) => ({ container, found: whole }));
  const alone = covered.map((each) => ({ container: each.container, found: ask([each]) }));
  return allOf(alone.map(({ found }) => found)).met === whole.met
    ? alone
    : alone.map(({ container }) => ({ container, found: whole }));
}

function digestFinding(
  { spec, factsOf }: Case,
  { image }: Container,
  configuration: KyvernoConfiguration,
): Finding {
  const { verifyDigest, mutateDigest } = spec.validationConfigurations;
  if (kyvernoImage(image, configuration).hasDigest) return yes('the image has a digest');
  if (mutateDigest)
    return factsOf(image)?.digest === undefined
      ? unknown('nobody here knows what the tag resolves to')
      : yes('Kyverno adds the digest');
  return verifyDigest ? no('the image has no digest, and Kyverno adds none') : yes('');
}

/** Every validation must hold; what it says of itself is the reason where it does not. */
function validate(one: Case, containers: readonly Container[]): readonly Finding[] {
  const { spec } = one;
  if (spec.validations.length === 0) return [yes('it validates nothing')];
  const scope = validationScope(one, containers);
  return spec.validations.map(({ expression, message }, index) => {
    const found = conditionHolds(expression, scope);
    const where = `validations[${index}]`;
    if (found.met === 'no')
      return no(`${where} does not hold${message ? `: ${message.slice(0, 300)}` : ''}`);
    const why = `${where}: ${found.why}`;
    return found.met === 'not-evaluated' ? notEvaluated(why) : { ...found, why };
  });
}

const verification = /\bverify(?:Image|Attestation)Signatures\s*\(/;

/** Where versions of the engine are known to decide otherwise. */
function doubtOf(
  { spec, factsOf }: Case,
  { met }: Finding,
  { image }: Container,
  version = '',
): Pick<RuleDecision, 'engineMayDiffer'> {
  const asksNobody = !spec.validations.some(({ expression }) => verification.test(expression));
  const isRequired = spec.validationConfigurations.required;
  if (met === 'yes' && isRequired && asksNobody)
    return {
      engineMayDiffer:
        'Newer versions of Kyverno refuse images that no policy verified while validationConfigurations.required is true (https://github.com/kyverno/kyverno/blob/main/pkg/image/verification/evaluator/policy.go).',
    };
  if (met !== 'yes' || !/^v?1\.19\.0/.test(version)) return {};
  const hasBundle = factsOf(image)?.evidence.some(({ kind }) => kind === 'sigstore-bundle');
  if (hasBundle && spec.attestors.some(({ cosign }) => cosign?.key))
    return {
      engineMayDiffer:
        'Kyverno 1.19.0 verifies no bundles with keys (https://github.com/kyverno/kyverno/issues/17363).',
    };
  return spec.attestations.length > 0
    ? {
        engineMayDiffer:
          'Kyverno 1.19.0 misses attestations under the fallback tag (https://github.com/kyverno/kyverno/issues/16678).',
      }
    : {};
}
