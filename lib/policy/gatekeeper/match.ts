import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { selects } from '#lib/policy/selector.ts';
import type { ConstraintMatch } from './constraint.ts';

/** `unknown`: labels of the namespace decide, and they could not be read. */
export type Matched = 'yes' | 'no' | 'unknown';

/**
 * Whether a constraint is about an object: every part of `match` must hold, and a part that is not
 * written does. Objects of the whole cluster are in no namespace, so no namespace rules them out.
 */
export function matchConstraint(match: ConstraintMatch, object: AdmittedObject): Matched {
  const namespace = namespaceOf(object);
  const { namespaces = [], excludedNamespaces = [], name = '' } = match;
  const fits =
    // Objects that an expansion template makes up never come to a cluster.
    match.source !== 'Generated' &&
    matchesKind(match, object) &&
    matchesScope(match.scope, object) &&
    (namespaces.length === 0 || namespace === undefined || anyGlob(namespaces, namespace)) &&
    !(namespace !== undefined && anyGlob(excludedNamespaces, namespace)) &&
    selects(match.labelSelector, object.labels) &&
    (name === '' || fitsGlob(name, object.name));
  return fits ? matchesNamespaceLabels(match, object) : 'no';
}

const isNamespace = ({ group, kind }: AdmittedObject): boolean =>
  group === '' && kind === 'Namespace';

const namespaceOf = (object: AdmittedObject): string | undefined =>
  isNamespace(object) ? object.name : object.namespace;

const matchesKind = ({ kinds = [] }: ConstraintMatch, { group, kind }: AdmittedObject): boolean =>
  kinds.length === 0 ||
  kinds.some((one) => listHas(one.kinds, kind) && listHas(one.apiGroups, group));

const listHas = (list: readonly string[] = [], word: string): boolean =>
  list.length === 0 || list.includes('*') || list.includes(word);

function matchesScope(scope: string | undefined, object: AdmittedObject): boolean {
  const within = !isNamespace(object) && object.namespace !== undefined;
  if (scope === 'Cluster') return !within;
  return scope === 'Namespaced' ? within : true;
}

function matchesNamespaceLabels({ namespaceSelector }: ConstraintMatch, object: AdmittedObject) {
  if (namespaceSelector === undefined) return 'yes';
  if (isNamespace(object)) return selects(namespaceSelector, object.labels) ? 'yes' : 'no';
  if (object.namespace === undefined) return 'yes';
  if (object.namespaceLabels === undefined) return 'unknown';
  return selects(namespaceSelector, object.namespaceLabels) ? 'yes' : 'no';
}

const anyGlob = (globs: readonly string[], text: string): boolean =>
  globs.some((glob) => fitsGlob(glob, text));

/** Gatekeeper's own globs: `*` stands at one end or both, and nowhere else. */
export function fitsGlob(glob: string, text: string): boolean {
  const [before, after] = [glob.startsWith('*'), glob.endsWith('*')];
  const core = glob.replace(/^\*/, '').replace(/\*$/, '');
  if (before && after) return text.includes(core);
  if (before) return text.endsWith(core);
  return after ? text.startsWith(core) : text === glob;
}
