import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { allOf, anyOf, type Finding, no, notEvaluated, unknown, yes } from '#lib/policy/finding.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import { selects } from '#lib/policy/selector.ts';
import type { KyvernoRule, ResourceFilter, ResourceMatchSpec } from './schema.ts';

/** Whether a rule of Kyverno is about an object, extended to controllers of pods where it may be. */
export function matchesRule(
  { match, exclude }: Pick<KyvernoRule, 'match' | 'exclude'>,
  admitted: AdmittedObject,
  controllers: readonly string[],
): Finding {
  const matched = matchesResources(match, admitted, controllers);
  if (matched.met === 'no' || exclude === undefined) return matched;
  const excluded = matchesResources(exclude, admitted, controllers);
  if (excluded.met === 'yes') return no('the rule excludes it');
  return excluded.met === 'no' ? matched : excluded;
}

/** Whether a `match` block fits: all of `all`, any of `any`, or the block itself as one filter. */
export function matchesResources(
  match: ResourceMatchSpec,
  admitted: AdmittedObject,
  controllers: readonly string[],
): Finding {
  const ask = (filter: ResourceFilter) => matchesFilter(filter, admitted, controllers);
  if (match.any && match.any.length > 0) return anyOf(match.any.map(ask));
  if (match.all && match.all.length > 0) return allOf(match.all.map(ask));
  return match.resources || hasUsers(match) ? ask(match) : no('the rule matches nothing');
}

const hasUsers = ({ subjects, roles, clusterRoles }: ResourceFilter): boolean =>
  [subjects, roles, clusterRoles].some((one) => one !== undefined && one.length > 0);

function matchesFilter(
  filter: ResourceFilter,
  admitted: AdmittedObject,
  controllers: readonly string[],
): Finding {
  const { resources = {} } = filter;
  const { kinds, name, names = [], namespaces, selector, namespaceSelector } = resources;
  const named = [...(name ? [name] : []), ...names];
  const { namespaceLabels, namespace = '' } = admitted;
  const checks: Finding[] = [];
  const check = (fits: boolean, why: string) => checks.push(fits ? yes(why) : no(`${why} differs`));
  if (kinds)
    check(
      kinds.some((kind) => fitsKind(kind, admitted, controllers)),
      'the kind',
    );
  if (namespaces)
    check(
      namespaces.some((one) => compileWildcard(one)(namespace)),
      'the namespace',
    );
  if (named.length > 0)
    check(
      named.some((one) => compileWildcard(one)(admitted.name)),
      'the name',
    );
  if (selector) check(selects(selector, admitted.labels), 'a label');
  if (namespaceSelector && namespaceLabels === undefined)
    checks.push(unknown('the labels of the namespace could not be read'));
  if (namespaceSelector && namespaceLabels)
    check(selects(namespaceSelector, namespaceLabels), 'a label of the namespace');
  if (resources.annotations) checks.push(notEvaluated('the rule asks for annotations'));
  if (resources.operations && !resources.operations.includes('CREATE'))
    checks.push(no('the rule is not about creation'));
  if (hasUsers(filter)) checks.push(notEvaluated('the rule asks who creates it'));
  return allOf(checks);
}

/** A kind may stand with its group and version before it, and a subresource after it. */
function fitsKind(
  written: string,
  { group, kind }: AdmittedObject,
  controllers: readonly string[],
): boolean {
  const parts = written.split('/');
  // A subresource begins with a small letter; the object itself is what is created.
  const last = parts.at(-1) ?? '';
  if (/^[a-z]/.test(last) && parts.length > 1 && !/^v\d/.test(last)) return false;
  const groupPart = parts.length === 3 ? parts[0] : undefined;
  if (compileWildcard(last)(kind))
    return groupPart === undefined || compileWildcard(groupPart)(group);
  return (
    last === 'Pod' &&
    controllers.includes(kind) &&
    (group === 'apps' || group === 'batch' || group === '')
  );
}
