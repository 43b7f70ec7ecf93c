import { imageTruth } from './image-truth.ts';
import { clusterName, planServices } from './names.ts';
import type { DeclaredTags, LabPlan, LabSize, PlannedWorkload } from './plan.ts';
import { planAdmission } from './plan-admission.ts';
import { planEngines } from './plan-engines.ts';
import { planImages } from './plan-images.ts';
import { planOddities } from './plan-oddities.ts';
import { planCluster } from './plan-workloads.ts';
import { createRandom } from './random.ts';
import { hosts } from './zones.ts';

/** About two workloads of a service in each cluster. */
const workloadsPerService = 2;
/** Above this many pods a fleet has more replicas instead of more workloads. */
const smallFleet = 5_000;

/** Plans a lab. The same size and seed give the same plan, to the byte of every digest. */
export function makePlan(size: LabSize = {}): LabPlan {
  const { clusters: clusterCount = 3, seed = 1, images: imageCount = 220 } = size;
  const random = createRandom(seed);
  const clusters = Array.from({ length: clusterCount }, (_, index) => clusterName(index));
  const wanted = size.workloads ?? workloadsFor(size.pods);
  const services = planServices(
    wanted === undefined ? 0 : Math.ceil(wanted / workloadsPerService / clusterCount),
    size.slowFaults ?? false,
  );
  const images = planImages(services, imageCount, random.fork('images'), seed);
  const engines = planEngines(clusters, seed);
  const all = [...images.images, ...engines.images];
  const repositories = new Map([...images.repositories, ...engines.repositories]);
  const workloads = withPods(
    [
      ...clusters.flatMap((cluster, index) =>
        planCluster(cluster, index, images, random.fork('workloads')),
      ),
      ...planOddities(clusters, images),
      ...engines.workloads,
    ],
    size.pods,
  );
  return {
    seed,
    clusters,
    images: all,
    repositories,
    workloads,
    declared,
    admission: planAdmission(clusters, workloads, imageTruth(all, repositories)),
    pods: workloads.reduce((sum, { pods }) => sum + pods, 0),
  };
}

function workloadsFor(pods: number | undefined): number | undefined {
  if (pods === undefined) return undefined;
  return Math.round(pods <= smallFleet ? pods / 2.4 : smallFleet / 2.4 + (pods - smallFleet) / 8);
}

/** Adds replicas to deployments, or takes them away, until the number of pods is met. */
function withPods(
  workloads: readonly PlannedWorkload[],
  wanted: number | undefined,
): PlannedWorkload[] {
  if (wanted === undefined) return [...workloads];
  const changed = [...workloads];
  const scalable = changed.flatMap((workload, index) => (isScalable(workload) ? [index] : []));
  let missing = wanted - changed.reduce((sum, { pods }) => sum + pods, 0);
  while (missing !== 0) {
    const before = missing;
    const share = Math.max(1, Math.floor(Math.abs(missing) / Math.max(1, scalable.length)));
    for (const index of scalable) {
      const workload = changed[index] as PlannedWorkload;
      const step =
        missing > 0 ? Math.min(share, missing) : -Math.min(share, -missing, workload.pods - 1);
      if (step === 0) continue;
      changed[index] = scaled(workload, step);
      missing -= step;
    }
    if (missing === before) return changed;
  }
  return changed;
}

/** Where every container runs one digest, one more pod is one more of each. */
const isScalable = ({ kind, pods, containers }: PlannedWorkload): boolean =>
  kind === 'Deployment' &&
  pods > 0 &&
  containers.every(
    ({ runs: [run, other] }) => !other && run?.state === 'digest' && run.pods === pods,
  );

const scaled = (workload: PlannedWorkload, step: number): PlannedWorkload => ({
  ...workload,
  pods: workload.pods + step,
  containers: workload.containers.map((container) => ({
    ...container,
    runs: container.runs.map((run) =>
      run.state === 'digest' ? { ...run, pods: run.pods + step } : run,
    ),
  })),
});

const versions = 'v?[0-9].*';
const releases = 'v?[0-9]+\\.[0-9]+\\.[0-9]+';
const declareTags = (
  host: DeclaredTags['host'],
  pattern: string,
  newest: number,
): DeclaredTags => ({
  host,
  pattern,
  tags: versions,
  releases,
  newest,
});

/** What the lab's configuration declares: globs where the registry lists, names where it does not. */
const declared: readonly DeclaredTags[] = [
  declareTags(hosts.ghcr, 'payments/*', 20),
  declareTags(hosts.ghcr, 'checkout/*', 20),
  declareTags(hosts.ghcr, 'identity/*', 2),
  declareTags(hosts.registry, 'platform/*', 10),
  declareTags(hosts.registry, 'finance/*', 10),
  declareTags(hosts.mirror, 'upstream/coredns', 10),
];
