import type { Log } from '#lib/log.ts';
import type { Authority } from '#lib/model/authority.ts';
import type { ClusterReader } from '#lib/ports/cluster.ts';
import type { Queue } from '#lib/ports/queue.ts';
import type { DeclaredRepository, ElsewhereRule, RegistryReader } from '#lib/ports/registry.ts';
import type { ReviewStore } from '#lib/ports/review-store.ts';
import type { ScanStore } from '#lib/ports/scan-store.ts';
import type { ReadStore, Store } from '#lib/ports/store.ts';
import type { ContentTrustReader, KeySource, TrustSource } from '#lib/ports/trust.ts';
import type { ImageVerifier } from '#lib/ports/verifier.ts';
import type { JudgingRules } from '#lib/posture/judge-workload.ts';

/** The part of the store that scanning touches. */
export type ScanningStore = ScanStore &
  Pick<ReadStore, 'clusters' | 'scans' | 'image'> &
  Pick<ReviewStore, 'admissionOf'> &
  Pick<Store, 'kind' | 'publish' | 'subscribe'>;

/** Everything a scan asks of the world, and what the configuration says. */
export interface ScanDependencies {
  readonly store: ScanningStore;
  readonly queue: Queue;
  readonly registry: RegistryReader;
  readonly verifier: ImageVerifier;
  readonly trust: TrustSource;
  /** Absent where no authority can name a key by reference. */
  readonly keys?: KeySource;
  /** Absent where no server of Docker Content Trust is named. */
  readonly contentTrust?: ContentTrustReader;
  readonly clusters: readonly ClusterReader[];
  readonly declared: readonly DeclaredRepository[];
  readonly authorities: readonly Authority[];
  /** Where else than beside the image evidence lies. */
  readonly elsewhere: readonly ElsewhereRule[];
  /** How facts are weighed. */
  readonly rules: JudgingRules;
  /** Whether platform images of an index are checked themselves: those in use, or all. */
  readonly platforms: 'used' | 'all';
  /** Labels that name a team, the most telling first. */
  readonly teamLabels: readonly string[];
  readonly log: Log;
  readonly now: () => Date;
}

/** How a scan paces itself. Every value has a default that suits a server. */
export interface ScanPace {
  /** A verdict older than this is due again. */
  readonly verdictMaxAgeMs: number;
  /** A tag asked longer ago than this is asked again. */
  readonly tagMaxAgeMs: number;
  /** How often a running scan looks at the queue. */
  readonly pollMs: number;
  /** How often progress is written and told, at most. */
  readonly progressMs: number;
  /** How often workloads are judged while verdicts still come in. */
  readonly judgeMs: number;
  /** How long changes of a watched cluster are gathered before they are written. */
  readonly debounceMs: number;
  /** How often an otherwise unchanged cluster's age is written. */
  readonly asOfMs: number;
  /** A watch that is broken for this long makes its cluster stale. */
  readonly staleMs: number;
  /** How often admission objects of a watched cluster are read again. */
  readonly admissionMs: number;
  /** Pause before a cluster that could not be read is read again, doubled with each failure. */
  readonly clusterRetryMs: number;
}

export const defaultPace: ScanPace = Object.freeze({
  verdictMaxAgeMs: 24 * 3_600_000,
  tagMaxAgeMs: 3_600_000,
  pollMs: 250,
  progressMs: 500,
  judgeMs: 3_000,
  debounceMs: 500,
  asOfMs: 10_000,
  staleMs: 60_000,
  admissionMs: 60_000,
  clusterRetryMs: 30_000,
});
