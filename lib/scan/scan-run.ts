import type { ScanRow } from '#lib/contract/sources.ts';
import type { ClusterReader } from '#lib/ports/cluster.ts';
import type { Job } from '#lib/ports/queue.ts';
import type { ClusterKeeper } from './cluster-keeper.ts';
import { enqueueDue } from './jobs.ts';
import { enqueueOtherPolicies } from './policy-changes.ts';
import { Progress } from './progress.ts';
import { readDeclared } from './read-declared.ts';
import { type Failure, isActive, newScan } from './scan-row.ts';
import type { ScanSession } from './session.ts';

type ScanJob = Extract<Job, { kind: 'scan' }>;

/** Workloads judged in one go, between which progress is told. */
const judgedAtOnce = 1_000;

/**
 * Clusters read at once: what is due of the first ones is checked while the others are read, and only
 * so many readings are held in memory.
 */
const clustersAtOnce = 3;

/** While verdicts still come in, judging takes at most about one part in so many of the time. */
const judgingShare = 5;

/**
 * Runs one scan to its end: every source is read on its own, what is due goes on the queue as soon
 * as its source was read, and workloads are judged as verdicts come in.
 *
 * The queue gives this job to one worker at a time, which is why a scan finishes exactly once. A
 * worker that dies leaves the row `running`: whoever gets the job next drops what was still waiting,
 * reads the sources again and puts on the queue only what is still due.
 */
export async function runScan(
  session: ScanSession,
  keeper: ClusterKeeper,
  job: ScanJob,
  signal: AbortSignal,
): Promise<ScanRow> {
  const { deps } = session;
  const before = await deps.store.scan(job.scanId);
  if (before && !isActive(before)) return before;
  const row = before ?? newScan({ ...job, id: job.scanId }, deps.now());
  if (row.state === 'stopping') session.stopping.add(row.id);
  const progress = new Progress(session, { ...row, state: 'running' });
  session.scanning.add(row.id);
  session.paused = false;
  try {
    await deps.queue.cancel(row.id);
    await progress.save();
    const run = new ScanRun(session, keeper, job, progress);
    await run.untilDone(signal);
    return await run.finish();
  } finally {
    session.stopping.delete(row.id);
    session.scanning.delete(row.id);
    session.tallies.forget(row.id);
  }
}

class ScanRun {
  readonly #session: ScanSession;
  readonly #keeper: ClusterKeeper;
  readonly #job: ScanJob;
  readonly #progress: Progress;
  readonly #seen = new Set<string>();
  readonly #told = new Set<string>();
  readonly #stop = new AbortController();
  #full: boolean;
  /** Sources that were read since what is due was last put on the queue. */
  #news = 0;
  #reading = true;

  constructor(session: ScanSession, keeper: ClusterKeeper, job: ScanJob, progress: Progress) {
    this.#session = session;
    this.#keeper = keeper;
    this.#job = job;
    this.#progress = progress;
    this.#full = job.full;
  }

  async untilDone(signal: AbortSignal): Promise<void> {
    await this.#prepare();
    const stopped = AbortSignal.any([signal, this.#stop.signal]);
    const reading = this.#readSources(stopped).finally(() => {
      this.#reading = false;
    });
    // Awaited in the end; until then a rejection is nobody's surprise.
    reading.catch(() => undefined);
    try {
      await this.#untilDry(signal);
      await reading;
    } finally {
      // Whoever takes over must not meet a reading of ours that is still under way.
      this.#stop.abort();
      await reading.catch(() => undefined);
    }
  }

