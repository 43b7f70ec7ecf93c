import { podOf } from './cluster/cluster-objects.ts';
import { tagImage } from './content/publish-image.ts';
import type { LabKubernetes } from './kubernetes/api-server.ts';
import type { KubernetesObject } from './kubernetes/kubernetes-object.ts';
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

/**
 * Lets the lab live gently: a deployment gets one more pod, an older extra pod goes, and now and then
 * the tag `stable` of a repository names another version. What the manifest says holds no longer.
 * Returns what stops it.
 */
export function startLife(
  plan: LabPlan,
  registries: ReadonlyMap<RegistryHost, LabRegistry>,
  clusters: ReadonlyMap<string, LabKubernetes>,
): () => Promise<void> {
  const random = createRandom(plan.seed).fork('life');
  const deployments = plan.workloads.filter(({ kind, pods }) => kind === 'Deployment' && pods > 0);
  const movable = movableRepositories(plan);
  const extra: { readonly cluster: string; readonly pod: KubernetesObject }[] = [];
  let step = 0;

  const timer = setInterval(() => {
    step += 1;
    if (step % tagStep === 0 && movable.length > 0) {
      const images = random.pick(movable);
      const image = random.pick(images);
      const sink = registries.get(image.host);
      if (sink) tagImage(sink, image, 'stable', plan.seed);
      return;
    }
    const workload = random.pick(deployments);
    const pod = podOf(workload, 0, firstExtraIndex + step);
    clusters.get(workload.cluster)?.upsert({ kind: 'Pod', ...pod });
    extra.push({ cluster: workload.cluster, pod });
    const oldest = extra.length > extraPods ? extra.shift() : undefined;
    if (oldest) clusters.get(oldest.cluster)?.remove('Pod', oldest.pod.metadata.uid);
  }, everyMs);
  timer.unref();
  return async () => clearInterval(timer);
}

/** Repositories whose `stable` may name one of several versions. */
const movableRepositories = ({ repositories }: LabPlan): PlannedImage[][] =>
  [...repositories.values()]
    .filter(({ tags }) => tags.has('stable'))
    .map(({ tags }) => [...new Set(tags.values())].filter(({ recipe }) => !recipeOf(recipe).fault))
    .filter((images) => images.length > 1);
