import type { PolicyMode, PolicySummary } from '#lib/model/policy.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { ClusterObjects, Typed } from '#lib/policy/cluster-objects.ts';
import type { UnevaluatedPolicy } from '#lib/policy/decisions/unevaluated.ts';
import { selects } from '#lib/policy/selector.ts';
import type { AdmissionPolicyBinding } from './read-admission-policy.ts';

type Binding = Typed<'admission-policy-binding'>;
type Match = AdmissionPolicyBinding['spec']['matchResources'];

const strongest = ['enforce', 'warn', 'audit'] as const;
const strongestOf = (modes: readonly PolicyMode[]): PolicyMode =>
  strongest.find((mode) => modes.includes(mode)) ?? 'none';

/**
 * ValidatingAdmissionPolicies with their bindings. Each works where it and one of its bindings match,
 * in the mode of the strictest of these; without a binding it does nothing.
 */
export function boundPolicies(objects: Pick<ClusterObjects, 'of'>): readonly UnevaluatedPolicy[] {
  const byPolicy = Map.groupBy(
    objects.of('admission-policy-binding'),
    ({ content }) => content.policyName,
  );
  return objects.of('admission-policy').flatMap((policy) => {
    const { head, summary, content } = policy;
    if (summary === undefined) return [];
    const bindings = byPolicy.get(head.reference.name) ?? [];
    const { matchConstraints } = content.spec;
    return [
      {
        summary: summaryOf(summary, bindings),
        collect: (traits) => {
          for (const match of [matchConstraints, ...bindings.map(matchOf)]) {
            traits.addSelector('labels', match?.objectSelector);
            traits.addSelector('namespaceLabels', match?.namespaceSelector);
            for (const { resourceNames } of match?.resourceRules ?? [])
              for (const name of resourceNames) traits.names.add(name);
          }
        },
        reach: (admitted) => {
          if (matchConstraints === undefined || !matches(matchConstraints, admitted))
            return undefined;
          const bound = bindings.filter((one) => matches(matchOf(one), admitted));
          return {
            rule: 'validations',
            mode: strongestOf(bound.map(({ content: { mode } }) => mode)),
            why: whyOpen(content.spec.validations.length, bindings, bound),
          };
        },
      },
    ];
  });
}

const matchOf = ({ content }: Binding): Match => content.spec.matchResources;

function summaryOf(summary: PolicySummary, bindings: readonly Binding[]): PolicySummary {
  const mode = strongestOf(bindings.map(({ content }) => content.mode));
  if (mode !== 'none') return { ...summary, mode };
  const why = `no ValidatingAdmissionPolicyBinding names ${summary.reference.name}: it does nothing`;
  return { ...summary, mode, unevaluated: [why, ...summary.unevaluated] };
}

function whyOpen(
  validations: number,
  bindings: readonly Binding[],
  bound: readonly Binding[],
): string {
  const open = `${validations} validations in CEL are not evaluated here`;
  if (bindings.length === 0) return `no ValidatingAdmissionPolicyBinding names it; ${open}`;
  return bound.length === 0 ? `none of its bindings is about the object; ${open}` : open;
}

/** What labels of an unread namespace would decide is taken to match: nothing is lost from sight. */
function matches(match: Match, admitted: AdmittedObject): boolean {
  const {
    namespaceSelector,
    objectSelector,
    resourceRules = [],
    excludeResourceRules = [],
  } = match ?? {};
  const { labels, namespaceLabels } = admitted;
  return (
    selects(objectSelector, labels) &&
    (namespaceLabels === undefined || selects(namespaceSelector, namespaceLabels)) &&
    (resourceRules.length === 0 || resourceRules.some((rule) => isAbout(rule, admitted))) &&
    !excludeResourceRules.some((rule) => isAbout(rule, admitted))
  );
}

type Rule = NonNullable<Match>['resourceRules'][number];

function isAbout(
  { apiGroups, operations, resources, resourceNames }: Rule,
  { group, kind, name }: AdmittedObject,
): boolean {
  const resource = `${kind.toLowerCase()}s`;
  const has = (list: readonly string[], ...words: readonly string[]) =>
    words.some((word) => list.includes(word));
  return (
    has(apiGroups, group, '*') &&
    has(operations, 'CREATE', '*') &&
    has(resources, resource, '*', '*/*') &&
    (resourceNames.length === 0 || resourceNames.includes(name))
  );
}
