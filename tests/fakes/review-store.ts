import type { Simulation, SimulationRow } from '#lib/contract/simulations.ts';
import type { ClusterRow } from '#lib/contract/sources.ts';
import type {
  ReviewedImage,
  ReviewedWorkload,
  ReviewStore,
  StoredAdmission,
} from '#lib/ports/review-store.ts';
import type { ReviewDependencies } from '#lib/review/review.ts';

type Needed = ReviewDependencies['store'];

/** What a review reads, in memory; every change has to be told as a real store does. */
export interface FakeReviewStore extends Needed {
  readonly admissions: Map<string, StoredAdmission>;
  readonly workloads: Map<string, ReviewedWorkload>;
  readonly images: Map<number, ReviewedImage>;
  readonly former: ReviewedWorkload[];
  /** Clusters that were not heard of for too long. */
  readonly stale: Set<string>;
  readonly saved: Map<string, Simulation>;
  readonly rows: Map<string, readonly SimulationRow[]>;
  /** Ids of workloads that were read since the last look. */
  readonly read: string[];
  tell(): void;
}

export function fakeReviewStore(...clusters: readonly string[]): FakeReviewStore {
  const listeners = new Set<(payload: string) => void>();
  const admissions = new Map<string, StoredAdmission>();
  const workloads = new Map<string, ReviewedWorkload>();
  const images = new Map<number, ReviewedImage>();
  const former: ReviewedWorkload[] = [];
  const stale = new Set<string>();
  const saved = new Map<string, Simulation>();
  const rows = new Map<string, readonly SimulationRow[]>();
  const read: string[] = [];
  const present = <K, V>(map: ReadonlyMap<K, V>, keys: readonly K[]): V[] =>
    keys.flatMap((key) => {
      const found = map.get(key);
      return found === undefined ? [] : [found];
    });
  const reviews: ReviewStore = {
    reviewIndex: async () => ({
      admission: new Map([...admissions].map(([id, { revision }]) => [id, revision])),
      workloads: new Map([...workloads].map(([id, { revision }]) => [id, revision])),
      images: new Map([...images].map(([id, { revision }]) => [id, revision])),
    }),
    admissionOf: async (cluster) => admissions.get(cluster),
    admissionAges: async () =>
      new Map([...admissions].map(([id, { readAt }]) => [id, { readAt, stale: stale.has(id) }])),
    reviewedWorkloads: async (ids) => {
      read.push(...ids);
      return present(workloads, ids);
    },
    reviewedImages: async (ids) => present(images, ids),
    async *formerWorkloads(since) {
      yield former.filter(({ lastSeen = '' }) => new Date(lastSeen) >= since);
    },
    saveSimulation: async (simulation) => void saved.set(simulation.id, simulation),
    saveSimulationRows: async (id, found) => void rows.set(id, found),
    simulation: async (id) => saved.get(id),
    simulations: async (limit) => [...saved.values()].slice(-limit).reverse(),
    simulationRows: async (id) => {
      const items = [...(rows.get(id) ?? [])];
      return { items, next: null, total: items.length };
    },
    async *allSimulationRows(id) {
      yield rows.get(id) ?? [];
    },
  };
  return {
    ...reviews,
    admissions,
    workloads,
    images,
    former,
    stale,
    saved,
    rows,
    read,
    tell: () => {
      for (const listener of listeners) listener('{"type":"changed"}');
    },
    clusters: async () => clusters.map(clusterRow),
    subscribe: async (_channel, listener) => {
      listeners.add(listener);
      return async () => void listeners.delete(listener);
    },
  };
}

const clusterRow = (id: string): ClusterRow => ({
  id,
  name: id,
  kind: 'kubeconfig',
  server: null,
  version: null,
  state: 'current',
  watching: true,
  asOf: null,
  reason: null,
  detail: null,
  retryAt: null,
  problems: [],
  namespaces: 0,
  workloads: 0,
  pods: 0,
  counts: { verified: 0, inconclusive: 0, untrusted: 0, unsigned: 0, invalid: 0, total: 0 },
});
