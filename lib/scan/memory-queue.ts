import type { Job, JobKind, Queue } from '#lib/ports/queue.ts';

/** What waits and what runs: outlives the workers, as a table would. */
export interface Backlog {
  readonly waiting: Readonly<Record<JobKind, Job[]>>;
  readonly running: Set<Job>;
}

export const createBacklog = (): Backlog => ({
  waiting: { scan: [], subject: [], tag: [], simulation: [] },
  running: new Set(),
});

interface Options {
  readonly backlog?: Backlog;
  /** Pause before a failed batch is offered again, doubled with each failure. */
  readonly retryMs?: number;
  /** Tries of one job, the first included; what still fails then is dropped. */
  readonly attempts?: number;
}

/**
 * The queue of a scan that runs in one process and needs no database. Several queues over one
 * backlog behave like several workers.
 */
export const createMemoryQueue = (options: Options = {}): Queue => new MemoryQueue(options);

type OfKind<K extends JobKind> = Extract<Job, { kind: K }>;
type Handler<K extends JobKind> = (
  jobs: readonly OfKind<K>[],
  signal: AbortSignal,
) => Promise<void>;

class MemoryQueue implements Queue {
  readonly #backlog: Backlog;
  readonly #retryMs: number;
  readonly #attempts: number;
  readonly #failures = new WeakMap<Job, number>();
  readonly #pumps = new Set<() => void>();
  readonly #ends = new Set<() => Promise<void>>();
  readonly #resting = new Map<NodeJS.Timeout, () => void>();

  constructor({ backlog = createBacklog(), retryMs = 200, attempts = 5 }: Options) {
    this.#backlog = backlog;
    this.#retryMs = retryMs;
    this.#attempts = attempts;
  }

  async enqueue(jobs: readonly Job[]): Promise<void> {
    for (const job of jobs) this.#backlog.waiting[job.kind].push(job);
    this.#pump();
  }

  async work<K extends JobKind>(
    kind: K,
    { batch, concurrency }: { readonly batch: number; readonly concurrency: number },
    handler: Handler<K>,
  ): Promise<() => Promise<void>> {
    const ending = new AbortController();
    const running = new Set<Promise<void>>();
    const pump = (): void => {
      while (running.size < concurrency && !ending.signal.aborted) {
        const jobs = this.#take(kind, batch);
        if (jobs.length === 0) return;
        const one = this.#handle(jobs, handler, ending.signal).finally(() => {
          running.delete(one);
          pump();
        });
        running.add(one);
      }
    };
    const end = async (): Promise<void> => {
      ending.abort();
      this.#pumps.delete(pump);
      this.#ends.delete(end);
      await Promise.all(running);
    };
    this.#pumps.add(pump);
    this.#ends.add(end);
    pump();
    return end;
  }

  async depth(kind: JobKind, scanId?: string): Promise<number> {
    const counts = (job: Job): boolean =>
      job.kind === kind && (scanId === undefined || job.scanId === scanId);
    const { waiting, running } = this.#backlog;
    return waiting[kind].filter(counts).length + [...running].filter(counts).length;
  }

  async cancel(scanId: string): Promise<void> {
    for (const jobs of Object.values(this.#backlog.waiting)) {
      const rest = jobs.filter((job) => job.scanId !== scanId);
      jobs.splice(0, jobs.length, ...rest);
    }
  }

  async stop(): Promise<void> {
    for (const [timer, offer] of this.#resting) {
      clearTimeout(timer);
      offer();
    }
    this.#resting.clear();
    await Promise.all([...this.#ends].map((end) => end()));
  }

  #pump(): void {
    for (const pump of this.#pumps) pump();
  }

  #take<K extends JobKind>(kind: K, limit: number): readonly OfKind<K>[] {
    const jobs = (this.#backlog.waiting[kind] as OfKind<K>[]).splice(0, limit);
    for (const job of jobs) this.#backlog.running.add(job);
    return jobs;
  }

  async #handle<K extends JobKind>(
    jobs: readonly OfKind<K>[],
    handler: Handler<K>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await handler(jobs, signal);
      for (const job of jobs) this.#backlog.running.delete(job);
    } catch {
      this.#putBack(jobs, signal.aborted);
    }
  }

  #putBack(jobs: readonly Job[], ended: boolean): void {
    const { running, waiting } = this.#backlog;
    // What is no longer running was given to somebody else meanwhile.
    const mine = jobs.filter((job) => running.has(job));
    const offer = (): void => {
      for (const job of mine) if (running.delete(job)) waiting[job.kind].push(job);
      this.#pump();
    };
    // Ending is no fault of the jobs: they wait for the next worker.
    if (ended) {
      offer();
      return;
    }
    const counts = mine.map((job) => (this.#failures.get(job) ?? 0) + 1);
    for (const [at, job] of mine.entries()) {
      this.#failures.set(job, counts[at] ?? 1);
      if ((counts[at] ?? 1) >= this.#attempts) running.delete(job);
    }
    const pause = this.#retryMs * 2 ** (Math.max(1, ...counts) - 1);
    const timer = setTimeout(() => {
      this.#resting.delete(timer);
      offer();
    }, pause);
    this.#resting.set(timer, offer);
  }
}
