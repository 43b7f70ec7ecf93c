import type { BypassSubject } from '#lib/model/bypass.ts';
import type { ObjectReference, PolicySummary } from '#lib/model/policy.ts';
import type { LedgerEntry } from '#lib/policy/admission.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { ClusterObjects, Typed } from '#lib/policy/cluster-objects.ts';
import { isHonoured } from '#lib/policy/kyverno/exceptions.ts';
import { kyvernoImage } from '#lib/policy/kyverno/image-name.ts';
import { isDropped } from '#lib/policy/kyverno/kyverno-asked.ts';
import { matchesResources } from '#lib/policy/kyverno/match.ts';
import type { ResourceMatchSpec } from '#lib/policy/kyverno/schema.ts';
import type { KyvernoSetup } from '#lib/policy/kyverno/setup.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import { isBroadPattern } from './breadth.ts';
import { instantOf, ownershipOf } from './ownership.ts';

type RuleException = Typed<'kyverno-exception'>;
type CelException = Typed<'kyverno-cel-exception'>;

/** Namespaces of a cluster as exceptions ask about them. */
export type LabelsOf = (namespace: string) => Readonly<Record<string, string>> | undefined;

/** What the ledger of Kyverno is read with. */
interface LedgerContext {
  readonly setup: KyvernoSetup;
  readonly labelsOf: LabelsOf;
  readonly now: Date;
}

/** What sets rules of Kyverno aside: exceptions of both groups, and images that policies leave out. */
export const kyvernoExceptions = (
  objects: Pick<ClusterObjects, 'of'>,
  policies: readonly PolicySummary[],
  { setup, labelsOf, now }: LedgerContext,
): readonly LedgerEntry[] => [
  ...objects.of('kyverno-exception').flatMap((one) => ruleEntries(one, policies, setup, labelsOf)),
  ...objects.of('kyverno-cel-exception').flatMap((one) => celEntries(one, policies, setup, now)),
  ...objects.of('kyverno-policy').flatMap((one) => skippedImages(one, setup)),
];

/** Why the engine does not heed an exception, or why nobody can tell. */
function honour(setup: KyvernoSetup, namespace: string | undefined) {
  const honoured = isHonoured(setup, namespace);
  return honoured.met === 'yes' ? {} : { notHonoured: honoured.why };
}

/** The same of an exception in CEL, whose date some versions heed. */
const honourOfCel = (exception: CelException, setup: KyvernoSetup, now: Date) =>
  isDropped(exception, setup, now)
    ? {
        notHonoured: 'the engine honours it no more: it expired, and versions since 1.19 heed that',
      }
    : honour(setup, exception.head.reference.namespace);

/** Exceptions from policies that verify nothing are not ours to tell; lost ones are. */
const concerned = (policy: PolicySummary | undefined): boolean => policy?.verifies ?? true;

function ruleEntries(
  { head, content }: RuleException,
  policies: readonly PolicySummary[],
  setup: KyvernoSetup,
  labelsOf: LabelsOf,
): readonly LedgerEntry[] {
  return content.exceptions.flatMap(({ policyName, ruleNames }): LedgerEntry[] => {
    const policy = policies.find(
      ({ reference }) => reference.group === 'kyverno.io' && fullName(reference) === policyName,
    );
    if (!concerned(policy)) return [];
    const isLost = policy === undefined;
    return [
      {
        engine: 'kyverno',
        kind: 'policy-exception',
        object: head.reference,
        ...(policy && { policy: policy.reference }),
        scope: `${matchText(content.match)}; rules ${ruleNames.join(', ')} of ${policyName}`,
        ...ownershipOf(head),
        tooBroad: isBroadMatch(content.match),
        ...honour(setup, head.reference.namespace),
        why: isLost
          ? `it names the policy ${policyName}, which is not there`
          : `${ruleNames.join(', ')} of ${policyName} does not hold for ${matchText(content.match)}${content.hasConditions ? ', under conditions that are not evaluated here' : ''}`,
        covers: (subject) =>
          !isLost &&
          (policy.reference.namespace ?? subject.namespace) === subject.namespace &&
          objectsOf(subject, labelsOf).some(
            (admitted) => matchesResources(content.match, admitted, []).met !== 'no',
          ),
      },
    ];
  });
}

const fullName = ({ namespace, name }: ObjectReference): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

