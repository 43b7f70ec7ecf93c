import type { AdmittedObject } from './admitted-object.ts';
import { resourceOf, versionOf } from './cel/admission-values.ts';
import { type Finding, no, unknown, yes } from './finding.ts';
import { type LabelSelector, selects, selectsAll } from './selector.ts';

/** One rule about resources (`NamedRuleWithOperations`). */
export interface ResourceRule {
  readonly apiGroups?: readonly string[] | undefined;
  readonly apiVersions?: readonly string[] | undefined;
  readonly operations?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly resourceNames?: readonly string[] | undefined;
  readonly scope?: string | undefined;
}

/** What a policy is about, as ValidatingAdmissionPolicies and those made after them write it. */
export interface MatchResources {
  readonly matchPolicy?: string | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly objectSelector?: LabelSelector | undefined;
  readonly resourceRules?: readonly ResourceRule[] | undefined;
  readonly excludeResourceRules?: readonly ResourceRule[] | undefined;
}

/**
 * Whether the creation of an object is what a policy is about. Without rules it is about everything.
 * @see https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/matching/matching.go
 */
export function matchesCreation(match: MatchResources, admitted: AdmittedObject): Finding {
  const { resourceRules = [], excludeResourceRules = [], objectSelector } = match;
  const isExact = match.matchPolicy === 'Exact';
  const isNamed = (rule: ResourceRule) => names(rule, admitted, isExact);
  if (excludeResourceRules.some(isNamed)) return no('it excludes the resource');
  if (resourceRules.length > 0 && !resourceRules.some(isNamed))
    return no('it is about other resources');
  if (!selects(objectSelector, admitted.labels)) return no('a label differs');
  return inNamespace(match.namespaceSelector, admitted);
}

/** Objects of the whole cluster have no namespace whose labels could differ. */
function inNamespace(
  selector: LabelSelector | undefined,
  { namespace, namespaceLabels: labels }: AdmittedObject,
): Finding {
  if (selectsAll(selector) || namespace === undefined) return yes('it is about the resource');
  if (labels === undefined) return unknown('the labels of the namespace could not be read');
  return selects(selector, labels)
    ? yes('it is about the resource')
    : no('a label of the namespace differs');
}

/** A version that nobody knows, and one that is served as another, count as named. */
function names(rule: ResourceRule, admitted: AdmittedObject, isExact: boolean): boolean {
  const { apiGroups, apiVersions, operations, resources, resourceNames = [], scope } = rule;
  const has = (list: readonly string[] | undefined, ...words: readonly string[]) =>
    list === undefined || words.some((word) => list.includes(word));
  const version = versionOf(admitted);
  const isNamespaced = admitted.namespace !== undefined;
  return (
    has(apiGroups, admitted.group, '*') &&
    (!isExact || version === undefined || has(apiVersions, version, '*')) &&
    has(operations, 'CREATE', '*') &&
    has(resources ?? [], resourceOf(admitted), '*', '*/*') &&
    (resourceNames.length === 0 || resourceNames.includes(admitted.name)) &&
    (scope === undefined || scope === '*' || (scope === 'Namespaced') === isNamespaced)
  );
}
