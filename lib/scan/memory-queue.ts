import type { Job, JobKind, Queue } from '#lib/ports.ts';

/** What waits and what runs: outlives the workers, as a table would. */
export interface Backlog {
  readonly waiting: Readonly<Record<JobKind, Job[]>>;
  readonly running: Set<Job>;
}

export const createBacklog = (): Backlog => ({
  waiting: { scan: [], subject: [], tag: [] },
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
export function createMemoryQueue(options: Options = {}): Queue {
  const { backlog = createBacklog(), retryMs = 200, attempts = 5 } = options;
  const failures = new WeakMap<Job, number>();
  const pumps = new Set<() => void>();
  const ends = new Set<() => Promise<void>>();
  const resting = new Map<NodeJS.Timeout, () => void>();
  const stopping = new AbortController();

  function putBack(jobs: readonly Job[], ended: boolean): void {
    // What is no longer running was given to somebody else meanwhile.
    const mine = jobs.filter((job) => backlog.running.has(job));
    const offer = (): void => {
      for (const job of mine) if (backlog.running.delete(job)) backlog.waiting[job.kind].push(job);
      for (const pump of pumps) pump();
    };
    // Ending is no fault of the jobs: they wait for the next worker.
    if (ended) return offer();
    for (const job of mine) {
      const failed = (failures.get(job) ?? 0) + 1;
      failures.set(job, failed);
      if (failed >= attempts) backlog.running.delete(job);
    }
    const worst = Math.max(0, ...mine.map((job) => failures.get(job) ?? 0));
    const timer = setTimeout(
      () => {
        resting.delete(timer);
        offer();
      },
      retryMs * 2 ** (worst - 1),
    );
    resting.set(timer, offer);
  }

  async function work<K extends JobKind>(
    kind: K,
    { batch, concurrency }: { readonly batch: number; readonly concurrency: number },
    handler: (jobs: readonly Extract<Job, { kind: K }>[], signal: AbortSignal) => Promise<void>,
  ): Promise<() => Promise<void>> {
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, stopping.signal]);
    const running = new Set<Promise<void>>();
    const run = async (jobs: readonly Extract<Job, { kind: K }>[]): Promise<void> => {
      try {
        await handler(jobs, signal);
        for (const job of jobs) backlog.running.delete(job);
      } catch {
        putBack(jobs, signal.aborted);
      }
    };
    const pump = (): void => {
      while (running.size < concurrency && !signal.aborted) {
        const jobs = (backlog.waiting[kind] as Extract<Job, { kind: K }>[]).splice(0, batch);
        if (jobs.length === 0) return;
        for (const job of jobs) backlog.running.add(job);
        const one = run(jobs).finally(() => {
          running.delete(one);
          pump();
        });
        running.add(one);
      }
    };
    const end = async (): Promise<void> => {
      ending.abort();
      pumps.delete(pump);
      ends.delete(end);
      await Promise.all(running);
    };
    pumps.add(pump);
    ends.add(end);
    pump();
    return end;
  }

  return {
    work,
    async enqueue(jobs) {
      for (const job of jobs) backlog.waiting[job.kind].push(job);
      for (const pump of pumps) pump();
    },
    async depth(kind, scanId) {
      const counts = (job: Job): boolean =>
        job.kind === kind && (scanId === undefined || job.scanId === scanId);
      return (
        backlog.waiting[kind].filter(counts).length + [...backlog.running].filter(counts).length
      );
    },
    async cancel(scanId) {
      for (const jobs of Object.values(backlog.waiting)) {
        const rest = jobs.filter((job) => job.scanId !== scanId);
        jobs.splice(0, jobs.length, ...rest);
      }
    },
    async stop() {
      stopping.abort();
      for (const [timer, offer] of resting) {
        clearTimeout(timer);
        offer();
      }
      resting.clear();
      await Promise.all([...ends].map((end) => end()));
    },
  };
}
