import { createHash } from 'node:crypto';
import type { PlannedContainer, PlannedRun, PlannedWorkload } from '#lib/lab/plan/plan.ts';

type Json = Readonly<Record<string, unknown>>;

/** A container with what one pod runs of it. */
interface Placed {
  readonly container: PlannedContainer;
  readonly run: PlannedRun;
}

/** What usually stands in a container and no scan reads: pods of a real cluster are this heavy. */
const ballast: Json = {
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  env: ['LOG_LEVEL', 'REGION', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'CONFIG_PATH', 'GOMEMLIMIT'].map(
    (name) => ({ name, value: `value-of-${name.toLowerCase()}` }),
  ),
  resources: {
    limits: { cpu: '500m', memory: '512Mi' },
    requests: { cpu: '100m', memory: '256Mi' },
  },
  volumeMounts: [
    {
      name: 'kube-api-access',
      readOnly: true,
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
    },
  ],
  readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 10 },
  terminationMessagePath: '/dev/termination-log',
  imagePullPolicy: 'IfNotPresent',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

/** The pod spec of a workload's template. */
export const templateSpec = ({ containers }: PlannedWorkload): Json =>
  specOf(containers.filter(({ kind }) => kind !== 'ephemeral'));

/** Spec and status of one pod of a workload. */
export function podContent(
  { containers, cluster }: PlannedWorkload,
  place: number,
  phase: 'Running' | 'Succeeded',
): { spec: Json; status: Json } {
  const placed = containers.flatMap((container): Placed[] => {
    const run = runAt(container, place);
    return run ? [{ container, run }] : [];
  });
  const waits = placed.some(({ run }) => run.state === 'pending');
  // One runtime of the fleet still writes its scheme in front.
  const scheme = cluster === 'staging' ? 'docker-pullable://' : '';
  const statuses = (kinds: readonly string[]) =>
    placed
      .filter(({ container }) => kinds.includes(container.kind))
      .map((one) => statusOf(one, scheme, phase, placed));
  return {
    spec: specOf(placed.map(({ container }) => container)),
    status: {
      phase: waits ? 'Pending' : phase,
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: waits ? 'False' : 'True',
        lastTransitionTime: '2026-10-12T08:00:05Z',
      })),
      containerStatuses: statuses(['main']),
      initContainerStatuses: statuses(['init', 'sidecar']),
      ephemeralContainerStatuses: statuses(['ephemeral']),
      qosClass: 'Burstable',
    },
  };
}

/** Runs are dealt to pods in their order; a container without a run for a pod is not in that pod. */
function runAt({ runs }: PlannedContainer, place: number): PlannedRun | undefined {
  let before = 0;
  for (const run of runs) {
    if (run.state === 'at-rest') continue;
    // A finished pod is not counted, yet it has run.
    before += Math.max(run.pods, runs.length === 1 && run.pods === 0 ? 1 : 0);
    if (place < before) return run;
  }
  return undefined;
}

function specOf(containers: readonly PlannedContainer[]): Json {
  const of = (...kinds: readonly string[]) =>
    containers
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ name, kind, declared, args }) => ({
        name,
        image: declared,
        ...(args !== undefined && { args }),
        ...(kind === 'sidecar' && { restartPolicy: 'Always' }),
        ...ballast,
      }));
  return {
    containers: of('main'),
    initContainers: of('init', 'sidecar'),
    ...(containers.some(({ kind }) => kind === 'ephemeral') && {
      ephemeralContainers: of('ephemeral'),
    }),
    volumes: containers
      .filter(({ kind }) => kind === 'image-volume')
      .map(({ name, declared }) => ({ name, image: { reference: declared } })),
    restartPolicy: 'Always',
    serviceAccountName: 'default',
    schedulerName: 'default-scheduler',
  };
}

function statusOf(
  { container, run }: Placed,
  scheme: string,
  phase: 'Running' | 'Succeeded',
  all: readonly Placed[],
): Json {
  const mounted = all.filter((one) => one.container.kind === 'image-volume');
  const ended = container.kind === 'init' || phase === 'Succeeded';
  return {
    name: container.name,
    image: container.declared,
    imageID: imageIdOf(run, scheme),
    ready: run.state !== 'pending' && !ended,
    restartCount: 0,
    state: stateOf(run, ended),
    ...(mounted.length > 0 && {
      volumeMounts: mounted.map((one) => ({
        name: one.container.name,
        mountPath: `/models/${one.container.name}`,
        volumeStatus: { image: { imageRef: imageIdOf(one.run, '') } },
      })),
    }),
  };
}

function stateOf(run: PlannedRun, ended: boolean): Json {
  if (run.state === 'pending') return { waiting: { reason: 'ContainerCreating' } };
  if (ended) return { terminated: { exitCode: 0, reason: 'Completed' } };
  return { running: { startedAt: '2026-10-12T08:00:04Z' } };
}

function imageIdOf(run: PlannedRun, scheme: string): string {
  switch (run.state) {
    case 'digest':
      return `${scheme}${run.target.host}/${run.target.repository}@${run.target.digest}`;
    case 'local':
      return `sha256:${createHash('sha256').update('loaded on the node').digest('hex')}`;
    case 'pending':
    case 'at-rest':
      return '';
  }
}
