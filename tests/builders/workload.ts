import { createHash } from 'node:crypto';
import { type Digest, digest } from '#lib/model/digest.ts';
import { parseReference, pinOf } from '#lib/model/reference.ts';
import type {
  ContainerFacts,
  ControllerFacts,
  ImageUse,
  PodFacts,
  Workload,
} from '#lib/model/workload.ts';
import type { ClusterSnapshot } from '#lib/ports/cluster.ts';
import type { WorkloadToJudge } from '#lib/ports/scan-store.ts';

/** The digest of a text: the same name gives the same digest in every test. */
export const aDigest = (name: string): Digest =>
  digest(`sha256:${createHash('sha256').update(name).digest('hex')}`);

/** A Deployment `shop/web` of cluster `prod`, changed as told. */
export function aWorkload(change: Partial<Workload> = {}): Workload {
  const name = change.name ?? 'web';
  const cluster = change.cluster ?? 'prod';
  return {
    id: `${cluster}:uid-${name}`,
    cluster,
    namespace: 'shop',
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name,
    uid: `uid-${name}`,
    ...change,
  };
}

export type UseToJudge = WorkloadToJudge['uses'][number];

/** Container `web` that runs `declared` in one pod, unchecked; the id names all that differs. */
export function aUse(declared: string, change: Partial<UseToJudge> = {}): UseToJudge {
  const running = change.running ?? { state: 'digest', digest: aDigest(declared) };
  const container = change.container ?? 'web';
  return {
    id: `${container}|${declared}|${JSON.stringify(running)}`,
    cluster: 'prod',
    workloadId: 'prod:uid-web',
    ...aReference(declared),
    container,
    kind: 'main',
    declared,
    running,
    pods: 1,
    examples: [],
    tagNow: { state: 'not-asked' },
    ...change,
  };
}

function aReference(declared: string): Pick<ImageUse, 'pin' | 'reference' | 'problem'> {
  const parsed = parseReference(declared);
  return parsed.ok
    ? { pin: pinOf(parsed.reference), reference: parsed.reference }
    : { pin: 'none', problem: parsed.problem };
}

/** A container that runs the digest of its name, as containerd writes the imageID. */
export function aContainer(image: string, change: Partial<ContainerFacts> = {}): ContainerFacts {
  const parsed = parseReference(image);
  const name = parsed.ok ? `${parsed.reference.registry}/${parsed.reference.repository}` : image;
  return {
    name: 'web',
    kind: 'main',
    image,
    imageId: `${name}@${aDigest(image)}`,
    state: 'running',
    ...change,
  };
}

/** A pod of namespace `shop` without owner: its own workload. */
export function aPod(
  name: string,
  containers: readonly ContainerFacts[],
  change: Partial<PodFacts> = {},
): PodFacts {
  return {
    uid: `uid-${name}`,
    namespace: 'shop',
    name,
    createdAt: '2026-01-01T00:00:00Z',
    phase: 'Running',
    labels: {},
    mirror: false,
    containers,
    ...change,
  };
}

/** A Deployment at rest: its template would run `containers`, no pod does. */
export function aController(
  name: string,
  containers: readonly ContainerFacts[],
  change: Partial<ControllerFacts> = {},
): ControllerFacts {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    labels: {},
    replicas: 0,
    containers,
    ...change,
  };
}

/** A whole reading of a cluster that holds these pods. */
export function aSnapshot(change: Partial<ClusterSnapshot> = {}): ClusterSnapshot {
  return {
    pods: [],
    controllers: [],
    owners: [],
    namespaces: [{ name: 'shop', labels: {} }],
    version: 'v1.34.1',
    resourceVersion: '1',
    problems: [],
    readAt: new Date('2026-11-21T10:00:00Z'),
    ...change,
  };
}
