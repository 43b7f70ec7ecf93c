import { createHash } from 'node:crypto';
import type { PlannedWorkload } from '#lib/lab/plan/plan.ts';

/** A uid that follows from what it names. */
export function uidOf(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('/')).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** The uid of a workload's top object, or of an object of another kind beneath it. */
export const ownUid = (
  { cluster, namespace, name }: PlannedWorkload,
  kind: string,
  suffix = '',
): string => uidOf(cluster, namespace, kind, name + suffix);

/** The generation suffix that a controller gives to what it makes. */
export const generation = ({ cluster, namespace, name }: PlannedWorkload): string =>
  createHash('sha256').update(`${cluster}/${namespace}/${name}`).digest('hex').slice(0, 10);

/** Five characters as Kubernetes appends them to a pod. */
export const podSuffix = (index: number): string =>
  createHash('sha256').update(`pod ${index}`).digest('hex').slice(0, 5);
