import { createInventoryIndex } from '#lib/inventory/inventory-index.ts';
import type {
  ClusterChange,
  ClusterReader,
  ClusterSnapshot,
  ReadProblem,
} from '#lib/ports/cluster.ts';
import type { ClusterState } from '#lib/ports/scan-store.ts';
import { type AdmissionFollower, followAdmission } from './follow-admission.ts';
import type { AdmissionOutcome } from './read-admission.ts';
import { type ClusterReading, stateAfter } from './read-cluster.ts';
import type { ScanSession } from './session.ts';

/** The reading from which a cluster is followed. */
type Reading = Pick<Extract<ClusterReading, { status: 'read' }>, 'snapshot' | 'admission'>;

/** Follows one cluster from a reading on. */
export interface Follower {
  /** Gathers changes without writing them: a reading of the whole is under way. */
  hold(): void;
  /** Writes again, from what was gathered. */
  release(): void;
  /** Ends; what was not written is dropped, since a newer reading holds it. */
  stop(): Promise<void>;
}

/**
 * Follows a cluster and keeps its rows the present: changes are gathered for a moment and written
 * together, the cluster's age at most every few seconds. Its admission objects are read again at
 * intervals: they are many kinds of few objects, and a watch of each would cost more. `onChange` is called after rows changed,
 * `onEnd` when the stream ended for good, which only a fault of ours can cause.
 */
export function followCluster(
  session: ScanSession,
  reader: ClusterReader,
  reading: Reading,
  { onChange, onEnd }: { readonly onChange: () => void; readonly onEnd: (cause: unknown) => void },
): Follower {
  const follower = new ClusterFollower(session, reader, reading, onChange);
  const ended = follower.run(reading.snapshot).then(
    () => 'the watch ended',
    (cause: unknown) => cause,
  );
  void ended.then((cause) => {
    if (!follower.stopped) onEnd(cause);
  });
  return {
    hold: () => follower.hold(),
    release: () => follower.release(),
    async stop() {
      await follower.stop();
      await ended;
    },
  };
}

class ClusterFollower {
  readonly #session: ScanSession;
  readonly #reader: ClusterReader;
  readonly #onChange: () => void;
  readonly #index: ReturnType<typeof createInventoryIndex>;
  readonly #aborting = new AbortController();
  #pending: ClusterChange[] = [];
  #snapshot: ClusterSnapshot;
  #asOf: Date;
  /** What could not be read of its admission objects. */
  #admission: readonly ReadProblem[];
  #admissionFollower: AdmissionFollower | undefined;
  #interrupted: Extract<ClusterChange, { type: 'interrupted' }> | undefined;
  #held = false;
  /** Set when the store may be behind the index: then the whole inventory is written. */
  #whole = false;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();
  #written: { readonly at: number; readonly text: string } | undefined;

  constructor(
    session: ScanSession,
    reader: ClusterReader,
    { snapshot, admission }: Reading,
    onChange: () => void,
  ) {
    this.#session = session;
    this.#reader = reader;
    this.#onChange = onChange;
    this.#snapshot = snapshot;
    this.#asOf = snapshot.readAt;
    this.#admission = admission;
    const { teamLabels } = session.deps;
    this.#index = createInventoryIndex(reader.id, snapshot, { teamLabels });
  }

  get stopped(): boolean {
    return this.#aborting.signal.aborted;
  }

  async run(from: ClusterSnapshot): Promise<void> {
    this.#flushIn(0);
    this.#admissionFollower = followAdmission(this.#session, this.#reader, (outcome) =>
      this.#takeAdmission(outcome),
    );
    for await (const change of this.#reader.follow(from, this.#aborting.signal)) {
      if (this.stopped) return;
      this.#accept(change);
      this.#flushIn(this.#session.pace.debounceMs);
    }
  }

  hold(): void {
    this.#held = true;
    this.#admissionFollower?.hold();
  }

  release(): void {
    this.#held = false;
    this.#admissionFollower?.release();
    this.#flushIn(0);
  }

  async stop(): Promise<void> {
    this.#aborting.abort();
    clearTimeout(this.#timer);
    await Promise.all([this.#writing, this.#admissionFollower?.stop()]);
  }

  #takeAdmission({ problems, changed }: AdmissionOutcome): void {
    this.#admission = problems;
    this.#flushIn(0);
    if (changed) this.#onChange();
  }

  #accept(change: ClusterChange): void {
    switch (change.type) {
      case 'bookmark':
        this.#asOf = change.at;
        this.#interrupted = undefined;
        return;
      case 'interrupted':
        this.#interrupted = change;
        return;
      case 'relisted':
        this.#snapshot = change.snapshot;
        this.#asOf = change.snapshot.readAt;
        this.#interrupted = undefined;
        this.#whole = true;
        this.#pending.push(change);
        return;
      default:
        this.#pending.push(change);
    }
  }

  /** The earliest wish wins: a stream of changes does not put writing off for ever. */
  #flushIn(ms: number): void {
    const dueAt = performance.now() + ms;
    if (this.stopped || dueAt >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#writing = this.#writing.then(() => this.#flush());
    }, ms);
  }

  async #flush(): Promise<void> {
    if (this.#held || this.stopped) return;
    const { log } = this.#session.deps;
    try {
      if ((await this.#writeChanges()) > 0) {
        this.#session.publisher.changed('workloads', 'images', 'overview', 'findings');
        this.#onChange();
      }
      await this.#writeState();
    } catch (error) {
      this.#whole = true;
      log.error({ err: error, cluster: this.#reader.id }, 'changes of a cluster were not written');
      this.#flushIn(this.#session.pace.asOfMs);
    }
  }

  async #writeChanges(): Promise<number> {
    const { store } = this.#session.deps;
    const { id } = this.#reader;
    const delta = this.#index.apply(this.#pending.splice(0));
    if (this.#whole) {
      const { changed } = await store.saveInventory(id, this.#index.inventory(), this.#asOf);
      this.#whole = false;
      return changed;
    }
    if (delta.inventory.workloads.length + delta.gone.length === 0) return 0;
    const at = this.#session.deps.now();
    return (await store.saveWorkloads(id, delta.inventory, delta.gone, at)).changed;
  }

  async #writeState(): Promise<void> {
    const { deps, pace, publisher } = this.#session;
    const state = this.#state(deps.now());
    const { asOf: _, ...rest } = state;
    const text = JSON.stringify(rest);
    const now = performance.now();
    const isNew = this.#written?.text !== text;
    if (!isNew && now - (this.#written?.at ?? 0) < pace.asOfMs) return;
    await deps.store.saveCluster(state);
    this.#written = { at: now, text };
    publisher.changed(...(isNew ? (['clusters', 'sources'] as const) : (['sources'] as const)));
    // A broken stream becomes stale by waiting alone.
    if (this.#interrupted) this.#flushIn(pace.staleMs);
  }

  #state(now: Date): ClusterState {
    const base = { ...stateAfter(this.#reader, this.#snapshot, this.#admission), asOf: this.#asOf };
    if (!this.#interrupted) return { ...base, watching: true };
    const { reason, detail, retryAt } = this.#interrupted;
    const stale = now.getTime() - this.#asOf.getTime() >= this.#session.pace.staleMs;
    return { ...base, watching: false, ...(stale && { state: 'stale' }), reason, detail, retryAt };
  }
}
