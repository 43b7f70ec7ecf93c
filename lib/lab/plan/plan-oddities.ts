import type { PlannedContainer, PlannedImage, PlannedWorkload } from './plan.ts';
import type { PlannedImages, ServiceImages } from './plan-images.ts';
import { atRest, declare, running } from './plan-workloads.ts';
import { hosts } from './zones.ts';

/**
 * One workload for each thing that is not about signatures and that chance alone might leave out:
 * every container kind, every form of imageID, templates at rest.
 */
export function planOddities(
  clusters: readonly string[],
  images: PlannedImages,
): PlannedWorkload[] {
  const first = clusters[0] ?? '';
  const last = clusters[Math.min(2, clusters.length - 1)] ?? first;
  const good = goodImages(images);
  const sandbox = (
    cluster: string,
    name: string,
    pods: number,
    containers: readonly PlannedContainer[],
    kind: PlannedWorkload['kind'] = 'Deployment',
  ): PlannedWorkload => ({
    cluster,
    namespace: 'sandbox',
    team: 'developer-experience',
    kind,
    name,
    pods,
    containers,
  });
  const [api, login, ranker, tracker] = good;
  return [
    sandbox(last, 'demo-app', 2, [loadedOnNode(2)]),
    sandbox(last, 'new-service', 1, [waiting(api, 1)]),
    sandbox(first, 'typo', 1, [malformed]),
    sandbox(first, 'canary', 4, [rollout(api)]),
    sandbox(first, 'old-demo', 0, [atRest('web', login, 'tag-and-digest')]),
    sandbox(last, 'paused-demo', 0, [atRest('web', login, 'tag')], 'StatefulSet'),
    sandbox(last, 'shell', 1, [running('shell', 'main', unsignedOf(images), 'latest', 1)], 'Pod'),
    sandbox(first, 'debugged', 3, [
      running('web', 'main', tracker, 'tag-and-digest', 3),
      running('debugger', 'ephemeral', unsignedOf(images), 'tag', 1),
    ]),
    sandbox(first, 'model-server', 2, [
      running('server', 'main', ranker, 'digest', 2),
      running('model', 'image-volume', login, 'tag-and-digest', 2),
    ]),
    sandbox(first, 'arm-build', 2, [childPinned(images, 'index-signed')]),
    sandbox(last, 'risc-build', 2, [childPinned(images, 'index-unsigned')]),
  ];
}

function goodImages(
  images: PlannedImages,
): [PlannedImage, PlannedImage, PlannedImage, PlannedImage] {
  const verified = images.services
    .filter(({ service, replaced }) => service.zone === 'acme' && !replaced)
    .map(({ versions }) => versions[0])
    .filter(({ expected, children }) => expected.status === 'verified' && children.length === 0);
  const [a, b = a, c = b, d = c] = verified;
  if (!a || !b || !c || !d) throw new RangeError('a lab needs one verified image at least');
  return [a, b, c, d];
}

const find = (images: PlannedImages, suits: (service: ServiceImages) => boolean): PlannedImage => {
  const found = images.services.find(suits);
  if (!found) throw new RangeError('the lab has no such image');
  return found.versions[0];
};

const unsignedOf = (images: PlannedImages): PlannedImage =>
  find(
    images,
    ({ service, versions }) => service.zone === 'thirdparty' && versions[0].recipe === 'unsigned',
  );

/** Built on the node and never pushed: the kubelet has a config digest only. */
const loadedOnNode = (pods: number): PlannedContainer => ({
  name: 'demo',
  kind: 'main',
  declared: `${hosts.registry}/sandbox/demo-app:dev`,
  runs: [{ state: 'local', pods }],
});

const waiting = (image: PlannedImage, pods: number): PlannedContainer => ({
  name: 'web',
  kind: 'main',
  declared: declare(image, 'tag'),
  runs: [{ state: 'pending', pods }],
});

/** Upper case is not allowed in a repository: the kubelet refuses it, and so do we. */
const malformed: PlannedContainer = {
  name: 'web',
  kind: 'main',
  declared: `${hosts.ghcr}/Sandbox/Typo:v1.0.0`,
  runs: [{ state: 'pending', pods: 1 }],
};

/** Three pods run, the fourth has not started. */
const rollout = (image: PlannedImage): PlannedContainer => ({
  name: 'web',
  kind: 'main',
  declared: declare(image, 'tag-and-digest'),
  runs: [
    { state: 'digest', target: image, pods: 3 },
    { state: 'pending', pods: 1 },
  ],
});

/** The pod names one platform of an index: if anything is signed, only the index is. */
function childPinned(
  images: PlannedImages,
  recipe: 'index-signed' | 'index-unsigned',
): PlannedContainer {
  const index = find(images, ({ versions }) => versions[0].recipe === recipe);
  const [child] = index.children;
  if (!child) throw new RangeError('the index has no platforms');
  return {
    name: 'builder',
    kind: 'main',
    declared: `${child.host}/${child.repository}@${child.digest}`,
    runs: [{ state: 'digest', target: child, pods: 2 }],
  };
}
