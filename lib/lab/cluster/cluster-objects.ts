import type {
  KubernetesObject,
  LabObjects,
  LazyObjects,
} from '#lib/lab/kubernetes/kubernetes-object.ts';
import type { PlannedWorkload } from '#lib/lab/plan/plan.ts';
import type { PlannedAdmission, PlannedDecisionRow } from '#lib/lab/plan/planned-admission.ts';
import type { AdmissionMaterial } from './admission/admission-object.ts';
import { admissionObjects } from './admission/admission-objects.ts';
import type { Decided } from './admission/reports.ts';
import { podContent, templateSpec } from './containers.ts';
import { generation, ownUid, podSuffix, uidOf } from './names.ts';

/** Teams that label their namespaces and not their workloads. */
const labelledByNamespace: ReadonlySet<string> = new Set(['data', 'ingress', 'kube-system']);
const createdAt = '2026-10-12T08:00:00Z';

/** Admission in one cluster: its plan, what its policies say of a workload, and what they name. */
export interface ClusterAdmission {
  readonly planned: PlannedAdmission;
  readonly decisionsOf: (workload: PlannedWorkload) => readonly PlannedDecisionRow[];
  readonly material: AdmissionMaterial;
}

/** The objects of one cluster of the plan. Pods are made when they are asked for. */
export function clusterObjects(
  cluster: string,
  workloads: readonly PlannedWorkload[],
  admission?: ClusterAdmission,
): LabObjects {
  const marks = admission?.planned.namespaceLabels ?? {};
  const of = (...kinds: readonly PlannedWorkload['kind'][]) =>
    workloads.filter(({ kind }) => kinds.includes(kind));
  const teams = new Map(workloads.map(({ namespace, team }) => [namespace, team]));
  return {
    namespaces: [...teams].map(([name, team]) => ({
      metadata: {
        name,
        uid: uidOf(cluster, 'namespace', name),
        labels: { 'kubernetes.io/metadata.name': name, team, ...marks[name] },
      },
    })),
    deployments: of('Deployment').map((one) => controller(one, { replicas: one.pods })),
    statefulsets: of('StatefulSet').map((one) => controller(one, { replicas: one.pods })),
    daemonsets: of('DaemonSet').map((one) => ({
      ...controller(one, {}),
      status: { desiredNumberScheduled: one.pods },
    })),
    cronjobs: of('CronJob').map(cronJob),
    replicasets: of('Deployment', 'Rollout')
      .filter(({ pods }) => pods > 0)
      .map((one) => link(one, 'ReplicaSet', `-${generation(one)}`)),
    jobs: [
      ...of('Job').map((one) => link(one, 'Job', '')),
      ...of('CronJob')
        .filter(({ pods }) => pods > 0)
        .map((one) => link(one, 'Job', cronSuffix)),
    ],
    pods: lazyPods(cluster, workloads),
    ...(admission && admissionOf(workloads, admission)),
  };
}

function admissionOf(
  workloads: readonly PlannedWorkload[],
  { planned, decisionsOf, material }: ClusterAdmission,
): LabObjects {
  let decided: readonly Decided[] | undefined;
  const decide = (): readonly Decided[] => {
    let before = 0;
    return workloads.map((workload) => {
      const start = before;
      before += podCount(workload);
      return {
        workload,
        rows: decisionsOf(workload),
        podName: (place) => pod(workload, place, start + place).metadata.name,
      };
    });
  };
  return admissionObjects(
    planned,
    () => {
      decided ??= decide();
      return decided;
    },
    material,
  );
}

/** A pod of the workload by its place among its pods; for what happens while the lab is alive. */
export const podOf = (workload: PlannedWorkload, place: number, index: number): KubernetesObject =>
  pod(workload, place, index);

const cronSuffix = '-29847360';

/** A finished job has one pod that is over; other workloads have the pods they run. */
const podCount = ({ kind, pods }: PlannedWorkload): number => (kind === 'Job' ? 1 : pods);