  async #untilDry(signal: AbortSignal): Promise<void> {
    let judgeAt = performance.now() + this.#session.pace.judgeMs;
    while (true) {
      signal.throwIfAborted();
      await this.#obeyStop();
      const idle = !this.#reading;
      const enqueued = await this.#enqueue();
      const left = await this.#measure();
      if (idle && enqueued === 0 && left === 0) return;
      const now = performance.now();
      if (now >= judgeAt && this.#progress.checked > 0) {
        await this.#judge();
        const took = performance.now() - now;
        judgeAt = now + took + Math.max(this.#session.pace.judgeMs, took * (judgingShare - 1));
      }
      await this.#progress.saveAtTimes();
      await pause(this.#session.pace.pollMs, signal);
    }
  }

  async finish(): Promise<ScanRow> {
    const { deps, stopping, publisher } = this.#session;
    while ((await this.#judge()) > 0) await this.#progress.saveAtTimes();
    await deps.store.saveCoverage(deps.now());
    await deps.store.saveRegistries(deps.registry.status(), [
      ...new Set(deps.declared.map(({ registry }) => registry)),
    ]);
    await deps.store.maintain();
    this.#reportRegistries();
    const stopped = stopping.has(this.#job.scanId);
    this.#session.paused = stopped;
    const row = await this.#progress.finish(stopped ? 'stopped' : 'done');
    publisher.changed('overview', 'registries', 'sources', 'scans', 'clusters');
    await publisher.flush();
    return row;
  }

  /** Trust first: a verdict is only as good as the material under which it is made. */
  async #prepare(): Promise<void> {
    const { deps, trust } = this.#session;
    const { revision, problems } = await trust.ensure(0);
    this.#tell(problems);
    const last = (await deps.store.scans(20)).find(
      ({ state, material, id }) =>
        state === 'done' && material !== undefined && id !== this.#job.scanId,
    );
    const otherRules = last !== undefined && last.material !== revision;
    this.#full ||= otherRules;
    if (otherRules) await deps.store.judgeAgain();
    this.#progress.change({ material: revision, full: this.#full });
    await deps.store.forgetClustersExcept(deps.clusters.map(({ id }) => id));
  }

  /** Policies that are read on the way bring problems of their own; each is told once. */
  #tell(problems: readonly Failure[]): void {
    for (const problem of problems) {
      const text = JSON.stringify(problem);
      if (!this.#told.has(text)) this.#progress.failed(problem);
      this.#told.add(text);
    }
  }

  async #readSources(signal: AbortSignal): Promise<void> {
    const { deps } = this.#session;
    this.#progress.expectSources(deps.clusters.length + deps.declared.length);
    const one = async (read: () => Promise<void>): Promise<void> => {
      await read();
      this.#progress.sourceDone();
      this.#news += 1;
    };
    const clusters = [...deps.clusters];
    const readClusters = async (): Promise<void> => {
      for (let reader = clusters.shift(); reader !== undefined; reader = clusters.shift()) {
        const cluster = reader;
        await one(() => this.#readCluster(cluster, signal));
      }
    };
    await Promise.all([
      ...Array.from({ length: clustersAtOnce }, readClusters),
      ...deps.declared.map((declared) =>
        one(async () => {
          const failures = await readDeclared(this.#session, declared, signal);
          for (const failure of failures) this.#progress.failed(failure);
        }),
      ),
    ]);
  }

  async #readCluster(reader: ClusterReader, signal: AbortSignal): Promise<void> {
    const reading = await this.#keeper.read(reader, signal);
    if (reading.status !== 'failed') return;
    const { reason = 'cluster-error', detail = '' } = reading.state;
    this.#progress.failed({ source: reader.name, reason, detail });
  }

  /**
   * Puts on the queue what became due, and says how much that was; undefined when there was no cause
   * to look. We look again when the queue has run dry, since a resolved tag names a digest that
   * nobody knew before. Policies are read with their cluster, so what was checked before that is checked
   * again, and so is what a changed policy covers.
   */
  async #enqueue(): Promise<number | undefined> {
    const { deps, pace, stopping, trust } = this.#session;
    if (stopping.has(this.#job.scanId)) return 0;
    const dry = !this.#reading && this.#progress.waiting === 0;
    if (this.#news === 0 && !dry) return undefined;
    this.#news = 0;
    const state = await trust.refreshPolicies();
    this.#tell(state.problems);
    const now = deps.now();
    const ago = (ms: number): Date =>
      this.#full ? new Date(this.#progress.row.startedAt) : new Date(now.getTime() - ms);
    const enqueued = await enqueueDue(deps, {
      scanId: this.#job.scanId,
      now,
      subjectsBefore: ago(pace.verdictMaxAgeMs),
      tagsBefore: ago(pace.tagMaxAgeMs),
      seen: this.#seen,
    });
    // Every cluster that is still being read may bring policies about the same images.
    const again = this.#reading
      ? 0
      : await enqueueOtherPolicies(deps, state, this.#job.scanId, this.#seen);
    this.#progress.enqueued({ ...enqueued, subjects: enqueued.subjects + again });
    return enqueued.subjects + enqueued.tags + again;
  }

  async #measure(): Promise<number> {
    const { queue } = this.#session.deps;
    const [subjects, tags] = await Promise.all([
      queue.depth('subject', this.#job.scanId),
      queue.depth('tag', this.#job.scanId),
    ]);
    this.#progress.left({ subjects, tags });
    return subjects + tags;
  }

  async #judge(): Promise<number> {
    const count = await this.#session.judge.run('scan', judgedAtOnce);
    this.#progress.judged(count);
    return count;
  }

  /** A stop can come from any process: by the row, or sooner by the control channel. */
  async #obeyStop(): Promise<void> {
    const { deps, stopping } = this.#session;
    const id = this.#job.scanId;
    if ((await deps.store.scan(id))?.state === 'stopping') stopping.add(id);
    if (!stopping.has(id) || this.#stop.signal.aborted) return;
    this.#progress.change({ state: 'stopping' });
    this.#stop.abort();
    await deps.queue.cancel(id);
    await this.#progress.save();
  }

  #reportRegistries(): void {
    const since = new Date(this.#progress.row.startedAt);
    for (const { host, lastFailure, lastSuccessAt } of this.#session.deps.registry.status()) {
      if (!lastFailure || lastFailure.at < since) continue;
      if (lastSuccessAt && lastSuccessAt > lastFailure.at) continue;
      const { reason, detail } = lastFailure;
      this.#progress.failed({ source: host, reason, detail });
    }
  }
}

/** Waits, but not for a worker that is told to end. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
