import { createHash } from 'node:crypto';
import type { ObjectReference } from '#lib/model/policy.ts';

const ids = new WeakMap<object, string>();

/** The id of an object under which links to it stay good: cluster, group, kind, namespace and name. */
export function objectId(reference: ObjectReference): string {
  const known = ids.get(reference);
  if (known !== undefined) return known;
  const { cluster, group, kind, namespace, name } = reference;
  const id = shortHash([cluster, group, kind, namespace ?? '', name]);
  ids.set(reference, id);
  return id;
}

/** Twenty hex digits of the SHA-256 of some parts. */
export const shortHash = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);

/** `Kind namespace/name`, as people write it. */
export const objectName = ({ kind, namespace, name }: ObjectReference): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