function lazyPods(cluster: string, workloads: readonly PlannedWorkload[]): LazyObjects {
  const starts: number[] = [];
  let count = 0;
  for (const workload of workloads) {
    starts.push(count);
    count += podCount(workload);
  }
  return {
    count,
    at(index) {
      const found = lastAtMost(starts, index);
      const workload = workloads[found];
      if (!workload) throw new RangeError(`cluster ${cluster} has no pod ${index}`);
      return pod(workload, index - (starts[found] ?? 0), index);
    },
    indexOf(uid) {
      if (!uid.startsWith(podUidPrefix(cluster))) return undefined;
      const index = Number.parseInt(uid.slice(-12), 16);
      return index < count ? index : undefined;
    },
  };
}

/** The place of the last start that is not after the index: empty workloads share theirs. */
function lastAtMost(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

const podUidPrefix = (cluster: string): string => uidOf(cluster, 'pods').slice(0, 24);

function pod(workload: PlannedWorkload, place: number, index: number): KubernetesObject {
  const { cluster, namespace, kind, name } = workload;
  const owner = podOwner(workload);
  const bare = kind === 'Pod' || kind === 'StaticPod';
  const made = kind === 'StatefulSet' ? `${name}-${place}` : `${owner.name}-${podSuffix(index)}`;
  const content = podContent(workload, place, kind === 'Job' ? 'Succeeded' : 'Running');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: bare ? name : made,
      namespace,
      uid: `${podUidPrefix(cluster)}${index.toString(16).padStart(12, '0')}`,
      creationTimestamp: createdAt,
      labels: { ...labelsOf(workload), 'pod-template-hash': generation(workload) },
      ...(kind === 'StaticPod' && {
        annotations: { 'kubernetes.io/config.mirror': generation(workload) },
      }),
      ...(kind !== 'Pod' && { ownerReferences: [{ ...owner, controller: true }] }),
    },
    ...content,
    spec: { ...content.spec, nodeName: `${cluster}-node-${(index % 6) + 1}` },
  };
}

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

const ref = (workload: PlannedWorkload, apiVersion: string, kind: string, suffix = ''): Owner => ({
  apiVersion,
  kind,
  name: workload.name + suffix,
  uid: ownUid(workload, kind, suffix),
});

/** What directly owns a pod of the workload. */
function podOwner(workload: PlannedWorkload): Owner {
  switch (workload.kind) {
    case 'Deployment':
    case 'Rollout':
      return ref(workload, 'apps/v1', 'ReplicaSet', `-${generation(workload)}`);
    case 'CronJob':
      return ref(workload, 'batch/v1', 'Job', cronSuffix);
    case 'Job':
      return ref(workload, 'batch/v1', 'Job');
    case 'StaticPod':
      return ref(workload, 'v1', 'Node');
    case 'Pod':
      return ref(workload, 'v1', 'Pod');
    default:
      return ref(workload, 'apps/v1', workload.kind);
  }
}

const apiVersions: Readonly<Record<string, string>> = {
  CronJob: 'batch/v1',
  Rollout: 'argoproj.io/v1alpha1',
};

/** A ReplicaSet or Job between pods and the workload. */
function link(workload: PlannedWorkload, kind: string, suffix: string): KubernetesObject {
  const { apiVersion, name, uid } = podOwner(workload);
  const top = ref(workload, apiVersions[workload.kind] ?? 'apps/v1', workload.kind);
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: workload.namespace,
      uid,
      creationTimestamp: createdAt,
      labels: labelsOf(workload),
      ...(suffix !== '' && { ownerReferences: [{ ...top, controller: true }] }),
    },
    spec: { replicas: workload.pods, template: { spec: templateSpec(workload) } },
  };
}

const controller = (workload: PlannedWorkload, spec: { replicas?: number }): KubernetesObject => ({
  metadata: metadataOf(workload),
  spec: { ...spec, template: { spec: templateSpec(workload) } },
});

const cronJob = (workload: PlannedWorkload): KubernetesObject => ({
  metadata: metadataOf(workload),
  spec: {
    schedule: '30 2 * * *',
    jobTemplate: { spec: { template: { spec: templateSpec(workload) } } },
  },
});

const metadataOf = (workload: PlannedWorkload) => ({
  name: workload.name,
  namespace: workload.namespace,
  uid: ownUid(workload, workload.kind),
  creationTimestamp: createdAt,
  labels: labelsOf(workload),
});

const labelsOf = ({ namespace, name, team }: PlannedWorkload) => ({
  'app.kubernetes.io/name': name,
  ...(!labelledByNamespace.has(namespace) && { team }),
});
