import type { ClusterRow } from '#lib/contract/sources.ts';
import type { Log } from '#lib/log.ts';
import { installedEngines } from '#lib/policy/installed-engines.ts';
import { nextEvent } from '#lib/policy/next-event.ts';
import { openAdmission } from '#lib/policy/open-admission.ts';
import { policyMarks } from '#lib/policy/policy-material.ts';
import type {
  AdmissionAge,
  ReviewedImage,
  ReviewedWorkload,
  ReviewStore,
  StoredAdmission,
} from '#lib/ports/review-store.ts';
import type { ReadStore } from '#lib/ports/store.ts';
import { absentFrom } from './absent-lists.ts';
import { reviewWorkload, type WorkloadReview } from './evaluate.ts';
import { rememberFacts } from './facts-of-use.ts';
import type { Fleet, ReviewedCluster } from './fleet.ts';

/** Workloads and images read at once. */
const workloadsAtOnce = 2_000;
const imagesAtOnce = 250;
/** The main thread answers requests too: it is let go after so long. */
const sliceMs = 20;
/** Rows say how old they are; that they are younger than they say waits for so long. */
const ageStepMs = 60_000;
/** Expiry dates pass without news. */
const reopenMs = 3_600_000;

interface OpenCluster
  extends Pick<ReviewedCluster, 'admission' | 'unreadable' | 'factsUnder' | 'factsOfUse'> {
  readonly stored: StoredAdmission | undefined;
  readonly engines: string;
  readonly openedAt: number;
}

/** What a board reads and where it says what went wrong. */
export interface BoardDependencies {
  readonly store: ReviewStore & Pick<ReadStore, 'clusters'>;
  readonly log: Log;
  readonly now: () => Date;
}

/** What was read, and what follows from it. */
export class Board {
  readonly #deps: BoardDependencies;
  readonly #workloads = new Map<string, ReviewedWorkload>();
  readonly #images = new Map<number, ReviewedImage>();
  readonly #open = new Map<string, OpenCluster>();
  #reviews = new Map<string, Map<string, WorkloadReview>>();
  current: Fleet | undefined;

  constructor(deps: BoardDependencies) {
    this.#deps = deps;
  }

  /** Reads what changed, and works out again what depends on it. */
  async refresh(): Promise<Fleet> {
    const { store, now } = this.#deps;
    // Before what it is the age of: nothing is said to be younger than it is.
    const ages = await store.admissionAges(now());
    const index = await store.reviewIndex();
    const rows = await store.clusters();
    const changed = await this.#readWorkloads(index.workloads);
    const images = await this.#readImages(index.images);
    const byCluster = Map.groupBy(this.#workloads.values(), ({ workload }) => workload.cluster);
    const clusters = new Map<string, ReviewedCluster>();
    for (const row of rows) {
      const workloads = byCluster.get(row.id) ?? [];
      const { open, reopened } = await this.#openCluster(
        row,
        index.admission.get(row.id),
        workloads,
      );
      const cluster = clusterOf(row, open, ages.get(row.id));
      const concerned = workloads.filter(
        ({ workload, uses }) =>
          reopened ||
          changed.has(workload.id) ||
          uses.some(({ image }) => image !== undefined && images.has(image)),
      );
      clusters.set(row.id, {
        ...cluster,
        workloads: await this.#reviewAll(cluster, workloads, concerned),
      });
    }
    this.#forget(clusters);
    this.current = { clusters, remembered: new Map() };
    return this.current;
  }

  /** Without news time goes on all the same: what is known becomes old by itself. */
  async age(fleet: Fleet): Promise<Fleet> {
    const ages = await this.#deps.store.admissionAges(this.#deps.now());
    const clusters = [...fleet.clusters.values()].map((cluster) => ({
      ...cluster,
      ...agedBy(ages.get(cluster.id)),
    }));
    if (!clusters.some((cluster) => isAnotherAge(fleet.clusters.get(cluster.id), cluster)))
      return fleet;
    this.current = {
      clusters: new Map(clusters.map((cluster) => [cluster.id, cluster])),
      remembered: new Map(),
    };
    return this.current;
  }

