import { limits } from '#lib/model/limits.ts';
import type {
  ContainerFacts,
  ContainerKind,
  ControllerFacts,
  OwnerReference,
  PodFacts,
} from '#lib/model/workload.ts';
import type { OwnerLink } from '#lib/ports/cluster.ts';
import type { ContainerStatus, Controller, CronJob, Metadata, Pod, PodSpec } from './schemas.ts';

/** Returns a value of equal content that was seen before, so that replicas share one copy. */
export type Pool = <T>(value: T) => T;

/**
 * Makes a pool for one reading. Replicas agree in labels, containers and owner; sharing them is what
 * brings a pod down to some 300 bytes. A full pool starts afresh instead of growing.
 */
export function createPool(capacity = 100_000): Pool {
  const seen = new Map<string, unknown>();
  return <T>(value: T): T => {
    const key = JSON.stringify(value);
    // Same JSON, same content: the values are plain data made in this file.
    const known = seen.get(key) as T | undefined;
    if (known !== undefined) return known;
    if (seen.size >= capacity) seen.clear();
    seen.set(key, value);
    return value;
  };
}

/** Reduces a pod to what posture needs. Statuses are joined by name: their order means nothing. */
export function podFacts({ metadata, spec, status }: Pod, pool: Pool): PodFacts {
  const owner = ownerOf(metadata);
  const claims = claimsOf(metadata);
  const statuses = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  return {
    uid: metadata.uid,
    namespace: pool(metadata.namespace),
    name: metadata.name,
    ...(spec.nodeName != null && spec.nodeName !== '' && { node: pool(spec.nodeName) }),
    createdAt: metadata.creationTimestamp ?? '',
    phase: pool(status?.phase ?? 'Unknown'),
    labels: pool(metadata.labels ?? {}),
    ...(owner !== undefined && { owner: pool(owner) }),
    mirror: metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined,
    ...(claims !== undefined && { claims: pool(claims) }),
    containers: pool(containersOf(spec, statuses)),
  };
}

/** What Kyverno's annotations say; one that is too long is cut, and then means nothing to its reader. */
function claimsOf({ annotations }: Metadata): PodFacts['claims'] {
  const claims = (['kyverno.io/verify-images', 'kyverno.io/verify-images-scoped'] as const).flatMap(
    (name) => {
      const text = annotations?.[name];
      return text === undefined ? [] : [[name, text.slice(0, limits.claimBytes)] as const];
    },
  );
  return claims.length === 0 ? undefined : Object.fromEntries(claims);
}

/** Reduces a controller to its template. `kind` and `apiVersion` are absent from items of a list. */
export function controllerFacts(
  { metadata, spec, status }: Controller,
  kind: string,
  apiVersion: string,
): ControllerFacts {
  const wanted = spec.replicas ?? status?.desiredNumberScheduled ?? (kind === 'DaemonSet' ? 0 : 1);
  return {
    ...identity(metadata, kind, apiVersion),
    podLabels: spec.template.metadata?.labels ?? {},
    replicas: spec.suspend === true ? 0 : wanted,
    containers: containersOf(spec.template.spec, []),
  };
}

/** Reduces a CronJob to the template of its jobs. */
export const cronJobFacts = ({ metadata, spec }: CronJob): ControllerFacts => ({
  ...identity(metadata, 'CronJob', 'batch/v1'),
  podLabels: spec.jobTemplate.spec.template.metadata?.labels ?? {},
  ...(spec.schedule != null && { schedule: spec.schedule }),
  replicas: spec.suspend === true ? 0 : 1,
  containers: containersOf(spec.jobTemplate.spec.template.spec, []),
});

/** A pod as a template: for manifests, where nothing runs. */
export const podTemplateFacts = ({ metadata, spec }: Pod): ControllerFacts => ({
  ...identity(metadata, 'Pod', 'v1'),
  podLabels: metadata.labels ?? {},
  replicas: 1,
  containers: containersOf(spec, []),
});

/** An object between pod and top owner, by its metadata. */
export const ownerLink = (
  metadata: Metadata,
  kind: string,
  apiVersion: string,
  pool: Pool,
): OwnerLink => {
  const { labels, owner, ...link } = identity(metadata, kind, apiVersion);
  return { ...link, labels: pool(labels), ...(owner !== undefined && { owner: pool(owner) }) };
};

function identity(metadata: Metadata, kind: string, apiVersion: string) {
  const owner = ownerOf(metadata);
  return {
    apiVersion,
    kind,
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    labels: metadata.labels ?? {},
    ...(owner !== undefined && { owner }),
  };
}

function ownerOf({ ownerReferences }: Metadata): OwnerReference | undefined {
  const found = ownerReferences?.find(({ controller }) => controller === true);
  if (found === undefined) return undefined;
  const { apiVersion, kind, name, uid } = found;
  return { apiVersion, kind, name, uid };
}

function containersOf(spec: PodSpec, statuses: readonly ContainerStatus[]): ContainerFacts[] {
  const byName = new Map(statuses.map((status) => [status.name, status]));
  const facts = (kind: ContainerKind, name: string, image: string): ContainerFacts => {
    const status = byName.get(name);
    return { name, kind, image, imageId: status?.imageID ?? '', state: stateOf(status) };
  };
  const init = (spec.initContainers ?? []).map(({ name, image, restartPolicy }) =>
    facts(restartPolicy === 'Always' ? 'sidecar' : 'init', name, image),
  );
  return [
    ...spec.containers.map(({ name, image }) => facts('main', name, image)),
    ...init,
    ...(spec.ephemeralContainers ?? []).map(({ name, image }) => facts('ephemeral', name, image)),
    ...imageVolumes(spec, statuses),
  ];
}

/** Mounted images. Where the kubelet does not report their digest, nothing is known to run. */
function imageVolumes(spec: PodSpec, statuses: readonly ContainerStatus[]): ContainerFacts[] {
  const mounts = statuses.flatMap(({ volumeMounts }) => volumeMounts ?? []);
  return (spec.volumes ?? []).flatMap(({ name, image }): ContainerFacts[] => {
    if (image == null) return [];
    const mounted = mounts.find((mount) => mount.name === name && mount.volumeStatus?.image);
    const imageId = mounted?.volumeStatus?.image?.imageRef ?? '';
    const state = imageId === '' ? 'unknown' : 'running';
    return [{ name, kind: 'image-volume', image: image.reference, imageId, state }];
  });
}

function stateOf(status: ContainerStatus | undefined): ContainerFacts['state'] {
  if (status?.state?.running != null) return 'running';
  if (status?.state?.terminated != null) return 'terminated';
  if (status?.state?.waiting != null) return 'waiting';
  return 'unknown';
}
