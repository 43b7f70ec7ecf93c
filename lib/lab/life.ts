import { podOf } from './cluster/cluster-objects.ts';
import { tagImage } from './content/publish-image.ts';
import type { LabKubernetes } from './kubernetes/api-server.ts';
import type { LabPlan, PlannedImage } from './plan/plan.ts';
import { createRandom } from './plan/random.ts';
import { recipeOf } from './plan/recipes.ts';
import type { RegistryHost } from './plan/zones.ts';
import type { LabRegistry } from './registry/registry-server.ts';

const everyMs = 4_000;
/** Extra pods that live at the same time; then the oldest goes for each that comes. */
const extraPods = 12;
/** Every so many steps a tag is pushed again. */
const tagStep = 8;
/** Indexes of pods that the plan does not have. */
const firstExtraIndex = 2 ** 32;

/** One lab, as it is served. */
interface Living {
  readonly plan: LabPlan;
  readonly registries: ReadonlyMap<RegistryHost, LabRegistry>;
  readonly clusters: ReadonlyMap<string, LabKubernetes>;
}

/**
 * Lets the lab live gently: a deployment gets one more pod, an older extra pod goes, and now and then
 * the tag `stable` of a repository names another version. What the manifest says holds no longer.
 * Returns what stops it.
 */
export function startLife(lab: Living): () => void {
  const timer = setInterval(createLife(lab), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** The steps that {@link startLife} takes: each call is one. */
export function createLife({ plan, registries, clusters }: Living): () => void {
  const random = createRandom(plan.seed).fork('life');
  const deployments = plan.workloads.filter(({ kind, pods }) => kind === 'Deployment' && pods > 0);
  const movable = movableRepositories(plan);
  const extra: { readonly cluster: string; readonly uid: string }[] = [];
  let step = 0;

  const moveTag = () => {
    if (movable.length === 0) return;
    const image = random.pick(random.pick(movable));
    const sink = registries.get(image.host);
    if (sink) tagImage(sink, image, 'stable', plan.seed);
  };
  const replacePod = () => {
    const workload = random.pick(deployments);
    const pod = podOf(workload, 0, firstExtraIndex + step);
    clusters.get(workload.cluster)?.upsert({ ...pod, kind: 'Pod' });
    extra.push({ cluster: workload.cluster, uid: pod.metadata.uid });
    const oldest = extra.length > extraPods ? extra.shift() : undefined;
    if (oldest) clusters.get(oldest.cluster)?.remove('Pod', oldest.uid);
  };
  return () => {
    step += 1;
    if (step % tagStep === 0) moveTag();
    else replacePod();
  };
}

/** Repositories whose `stable` may name one of several versions. */
const movableRepositories = ({ repositories }: LabPlan): PlannedImage[][] =>
  [...repositories.values()]
    .filter(({ tags }) => tags.has('stable'))
    .map(({ tags }) => [...new Set(tags.values())].filter(({ recipe }) => !recipeOf(recipe).fault))
    .filter((images) => images.length > 1);
