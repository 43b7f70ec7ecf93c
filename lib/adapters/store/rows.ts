import type { Digest } from '#lib/model/digest.ts';
import type { Pin, Reference } from '#lib/model/reference.ts';
import type { ImageUse, RunningImage, Workload } from '#lib/model/workload.ts';
import type { Columns } from './bulk.ts';
import { hash } from './container-class.ts';

/** A row of `workload`. */
export interface WorkloadRecord {
  readonly id: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly api_version: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** '' for none: sorts and filters like any other. */
  readonly team: string;
  readonly rank: number;
  readonly worst_use: string | null;
  readonly worst_reason: string | null;
  readonly pods: number;
  /** Pods below zero: ascending is the order of attention. */
  readonly weight: number;
  readonly containers: number;
  readonly verified: number;
  readonly profile: number;
  readonly registries: number;
  readonly since: Date;
  readonly search: string;
  /** Hash of what the inventory said: equal means that nothing is to be written. */
  readonly content: string;
  /** Counts the changes of the workload or anything that hangs on it. */
  readonly revision: number;
}

/** A row of `image_use`. */
export interface UseRecord {
  readonly id: string;
  readonly workload_id: string;
  readonly container: string;
  readonly kind: ImageUse['kind'];
  readonly declared: string;
  readonly registry: string | null;
  readonly repository: string | null;
  readonly tag: string | null;
  readonly pinned_digest: string | null;
  readonly problem: string | null;
  readonly pin: Pin;
  readonly running: RunningImage['state'];
  readonly digest: string | null;
  readonly running_repository: string | null;
  readonly running_id: string | null;
  readonly pods: number;
  readonly examples: readonly string[];
  readonly rank: number;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly class: number;
  readonly image_id: number | null;
  readonly other_image_id: number | null;
  readonly tag_id: number | null;
  /** What the declared digest names, where one is declared. */
  readonly pinned_image_id: number | null;
  readonly since: Date;
}

/** A row of `finding`. */
export interface FindingRecord {
  readonly id: string;
  readonly workload_id: string;
  readonly use_id: string | null;
  readonly class: number | null;
  readonly kind: string;
  readonly severity: number;
  readonly reason: string;
  readonly owner: string;
  readonly container: string;
  readonly declared: string;
  readonly digest: string | null;
  readonly detail: string;
  readonly pods: number;
  readonly weight: number;
  readonly since: Date;
}

export const workloadColumns: Columns<WorkloadRecord> = {
  id: ['text', (row) => row.id],
  cluster: ['text', (row) => row.cluster],
  namespace: ['text', (row) => row.namespace],
  api_version: ['text', (row) => row.api_version],
  kind: ['text', (row) => row.kind],
  name: ['text', (row) => row.name],
  uid: ['text', (row) => row.uid],
  team: ['text', (row) => row.team],
  rank: ['int4', (row) => row.rank],
  worst_use: ['text', (row) => row.worst_use],
  worst_reason: ['text', (row) => row.worst_reason],
  pods: ['int4', (row) => row.pods],
  weight: ['int4', (row) => row.weight],
  containers: ['int4', (row) => row.containers],
  verified: ['int4', (row) => row.verified],
  profile: ['int4', (row) => row.profile],
  registries: ['int4', (row) => row.registries],
  since: ['timestamptz', (row) => row.since],
  search: ['text', (row) => row.search],
  content: ['text', (row) => row.content],
  revision: ['int4', (row) => row.revision],
};

