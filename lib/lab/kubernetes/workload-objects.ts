import type { KubernetesObject } from './kubernetes-object.ts';

/** The controlling owner of an object to be made. */
export interface LabOwner {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

interface Described {
  readonly name: string;
  readonly uid: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly owner?: LabOwner;
}

/** A container of a pod to be made; `imageId` is what its kubelet reports, absent before it started. */
export interface LabContainer {
  readonly name: string;
  readonly image: string;
  readonly kind?: 'main' | 'init' | 'sidecar' | 'ephemeral';
  readonly imageId?: string;
}

export interface LabPod extends Described {
  readonly containers: readonly LabContainer[];
  readonly phase?: string;
  readonly node?: string;
  readonly createdAt?: string;
}

const versions: Readonly<Record<string, string>> = {
  CronJob: 'batch/v1',
  Job: 'batch/v1',
  Pod: 'v1',
  Node: 'v1',
  Namespace: 'v1',
  ReplicationController: 'v1',
};

type Made = KubernetesObject & { readonly kind: string };

/** A pod as an API server shows it, statuses in another order than containers. */
export function podObject(pod: LabPod): Made {
  const of = (...kinds: string[]) =>
    pod.containers.filter(({ kind = 'main' }) => kinds.includes(kind));
  const statuses = (containers: readonly LabContainer[]) =>
    containers.toReversed().map(({ name, image, imageId }) => ({
      name,
      image,
      imageID: imageId ?? '',
      state: imageId === undefined ? { waiting: { reason: 'ContainerCreating' } } : { running: {} },
    }));
  return {
    ...objectOf('Pod', pod, pod.createdAt),
    spec: {
      nodeName: pod.node ?? 'node-1',
      containers: of('main').map(specOf),
      initContainers: of('init', 'sidecar').map(specOf),
      ephemeralContainers: of('ephemeral').map(specOf),
    },
    status: {
      phase: pod.phase ?? 'Running',
      containerStatuses: statuses(of('main')),
      initContainerStatuses: statuses(of('init', 'sidecar')),
      ephemeralContainerStatuses: statuses(of('ephemeral')),
    },
  };
}

/** A Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob with its template. */
export function controllerObject(
  kind: string,
  described: Described & {
    readonly containers: readonly LabContainer[];
    readonly replicas?: number;
  },
): Made {
  const template = { spec: { containers: described.containers.map(specOf) } };
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  return {
    ...objectOf(kind, described),
    spec: { ...spec, ...(described.replicas !== undefined && { replicas: described.replicas }) },
  };
}

/** A namespace, whose labels may name a team. */
export const namespaceObject = (
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Made => objectOf('Namespace', { name, uid: `namespace-${name}`, labels, namespace: '' });

function objectOf(kind: string, described: Described, createdAt = '2026-11-20T10:00:00Z'): Made {
  const { name, uid, namespace = 'default', labels, owner } = described;
  return {
    apiVersion: versionOf(kind),
    kind,
    metadata: {
      name,
      uid,
      ...(namespace !== '' && { namespace }),
      creationTimestamp: createdAt,
      ...(labels !== undefined && { labels }),
      ...(owner !== undefined && {
        ownerReferences: [{ apiVersion: versionOf(owner.kind), ...owner, controller: true }],
      }),
    },
  };
}

const versionOf = (kind: string): string => versions[kind] ?? 'apps/v1';

const specOf = ({ name, image, kind }: LabContainer) => ({
  name,
  image,
  ...(kind === 'sidecar' && { restartPolicy: 'Always' }),
});
