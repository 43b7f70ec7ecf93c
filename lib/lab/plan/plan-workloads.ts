import type { ContainerKind } from '#lib/model/workload.ts';
import type { Service } from './names.ts';
import type { PlannedContainer, PlannedImage, PlannedKind, PlannedWorkload } from './plan.ts';
import type { PlannedImages, ServiceImages } from './plan-images.ts';
import type { Random } from './random.ts';
import { recipeOf } from './recipes.ts';
import { specimenZones, type Zone } from './zones.ts';

/** How a reference is written: see {@link declare}. */
export type PinStyle = 'digest' | 'tag-and-digest' | 'tag' | 'stable' | 'latest' | 'none';

/** The reference by which a pod spec names an image. */
export function declare(image: PlannedImage, style: PinStyle): string {
  const name = `${image.host}/${image.repository}`;
  const written: Record<PinStyle, string> = {
    digest: `${name}@${image.digest}`,
    'tag-and-digest': `${name}:${image.version}@${image.digest}`,
    tag: `${name}:${image.version}`,
    stable: `${name}:stable`,
    latest: `${name}:latest`,
    none: name,
  };
  return written[style];
}

/** A container all of whose pods run the image. */
export const running = (
  name: string,
  kind: ContainerKind,
  image: PlannedImage,
  style: PinStyle,
  pods: number,
): PlannedContainer => ({
  name,
  kind,
  declared: declare(image, style),
  runs: [{ state: 'digest', target: image, pods }],
});

/** The regular workloads of one cluster: each service, and mostly a companion beside it. */
export function planCluster(
  cluster: string,
  index: number,
  images: PlannedImages,
  random: Random,
): PlannedWorkload[] {
  return images.services.flatMap((service) => {
    const own = random.fork(`${cluster}/${service.service.repository}`);
    const isSpecimen = specimenZones.has(service.service.zone);
    if (isSpecimen && index > 0) return [];
    const main = planMain(cluster, index, service, images, own);
    if (isSpecimen) return [main];
    return own.chance(companionChance) ? [main, planCompanion(main, service, images, own)] : [main];
  });
}

const companionChance = 0.94;

type Pins = readonly (readonly [PinStyle, number])[];

/** Habits: platform teams pin digests, product teams mostly, and nobody pins what they borrow. */
const pinHabits: Readonly<Partial<Record<Zone, Pins>>> = {
  acme: [
    ['tag-and-digest', 44],
    ['digest', 14],
    ['tag', 34],
    ['stable', 5],
    ['latest', 2],
    ['none', 1],
  ],
  platform: [
    ['tag-and-digest', 8],
    ['tag', 2],
  ],
  thirdparty: [
    ['tag', 5],
    ['latest', 3],
    ['none', 2],
  ],
};
const otherPins: Pins = [
  ['tag-and-digest', 5],
  ['digest', 2],
  ['tag', 4],
];

function planMain(
  cluster: string,
  index: number,
  images: ServiceImages,
  all: PlannedImages,
  random: Random,
): PlannedWorkload {
  const { service, versions, replaced } = images;
  // The first cluster runs the newest of everything, so every recipe runs somewhere.
  const image = index === 0 || random.chance(0.6) ? versions[0] : random.pick(versions);
  const kind = kindOf(service);
  const pods = podsOf(kind, cluster, random);
  const style = pinOf(image, random);
  const main =
    replaced && image === versions[0] && pods > 1
      ? rolledBack(service.name, image, replaced, pods, index)
      : running(service.name, 'main', image, style, pods);
  return {
    cluster,
    namespace: service.namespace,
    team: service.team,
    kind,
    name: kind === 'StaticPod' ? `${service.name}-cp-1` : service.name,
    pods,
    containers: [main, ...(kind === 'StaticPod' ? [] : companions(service, all, pods, random))],
  };
}

/** The tag was pushed again: in the first cluster one pod has it already, elsewhere none. */
function rolledBack(
  name: string,
  image: PlannedImage,
  replaced: PlannedImage,
  pods: number,
  index: number,
): PlannedContainer {
  const renewed = index === 0 ? 1 : 0;
  return {
    name,
    kind: 'main',
    declared: declare(image, 'tag'),
    runs: [
      ...(renewed > 0 ? [{ state: 'digest', target: image, pods: renewed } as const] : []),
      { state: 'digest', target: replaced, pods: pods - renewed },
    ],
  };
}