  async #readWorkloads(index: ReadonlyMap<string, number>): Promise<ReadonlySet<string>> {
    for (const id of this.#workloads.keys()) if (!index.has(id)) this.#workloads.delete(id);
    const changed = [...index].flatMap(([id, revision]) =>
      this.#workloads.get(id)?.revision === revision ? [] : [id],
    );
    for (const part of chunks(changed, workloadsAtOnce))
      for (const one of await this.#deps.store.reviewedWorkloads(part))
        this.#workloads.set(one.workload.id, one);
    return new Set(changed);
  }

  /** Only images that a declared reference names are of interest. */
  async #readImages(index: ReadonlyMap<number, string>): Promise<ReadonlySet<number>> {
    const wanted = new Set<number>();
    for (const { uses } of this.#workloads.values())
      for (const { image } of uses) if (image !== undefined) wanted.add(image);
    for (const id of this.#images.keys()) if (!wanted.has(id)) this.#images.delete(id);
    const changed = [...wanted].filter((id) => this.#images.get(id)?.revision !== index.get(id));
    for (const part of chunks(changed, imagesAtOnce))
      for (const one of await this.#deps.store.reviewedImages(part)) this.#images.set(one.id, one);
    return new Set(changed);
  }

  async know(workloads: readonly ReviewedWorkload[]): Promise<void> {
    const wanted = workloads.flatMap(({ uses }) => uses.flatMap(({ image }) => image ?? []));
    const missing = [...new Set(wanted)].filter((id) => !this.#images.has(id));
    for (const part of chunks(missing, imagesAtOnce))
      for (const one of await this.#deps.store.reviewedImages(part)) this.#images.set(one.id, one);
  }

  async #openCluster(
    { id, kind }: ClusterRow,
    revision: number | undefined,
    workloads: readonly ReviewedWorkload[],
  ): Promise<{ readonly open: OpenCluster; readonly reopened: boolean }> {
    const { store, now } = this.#deps;
    const before = this.#open.get(id);
    const engines = installedEngines(workloads.map(engineWorkload));
    const engineText = JSON.stringify(engines);
    const at = now();
    const same = before !== undefined && before.stored?.revision === revision;
    if (same && before.engines === engineText && at.getTime() - before.openedAt < reopenMs)
      return { open: before, reopened: false };
    const stored = same ? before.stored : await store.admissionOf(id);
    const unreadable = [
      ...(stored?.problems ?? []).map(({ what }) => what),
      ...(kind === 'kubeconfig' || kind === 'in-cluster' ? [] : absentFrom(stored)),
    ];
    const admission = openAdmission({
      cluster: id,
      objects: stored?.objects ?? [],
      namespaces: stored?.namespaces ?? [],
      engines,
      unreadable,
      now: at,
    });
    const factsUnder = (objects: readonly unknown[]) =>
      rememberFacts(id, this.#images, policyMarks(id, objects));
    const open = {
      stored,
      factsUnder,
      factsOfUse: factsUnder(stored?.objects ?? []),
      unreadable,
      engines: engineText,
      openedAt: at.getTime(),
      admission,
    };
    this.#open.set(id, open);
    return { open, reopened: true };
  }

  async #reviewAll(
    cluster: Omit<ReviewedCluster, 'workloads'>,
    all: readonly ReviewedWorkload[],
    concerned: readonly ReviewedWorkload[],
  ): Promise<ReadonlyMap<string, WorkloadReview>> {
    const before = this.#reviews.get(cluster.id);
    // The same map says that all is as before: what was worked out from it stays.
    if (before?.size === all.length && concerned.length === 0) return before;
    const present = new Set(all.map(({ workload }) => workload.id));
    const reviews = new Map([...(before ?? [])].filter(([id]) => present.has(id)));
    let until = performance.now() + sliceMs;
    for (const input of concerned) {
      reviews.set(input.workload.id, this.#reviewOne(cluster, input));
      if (performance.now() < until) continue;
      await breathe();
      until = performance.now() + sliceMs;
    }
    this.#reviews.set(cluster.id, reviews);
    return reviews;
  }

  /** A fault of ours at one workload hides no other, and is never taken for "admitted". */
  #reviewOne(
    { id, admission, labelsOf, factsOfUse }: Omit<ReviewedCluster, 'workloads'>,
    input: ReviewedWorkload,
  ): WorkloadReview {
    try {
      return reviewWorkload(admission, input, labelsOf, factsOfUse);
    } catch (error) {
      this.#deps.log.error(
        { err: error, cluster: id, workload: input.workload.id },
        'review failed',
      );
      return {
        input,
        decisions: [],
        event: nextEvent(input.workload),
        disagreements: [],
        failed: true,
      };
    }
  }

  #forget(clusters: ReadonlyMap<string, unknown>): void {
    for (const id of this.#open.keys()) if (!clusters.has(id)) this.#open.delete(id);
    this.#reviews = new Map([...this.#reviews].filter(([id]) => clusters.has(id)));
  }
}

function clusterOf(
  row: ClusterRow,
  { stored, admission, unreadable, factsUnder, factsOfUse }: OpenCluster,
  age: AdmissionAge | undefined,
): Omit<ReviewedCluster, 'workloads'> {
  const labels = new Map(stored?.namespaces.map(({ name, labels: own }) => [name, own]));
  return {
    id: row.id,
    name: row.name,
    ...(stored && { stored }),
    admission,
    unreadable,
    labelsOf: (namespace) => labels.get(namespace),
    factsUnder,
    factsOfUse,
    ...agedBy(age),
  };
}

type Age = Pick<ReviewedCluster, 'asOf' | 'stale'>;

const agedBy = (age: AdmissionAge | undefined): Age => ({
  asOf: age?.readAt.toISOString() ?? null,
  stale: age?.stale ?? false,
});

const isAnotherAge = (before: Age | undefined, after: Age): boolean =>
  before?.stale !== after.stale ||
  Date.parse(after.asOf ?? '') - Date.parse(before.asOf ?? '') >= ageStepMs;

const engineWorkload = ({ workload, uses }: ReviewedWorkload) => ({
  namespace: workload.namespace,
  name: workload.name,
  images: uses.map(({ declared }) => declared),
});

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
