import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { resourceOf, versionOf } from '#lib/policy/cel/admission-values.ts';
import { type Finding, notEvaluated, yes } from '#lib/policy/finding.ts';
import { incompleteObject, type Json, type JsonObject } from '#lib/policy/jmespath/values.ts';
import { evaluateConditions } from './conditions.ts';
import { matchesRule } from './match.ts';
import type { KyvernoRule } from './schema.ts';

/**
 * Whether the preconditions of a rule let it be asked about the creation of an object. Those in CEL play
 * no part where images are verified: Kyverno asks them of rules that validate with CEL alone.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/engine/engine.go
 */
export function preconditionsOf(rule: KyvernoRule, admitted: AdmittedObject): Finding {
  if (rule.preconditions === undefined || rule.preconditions === null)
    return yes('the rule has no preconditions');
  const extended = matchesRule(rule, admitted, []).met === 'no';
  const found = evaluateConditions(rule.preconditions, { data: dataOf(rule, admitted, extended) });
  const why = `the preconditions of ${rule.name}: ${found.why}`;
  return found.met === 'not-evaluated' ? notEvaluated(why) : { ...found, why };
}

/** What a condition can name of a creation; names that a rule's context defines hide others. */
function dataOf({ context = [] }: KyvernoRule, admitted: AdmittedObject, extended: boolean): Json {
  const hidden = context.some(
    (one) => typeof one === 'object' && one !== null && 'name' in one && one.name === 'request',
  );
  const { namespace, name } = admitted;
  const request = incompleteObject(
    {
      operation: 'CREATE',
      kind: kindOf(admitted, { kind: admitted.kind }),
      requestKind: kindOf(admitted, { kind: admitted.kind }),
      resource: kindOf(admitted, { resource: resourceOf(admitted) }),
      ...(namespace !== undefined && { namespace }),
      ...(admitted.kind !== 'Pod' && { name }),
      object: extended ? templateOf(admitted) : objectOf(admitted),
    },
    ['namespace'],
  );
  return incompleteObject(hidden ? {} : { request });
}

const kindOf = (admitted: AdmittedObject, more: Readonly<Record<string, string>>): JsonObject => {
  const version = versionOf(admitted);
  return incompleteObject({ group: admitted.group, ...(version && { version }), ...more });
};

const lists = {
  containers: ['main'],
  initContainers: ['init', 'sidecar'],
  ephemeralContainers: ['ephemeral'],
} as const;

function podSpec({ containers }: AdmittedObject): JsonObject {
  const filled = Object.entries(lists).flatMap(([list, kinds]) => {
    const own = containers.filter(({ kind }) => (kinds as readonly string[]).includes(kind));
    const items = own.map(({ name, image }) => incompleteObject({ name, image }));
    return items.length === 0 ? [] : [[list, items] as const];
  });
  return incompleteObject(Object.fromEntries(filled), Object.keys(lists));
}

function headOf({ group, kind }: AdmittedObject, version: string | undefined) {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return { kind, ...(version && apiVersion && { apiVersion }) };
}

/** The object, with its pods where objects of its kind have them. */
function objectOf(admitted: AdmittedObject): JsonObject {
  const { kind, name, namespace, labels } = admitted;
  const version = versionOf(admitted);
  const pod = podSpec(admitted);
  const template = incompleteObject({ template: incompleteObject({ spec: pod }) });
  const job = incompleteObject({ jobTemplate: incompleteObject({ spec: template }) });
  const owner = kind === 'CronJob' ? job : template;
  return incompleteObject({
    ...headOf(admitted, version),
    metadata: incompleteObject(
      {
        name,
        ...(namespace !== undefined && { namespace }),
        ...(Object.keys(labels).length > 0 && { labels: { ...labels } }),
      },
      ['namespace', 'labels'],
    ),
    ...(version && { spec: kind === 'Pod' ? pod : owner }),
  });
}

/**
 * A controller as a rule about pods sees it where Kyverno extended the rule: what it says of the object
 * is said of its pods, whose metadata nobody kept.
 */
const templateOf = (admitted: AdmittedObject): JsonObject =>
  incompleteObject({
    ...headOf(admitted, versionOf(admitted)),
    metadata: incompleteObject({}),
    spec: podSpec(admitted),
  });