function planCompanion(
  main: PlannedWorkload,
  images: ServiceImages,
  all: PlannedImages,
  random: Random,
): PlannedWorkload {
  const { service, versions } = images;
  const image = random.pick(versions);
  const [suffix, kind] = random.weighted<readonly [string, PlannedKind]>([
    [['worker', 'Deployment'], 5],
    [['consumer', 'Deployment'], 3],
    [['nightly', 'CronJob'], 3],
    [['migrate', 'Job'], 1],
  ]);
  const style = pinOf(image, random);
  const base = { ...main, kind, name: `${service.name}-${suffix}` };
  if (kind === 'CronJob' && random.chance(0.6))
    return {
      ...base,
      pods: 0,
      containers: [atRest(suffix, image, style === 'digest' ? style : 'tag-and-digest')],
    };
  // A finished job is told by its last pod, which no longer counts as running.
  if (kind === 'Job')
    return { ...base, pods: 0, containers: [running(suffix, 'main', image, style, 0)] };
  const pods = podsOf(kind, main.cluster, random);
  return {
    ...base,
    pods,
    containers: [
      running(suffix, 'main', image, style, pods),
      ...companions(service, all, pods, random),
    ],
  };
}

/** A template whose reference names the image now. */
export const atRest = (name: string, image: PlannedImage, style: PinStyle): PlannedContainer => ({
  name,
  kind: 'main',
  declared: declare(image, style),
  runs: [{ state: 'at-rest', target: image }],
});

/** Mesh and log containers, as an injector adds them. */
function companions(
  { meshed }: Service,
  { shared }: PlannedImages,
  pods: number,
  random: Random,
): PlannedContainer[] {
  const container = (
    name: 'mesh-proxy' | 'mesh-init' | 'log-forwarder' | 'secrets-agent',
    kind: ContainerKind,
    olderChance: number,
  ) => {
    const images = shared.get(name);
    if (!images) return [];
    const older = images.versions[1];
    const image = older && random.chance(olderChance) ? older : images.versions[0];
    return [running(name, kind, image, pinOf(image, random), pods)];
  };
  return [
    ...(meshed ? container('mesh-init', 'init', 0.1) : []),
    ...(meshed ? container('mesh-proxy', 'sidecar', 0.1) : []),
    ...(random.chance(meshed ? 0.75 : 0.5) ? container('log-forwarder', 'main', 0.12) : []),
    ...(random.chance(0.35) ? container('secrets-agent', 'init', 0.1) : []),
  ];
}

/**
 * A faulty repository is named by digest: asked for a tag, one that hides itself answers like one
 * that has no such tag, and wrong bytes make any tag look moved.
 */
function pinOf(image: PlannedImage, random: Random): PinStyle {
  if (recipeOf(image.recipe).fault) return random.chance(0.5) ? 'digest' : 'tag-and-digest';
  return random.weighted(pinHabits[image.zone] ?? otherPins);
}

const kinds: Readonly<Record<string, PlannedKind>> = {
  warehouse: 'StatefulSet',
  'feature-store': 'StatefulSet',
  ledger: 'StatefulSet',
  postgres: 'StatefulSet',
  rabbitmq: 'StatefulSet',
  prometheus: 'StatefulSet',
  collector: 'DaemonSet',
  gateway: 'DaemonSet',
  'image-cleaner': 'DaemonSet',
  etcd: 'StaticPod',
  'kube-apiserver': 'StaticPod',
};
const kindOf = ({ name, namespace }: Service): PlannedKind =>
  name === 'cart' && namespace === 'checkout' ? 'Rollout' : (kinds[name] ?? 'Deployment');

/** Nodes of a cluster: a DaemonSet has a pod on each. */
export const nodesOf = (cluster: string): number => (cluster.startsWith('prod') ? 5 : 3);

function podsOf(kind: PlannedKind, cluster: string, random: Random): number {
  if (kind === 'StaticPod' || kind === 'Pod') return 1;
  if (kind === 'CronJob') return 1;
  if (kind === 'DaemonSet') return nodesOf(cluster);
  if (kind === 'StatefulSet') return cluster.startsWith('prod') ? 3 : 1;
  return cluster.startsWith('prod') ? random.pick([2, 2, 3, 3, 4]) : random.pick([1, 1, 2]);
}
