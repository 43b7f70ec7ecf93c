// What would be refused if policies enforced: over a large fleet, and what ran within a month.
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { ImageFacts } from '#lib/policy/facts.ts';
import { nextEvent } from '#lib/policy/next-event.ts';
import { openAdmission } from '#lib/policy/open-admission.ts';
import type { AdmissionObject } from '#lib/ports/cluster.ts';
import type { ReviewedUse, ReviewedWorkload } from '#lib/ports/review-store.ts';
import { decideWorkload, type WorkloadReview } from '#lib/review/evaluate.ts';
import type { Fleet, ReviewedCluster } from '#lib/review/fleet.ts';
import { objectId } from '#lib/review/object-id.ts';
import { decidedBefore, simulateWorkload, summaryOf } from '#lib/review/simulate.ts';
import { suppose } from '#lib/review/suppose.ts';
import { memoryMib, peakMemoryMib } from './memory.ts';
import {
  admittedOf,
  factsOfImage,
  fleetNamespaces,
  imageOf,
  policyOf,
  template,
} from './policy-fleet.ts';

const [policies = '1000', workloads = '100000', images = '5000'] = process.argv.slice(2);
const size = { policies: Number(policies), workloads: Number(workloads), images: Number(images) };
/** So many ran within the month and run no more, for each that runs. */
const formerShare = 0.3;

const declared = Array.from({ length: size.images }, (_, index) => imageOf(index));
const facts = declared.map((_, index) => factsOfImage(index));
const positions = new Map(declared.map((image, index) => [image, index]));
const before = memoryMib();

const cluster = theCluster();
const running = Array.from({ length: size.workloads }, (_, index) => workloadOf(index));
const former = running.slice(0, size.workloads * formerShare);
const reviews = new Map(
  running.map((input): [string, WorkloadReview] => [
    input.workload.id,
    {
      input,
      decisions: decideWorkload(cluster.admission, input, cluster.labelsOf, cluster.factsOfUse),
      event: nextEvent(input.workload),
      disagreements: [],
    },
  ]),
);
const fleet: Fleet = {
  clusters: new Map([[cluster.id, { ...cluster, workloads: reviews }]]),
  remembered: new Map(),
};
const wished = cluster.admission.policies
  .filter(({ mode }) => mode === 'audit' || mode === 'warn')
  .map(({ reference }) => objectId(reference));

const start = performance.now();
const used = process.cpuUsage();
const request = {
  suppose: { kind: 'enforce' as const, policies: wished },
  days: 30,
  namespaces: [],
};
const [supposed] = suppose(fleet, request, new Date('2026-11-21T12:00:00Z')).clusters;
if (supposed === undefined) throw new TypeError('nothing is supposed');
const rows = [...reviews.values()].flatMap(
  ({ input, decisions }) => simulateWorkload(supposed, input, decisions) ?? [],
);
for (const input of former) {
  const row = simulateWorkload(supposed, input, decidedBefore(supposed.cluster, input));
  if (row !== undefined) rows.push(row);
}
const { counts } = summaryOf(rows);
const { user, system } = process.cpuUsage(used);
console.log(
  `${wished.length} of ${size.policies} policies supposed to enforce over ${size.workloads} workloads and ${former.length} that ran: ` +
    `${counts.newlyRefused} newly refused in ${((performance.now() - start) / 1000).toFixed(1)} s ` +
    `(${((user + system) / 1e6).toFixed(1)} s of CPU), at most ${peakMemoryMib()} MiB (${before} before)`,
);

function theCluster(): Omit<ReviewedCluster, 'workloads'> & Pick<ReviewedCluster, 'workloads'> {
  const objects = [
    template,
    ...Array.from({ length: size.policies }, (_, index) => policyOf(index)).flat(),
  ] as AdmissionObject[];
  const unreadable = ['/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'];
  const readAt = new Date('2026-11-21T11:00:00Z');
  const labels = new Map(fleetNamespaces.map(({ name, labels: own }) => [name, own]));
  const factsOfUse = ({ image }: ReviewedUse): ImageFacts | undefined => facts[image ?? -1];
  return {
    id: 'bench',
    name: 'bench',
    stored: {
      cluster: 'bench',
      revision: 1,
      objects,
      namespaces: fleetNamespaces,
      problems: [],
      readAt,
    },
    admission: openAdmission({
      cluster: 'bench',
      objects,
      namespaces: fleetNamespaces,
      engines: [],
      unreadable,
      now: readAt,
    }),
    unreadable,
    workloads: new Map(),
    labelsOf: (namespace) => labels.get(namespace),
    factsUnder: () => factsOfUse,
    factsOfUse,
    asOf: readAt.toISOString(),
    stale: false,
  };
}

function workloadOf(index: number): ReviewedWorkload {
  const admitted = admittedOf(index, declared);
  const pod = admitted.find(({ kind }) => kind === 'Pod') as AdmittedObject;
  const owner = admitted.find(({ kind }) => kind !== 'Pod') ?? pod;
  const { kind, group, name, namespace = '', labels } = owner;
  return {
    workload: {
      id: `bench:${index}`,
      cluster: 'bench',
      namespace,
      apiVersion: group === '' ? 'v1' : `${group}/v1`,
      kind,
      name,
      uid: String(index),
      admission: { labels, podLabels: pod.labels, mirror: false, replicas: 2, pods: [pod.name] },
    },
    revision: 1,
    uses: pod.containers.map(({ name: container, kind: of, image }): ReviewedUse => {
      const position = positions.get(image);
      return {
        container,
        kind: of,
        declared: image,
        pods: 2,
        status: 'verified',
        ...(position !== undefined && { image: position }),
      };
    }),
  };
}
