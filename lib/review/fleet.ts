import type { Admission } from '#lib/policy/admission.ts';
import type { StoredAdmission } from '#lib/ports/review-store.ts';
import type { FactsOfUse, NamespaceLabels, WorkloadReview } from './evaluate.ts';

/** Admission of one cluster and what it says of every workload. */
export interface ReviewedCluster {
  readonly id: string;
  readonly name: string;
  /** As it was read; absent until it was. */
  readonly stored?: StoredAdmission;
  readonly admission: Admission;
  /** Lists that could not be read. */
  readonly unreadable: readonly string[];
  readonly workloads: ReadonlyMap<string, WorkloadReview>;
  readonly labelsOf: NamespaceLabels;
  /** What is known under these very objects: of policies that differ from them nothing counts. */
  readonly factsUnder: (objects: readonly unknown[]) => FactsOfUse;
  readonly factsOfUse: FactsOfUse;
  /** ISO 8601; null until it was read. */
  readonly asOf: string | null;
  /** True when the cluster was not heard of for too long: what is shown may be old. */
  readonly stale: boolean;
}

/** What admission says about everything, at one moment. Never changed: a newer one takes its place. */
export interface Fleet {
  readonly clusters: ReadonlyMap<string, ReviewedCluster>;
  /** Answers that were worked out for this very fleet. */
  readonly remembered: Map<string, unknown>;
}

const mostRemembered = 50;

/** Works an answer out once for a fleet; a list is asked for page by page. */
export function remembered<T>(fleet: Fleet, key: string, work: () => T): T {
  const known = fleet.remembered.get(key);
  // A key belongs to one kind of answer: its writer gives it a prefix.
  if (known !== undefined) return known as T;
  const answer = work();
  if (fleet.remembered.size >= mostRemembered) fleet.remembered.clear();
  fleet.remembered.set(key, answer);
  return answer;
}

interface Worked {
  readonly workloads: ReviewedCluster['workloads'];
  readonly answers: Map<string, unknown>;
}
const workedOut = new WeakMap<Admission, Worked>();

/** Works an answer out once for what is known of a cluster, however old that becomes. */
export function rememberedOf<T>(
  { admission, workloads }: ReviewedCluster,
  key: string,
  work: () => T,
): T {
  let worked = workedOut.get(admission);
  if (worked?.workloads !== workloads) {
    worked = { workloads, answers: new Map() };
    workedOut.set(admission, worked);
  }
  // As above: a key belongs to one kind of answer.
  if (worked.answers.has(key)) return worked.answers.get(key) as T;
  const answer = work();
  worked.answers.set(key, answer);
  return answer;
}