export const useColumns: Columns<UseRecord> = {
  id: ['text', (row) => row.id],
  workload_id: ['text', (row) => row.workload_id],
  container: ['text', (row) => row.container],
  kind: ['text', (row) => row.kind],
  declared: ['text', (row) => row.declared],
  registry: ['text', (row) => row.registry],
  repository: ['text', (row) => row.repository],
  tag: ['text', (row) => row.tag],
  pinned_digest: ['text', (row) => row.pinned_digest],
  problem: ['text', (row) => row.problem],
  pin: ['text', (row) => row.pin],
  running: ['text', (row) => row.running],
  digest: ['text', (row) => row.digest],
  running_repository: ['text', (row) => row.running_repository],
  running_id: ['text', (row) => row.running_id],
  pods: ['int4', (row) => row.pods],
  examples: ['jsonb', (row) => row.examples],
  rank: ['int4', (row) => row.rank],
  reason: ['text', (row) => row.reason],
  detail: ['text', (row) => row.detail],
  class: ['int4', (row) => row.class],
  image_id: ['int4', (row) => row.image_id],
  other_image_id: ['int4', (row) => row.other_image_id],
  tag_id: ['int4', (row) => row.tag_id],
  pinned_image_id: ['int4', (row) => row.pinned_image_id],
  since: ['timestamptz', (row) => row.since],
};

export const findingColumns: Columns<FindingRecord> = {
  id: ['text', (row) => row.id],
  workload_id: ['text', (row) => row.workload_id],
  use_id: ['text', (row) => row.use_id],
  class: ['int4', (row) => row.class],
  kind: ['text', (row) => row.kind],
  severity: ['int4', (row) => row.severity],
  reason: ['text', (row) => row.reason],
  owner: ['text', (row) => row.owner],
  container: ['text', (row) => row.container],
  declared: ['text', (row) => row.declared],
  digest: ['text', (row) => row.digest],
  detail: ['text', (row) => row.detail],
  pods: ['int4', (row) => row.pods],
  weight: ['int4', (row) => row.weight],
  since: ['timestamptz', (row) => row.since],
};

/** The key of a use: what runs where under which reference. Pods and verdict may change under it. */
export function keyOfUse(use: ImageUse): string {
  const { workloadId, kind, container, declared, running } = use;
  const what = 'digest' in running ? [running.digest, running.repository] : [];
  const id = 'imageId' in running ? running.imageId : null;
  return hash(JSON.stringify([workloadId, kind, container, declared, running.state, what, id]));
}

/** Equal when the inventory said the same of a workload, in whatever order. */
export const contentHash = (workload: Workload, uses: readonly ImageUse[]): string =>
  hash(
    JSON.stringify([
      workload,
      uses
        .map((use) =>
          JSON.stringify([keyOfUse(use), use.reference, use.problem, use.pods, use.examples]),
        )
        .sort(),
    ]),
  );

/** The model's form of a stored use. */
export function toUse(row: UseRecord): ImageUse {
  const reference = referenceOf(row);
  return {
    workloadId: row.workload_id,
    container: row.container,
    kind: row.kind,
    declared: row.declared,
    ...(reference !== undefined && { reference }),
    ...(row.problem !== null && { problem: row.problem }),
    pin: row.pin,
    running: runningOf(row),
    pods: row.pods,
    examples: row.examples,
  };
}

function referenceOf({
  registry,
  repository,
  tag,
  pinned_digest,
}: UseRecord): Reference | undefined {
  if (registry === null || repository === null) return;
  return {
    registry,
    repository,
    ...(tag !== null && { tag }),
    ...(pinned_digest !== null && { digest: pinned_digest as Digest }),
  };
}

function runningOf({ running, digest, running_repository, running_id }: UseRecord): RunningImage {
  if (running === 'digest')
    return {
      state: running,
      digest: digest as Digest,
      ...(running_repository !== null && { repository: running_repository }),
    };
  if (running === 'pending') return { state: running };
  return { state: running, imageId: running_id ?? '' };
}

/** The model's form of a stored workload. */
export const workloadOf = (row: WorkloadRecord): Workload => ({
  id: row.id,
  cluster: row.cluster,
  namespace: row.namespace,
  apiVersion: row.api_version,
  kind: row.kind,
  name: row.name,
  uid: row.uid,
  ...(row.team !== '' && { team: row.team }),
});