function celEntries(
  { head, content }: CelException,
  policies: readonly PolicySummary[],
  setup: KyvernoSetup,
  now: Date,
): readonly LedgerEntry[] {
  const { images, conditions, properties, expiresAt } = content;
  const written = expiresAt === undefined ? undefined : instantOf(expiresAt);
  return content.policyRefs.flatMap(({ name, kind }): LedgerEntry[] => {
    const policy = policies.find(
      ({ reference }) =>
        reference.group === 'policies.kyverno.io' &&
        reference.kind === kind &&
        reference.name === name,
    );
    // Policies of this group about anything but images are of kinds that nobody here reads.
    if (!/ImageValidatingPolicy$/.test(kind) || !concerned(policy)) return [];
    const what = images === undefined ? 'every image' : images.join(', ');
    const where = conditions.length === 0 ? 'everywhere' : `where ${conditions.join(', ')}`;
    return [
      {
        engine: 'kyverno',
        kind: 'policy-exception',
        object: head.reference,
        ...(policy && { policy: policy.reference }),
        scope: `${what} ${where}; ${kind} ${name}`,
        ...ownershipOf(head, properties),
        ...(written !== undefined && { expiresAt: written }),
        tooBroad:
          (conditions.length === 0 && images === undefined) ||
          (images?.some(isBroadPattern) ?? false),
        ...honourOfCel({ head, content }, setup, now),
        why:
          policy === undefined
            ? `it names the policy ${name}, which is not there`
            : `${name} does not hold for ${what} ${where}`,
        covers: ({ namespace }, image) =>
          policy !== undefined &&
          (policy.reference.namespace ?? namespace) === namespace &&
          namesImage(images, image, setup),
      },
    ];
  });
}

const namesImage = (
  images: readonly string[] | undefined,
  image: string | undefined,
  { configuration }: KyvernoSetup,
): boolean =>
  images === undefined ||
  image === undefined ||
  images.some((one) => compileWildcard(one)(kyvernoImage(image, configuration).name));

function skippedImages(
  { head, content, summary }: Typed<'kyverno-policy'>,
  { configuration }: KyvernoSetup,
): readonly LedgerEntry[] {
  if (summary?.verifies !== true) return [];
  return content.rules.flatMap(({ rule, verifications }) =>
    verifications.flatMap(({ spec }): LedgerEntry[] => {
      const skipped = spec.skipImageReferences;
      if (skipped.length === 0) return [];
      const scope = `${skipped.join(', ')} in rule ${rule.name}`;
      return [
        {
          engine: 'kyverno',
          kind: 'skip-image-references',
          object: head.reference,
          policy: head.reference,
          scope,
          ...ownershipOf(head),
          tooBroad: skipped.some(isBroadPattern),
          why: `skipImageReferences leaves ${scope} unverified`,
          covers: ({ namespace }, image) => {
            if ((head.reference.namespace ?? namespace) !== namespace || image === undefined)
              return false;
            const { name } = kyvernoImage(image, configuration);
            const fits = (pattern: string) => compileWildcard(pattern)(name);
            return spec.imageReferences.some(fits) && skipped.some(fits);
          },
        },
      ];
    }),
  );
}

/** The objects under which Kyverno may meet a workload: its pods, and what makes them. */
function objectsOf(
  { namespace, labels, kind = 'Pod', names = [] }: BypassSubject,
  labelsOf: LabelsOf,
): readonly AdmittedObject[] {
  const namespaceLabels = labelsOf(namespace);
  const common = {
    namespace,
    labels,
    containers: [],
    ...(namespaceLabels && { namespaceLabels }),
  };
  const group = ['Job', 'CronJob'].includes(kind) ? 'batch' : 'apps';
  return (names.length === 0 ? [''] : names).flatMap((name) => [
    { ...common, group: '', kind: 'Pod', name },
    ...(kind === 'Pod' ? [] : [{ ...common, group, kind, name }]),
  ]);
}

const filtersOf = (match: ResourceMatchSpec) => [
  ...(match.any ?? []),
  ...(match.all ?? []),
  ...(match.resources ? [match] : []),
];

/** Too broad: one of its filters names neither namespace, nor name, nor label of any kind. */
function isBroadMatch(match: ResourceMatchSpec): boolean {
  const named = (names: readonly string[] = []) => names.some((one) => !/^\*+$/.test(one));
  return filtersOf(match).some(({ resources = {} }) => {
    const { namespaces, name, names, selector, namespaceSelector, annotations } = resources;
    const isNarrow =
      named(namespaces) ||
      named(name ? [name] : []) ||
      named(names) ||
      [selector, namespaceSelector, annotations].some((one) => one !== undefined);
    return !isNarrow;
  });
}

function matchText(match: ResourceMatchSpec): string {
  const texts = filtersOf(match).map(({ resources = {} }) => {
    const { kinds = ['any kind'], namespaces, name, names = [], selector } = resources;
    const all = [...(name ? [name] : []), ...names];
    return [
      kinds.join(', '),
      ...(all.length > 0 ? [`named ${all.join(', ')}`] : []),
      ...(selector ? ['with some labels'] : []),
      namespaces ? `in ${namespaces.join(', ')}` : 'in every namespace',
    ].join(' ');
  });
  return texts.join(' or ') || 'nothing';
}
