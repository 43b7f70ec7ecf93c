import { createHash } from 'node:crypto';
import { type Digest, digest } from '#lib/model/digest.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { pinOf, type Reference } from '#lib/model/reference.ts';
import type { ImageVerdict, VerdictStatus } from '#lib/model/verdict.ts';
import type { ImageUse, Inventory, Workload } from '#lib/model/workload.ts';
import type { TagSubject } from '#lib/ports/scan-store.ts';
import type { Store } from '#lib/ports/store.ts';
import { judgeWorkload } from '#lib/posture/judge-workload.ts';

const registries = ['ghcr.io', 'docker.io', 'quay.io', 'registry.k8s.io', 'harbor.acme.example'];
const kinds = ['Deployment', 'Deployment', 'Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'];
const clusters = 10;

interface Image extends Omit<Reference, 'digest'> {
  readonly digest: Digest;
  readonly tag: string;
}

/** Whole numbers below `n`, the same in every run. */
function createDice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % n;
  };
}

/** Fills a store with workloads of two or three containers and judges them as a scan would. */
export async function seedFleet(store: Store, workloads: number, images: number): Promise<void> {
  const at = new Date();
  const dice = createDice(1);
  const all = Array.from({ length: images }, (_, index) => imageOf(index, dice));
  for (let cluster = 0; cluster < clusters; cluster++) {
    const id = `cluster-${cluster}`;
    await store.saveCluster({
      ...{ id, name: `Cluster ${cluster}`, kind: 'kubeconfig', state: 'current' },
      ...{ watching: true, asOf: at, problems: [] },
    });
    await store.saveInventory(id, inventoryOf(id, workloads / clusters, all, dice), at);
  }
  await store.saveVerdicts(
    all.map((image, index) => ({ verdict: verdictOf(image, index), facts: [] })),
    at,
    'scan',
  );
  await store.saveTags(
    all.map((image, index) => ({
      ...tagSubject(image),
      now: {
        state: 'digest',
        digest: index % 20 === 0 ? digestOf(`moved ${index}`) : image.digest,
      },
    })),
    at,
  );
  await judgeAll(store, at);
  await store.saveCoverage(at);
  await store.maintain();
}

async function judgeAll(store: Store, at: Date): Promise<void> {
  while (true) {
    const workloads = await store.workloadsToJudge(1_000);
    if (workloads.length === 0) return;
    await store.saveJudgements(
      workloads.map((one) => judgeWorkload(one)),
      at,
      'scan',
    );
  }
}

const digestOf = (text: string): Digest =>
  digest(`sha256:${createHash('sha256').update(text).digest('hex')}`);

const imageOf = (index: number, dice: (n: number) => number): Image => ({
  registry: registries[index % registries.length] ?? '',
  repository: `team-${index % 97}/service-${index % 1500}`,
  tag: index % 50 === 0 ? 'latest' : `v1.${dice(40)}.${index}`,
  digest: digestOf(`image ${index}`),
});

const tagSubject = ({ registry, repository, tag }: Image): TagSubject => ({
  registry,
  repository,
  tag,
});

function inventoryOf(
  cluster: string,
  count: number,
  images: readonly Image[],
  dice: (n: number) => number,
): Inventory {
  const workloads: Workload[] = [];
  const uses: ImageUse[] = [];
  for (let index = 0; index < count; index++) {
    const uid = digestOf(`${cluster} ${index}`).slice(7, 43);
    const workload: Workload = {
      id: `${cluster}/${uid}`,
      ...{ cluster, uid, apiVersion: 'apps/v1', namespace: `space-${dice(120)}` },
      kind: kinds[dice(kinds.length)] ?? 'Deployment',
      name: `service-${dice(5_000)}-${index}`,
      ...(dice(10) > 0 && { team: `team-${dice(40)}` }),
    };
    workloads.push(workload);
    const pods = dice(20) === 0 ? 0 : 1 + dice(6);
    for (let container = 0; container < 2 + dice(2); container++) {
      const image = images[dice(images.length)];
      if (image) uses.push(imageUse(workload.id, container, image, pods, dice(3) === 0));
    }
  }
  return { workloads, uses };
}

function imageUse(
  workloadId: string,
  container: number,
  image: Image,
  pods: number,
  pinned: boolean,
): ImageUse {
  const { registry, repository, tag } = image;
  const name = `${registry}/${repository}:${tag}`;
  const reference = { registry, repository, tag, ...(pinned && { digest: image.digest }) };
  return {
    workloadId,
    container: container === 0 ? 'main' : `helper-${container}`,
    kind: container === 2 ? 'init' : 'main',
    declared: pinned ? `${name}@${image.digest}` : name,
    reference,
    pin: pinOf(reference),
    running: { state: 'digest', digest: image.digest, repository: `${registry}/${repository}` },
    pods,
    examples: pods > 0 ? ['pod-5d9c7b6f4-abcde'] : [],
  };
}

/** Of 20 images 11 are verified; the rest is spread over every other status. */
const mix: readonly (readonly [VerdictStatus, ReasonCode])[] = [
  ['unsigned', 'no-signature'],
  ['unsigned', 'no-signature'],
  ['unsigned', 'no-signature'],
  ['unsigned', 'attested-only'],
  ['untrusted', 'identity-mismatch'],
  ['untrusted', 'no-authority'],
  ['inconclusive', 'registry-unauthorized'],
  ['inconclusive', 'registry-timeout'],
  ['invalid', 'signature-bad'],
];

function verdictOf({ registry, repository, digest: subject }: Image, index: number): ImageVerdict {
  const [status, reason] = mix[(index * 7) % 20] ?? (['verified', undefined] as const);
  return {
    digest: subject,
    ...{ registry, repository, status },
    ...(reason !== undefined && { reason, detail: `as ${reason} says` }),
    ...(status === 'verified' && {
      authority: `authority-${index % 6}`,
      signer: { kind: 'key', fingerprint: `${index % 6}`.repeat(64), algorithm: 'ecdsa-p256' },
    }),
    ...{ retryable: false, attested: index % 3 === 0, evidence: [], places: [], warnings: [] },
    verifierVersion: 'bench',
  };
}
