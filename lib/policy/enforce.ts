import { stringify } from 'yaml';
import type { ObjectReference } from '#lib/model/policy.ts';
import { policyKey } from './decisions/decider.ts';
import { type Json, type JsonObject, merged, mergePatchOf, objectOf } from './enforcing-patch.ts';
import { groupVersion } from './object.ts';
import { unifiedDiff } from './unified-diff.ts';

/** Where policies are to enforce; without it, in every namespace. */
export interface EnforceScope {
  readonly namespaces: readonly string[];
}

/**
 * The objects of a cluster as they would be if some of their policies enforced: changed copies of
 * these, and every other object itself. Of a ValidatingAdmissionPolicy, its bindings are changed.
 * Namespaces can be chosen for policies of Kyverno alone; any other enforces everywhere, and whoever
 * asks about some namespaces looks at these only.
 */
export function enforcing(
  objects: readonly unknown[],
  which: readonly ObjectReference[],
  scope?: EnforceScope,
): readonly unknown[] {
  const keys = new Set(which.map(policyKey));
  return objects.map((object) => {
    const document = objectOf(object);
    if (document === undefined || !concernedBy(document).some((key) => keys.has(key)))
      return object;
    const patch = mergePatchOf(document, scope?.namespaces);
    return patch === undefined ? object : merged(document, patch);
  });
}

/** What would make a policy enforce, to be copied: nothing here is ever applied. */
export interface EnforcePatch {
  /** `kubectl patch` with a JSON merge patch (RFC 7386), quoted for a POSIX shell. */
  readonly command: string;
  /** Unified diff of the object as YAML. */
  readonly diff: string;
}

/**
 * How to make a policy enforce; undefined where it does already, or where its object cannot say so.
 * For a ValidatingAdmissionPolicy give its binding.
 */
export function enforcePatch(object: unknown, scope?: EnforceScope): EnforcePatch | undefined {
  const document = objectOf(object);
  const patch = document && mergePatchOf(document, scope?.namespaces);
  if (document === undefined || patch === undefined) return undefined;
  const { kind, namespace, name, group, version } = identityOf(document);
  // Whoever writes an object chooses its words, and these stand in a command.
  if (![kind, group, version].every((word) => /^[A-Za-z0-9.]+$/.test(word)) || name === '')
    return undefined;
  const type = `${kind.toLowerCase()}.${version}.${group}`;
  const command = [
    'kubectl patch',
    ...(namespace === undefined ? [] : [`--namespace=${quoted(namespace)}`]),
    '--type=merge',
    `--patch=${quoted(asciiJson(patch))}`,
    `-- ${quoted(`${type}/${name}`)}`,
  ].join(' ');
  const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  const shown = `${kind.toLowerCase()}.yaml`;
  return { command, diff: unifiedDiff(shown, yaml(document), yaml(merged(document, patch))) };
}

/** Within single quotes a POSIX shell changes nothing; a quote itself stands outside of them. */
const quoted = (text: string): string =>
  /^[A-Za-z0-9._/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Letters that a terminal may turn around or hide are written by their numbers. */
const asciiJson = (value: Json): string =>
  JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

interface Identity {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

function identityOf(document: JsonObject): Identity {
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
  const metadata = objectOf(document['metadata']) ?? {};
  const namespace = text(metadata['namespace']);
  return {
    ...groupVersion(text(document['apiVersion'])),
    kind: text(document['kind']),
    name: text(metadata['name']),
    ...(namespace !== '' && { namespace }),
  };
}

/** Keys of the policies for whose sake an object is changed: its own, or of the policy that it binds. */
function concernedBy(document: JsonObject): readonly string[] {
  const own = identityOf(document);
  if (own.kind !== 'ValidatingAdmissionPolicyBinding') return [policyKey({ cluster: '', ...own })];
  const bound = objectOf(document['spec'])?.['policyName'];
  const policy = { ...own, kind: 'ValidatingAdmissionPolicy', name: String(bound) };
  return [own, policy].map((one) => policyKey({ cluster: '', ...one }));
}
