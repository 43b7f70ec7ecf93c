import type { ScanRow } from '#lib/contract/sources.ts';
import type { Enqueued } from './jobs.ts';
import { addFailure, addSample, type Failure, type Sample, withCounts } from './scan-row.ts';
import type { ScanSession } from './session.ts';

interface Queued {
  readonly enqueued: number;
  readonly left: number;
}

/** Counts what one scan did, and writes and tells it at most a few times a second. */
export class Progress {
  readonly #session: ScanSession;
  readonly #start: ScanRow;
  #row: ScanRow;
  #sources: { readonly done: number; readonly total: number | null } = { done: 0, total: null };
  #tags: Queued;
  #subjects: Queued;
  #judged: number;
  #samples: readonly Sample[] = [];
  #savedAt = Number.NEGATIVE_INFINITY;

  /** Counts on from `start`: the row of a new scan, or what a dead worker left of it. */
  constructor(session: ScanSession, start: ScanRow) {
    const done = (name: ScanRow['stages'][number]['name']): number =>
      start.stages.find((stage) => stage.name === name)?.done ?? 0;
    this.#session = session;
    this.#start = start;
    this.#row = start;
    this.#tags = { enqueued: done('resolve'), left: 0 };
    this.#subjects = { enqueued: done('verify'), left: 0 };
    this.#judged = done('posture');
  }

  get row(): ScanRow {
    return this.#row;
  }

  /** Jobs of this scan that the queue held when it was last asked. */
  get waiting(): number {
    return this.#subjects.left + this.#tags.left;
  }

  /** Subjects that were checked so far. */
  get checked(): number {
    return this.#subjects.enqueued - this.#subjects.left;
  }

  expectSources(total: number): void {
    this.#sources = { done: 0, total };
  }

  sourceDone(): void {
    this.#sources = { ...this.#sources, done: this.#sources.done + 1 };
  }

  enqueued({ subjects, tags }: Enqueued): void {
    const more = ({ enqueued, left }: Queued, count: number): Queued => ({
      enqueued: enqueued + count,
      left: left + count,
    });
    this.#subjects = more(this.#subjects, subjects);
    this.#tags = more(this.#tags, tags);
  }

  /** What the queue still holds. */
  left({ subjects, tags }: Enqueued): void {
    this.#subjects = { ...this.#subjects, left: subjects };
    this.#tags = { ...this.#tags, left: tags };
  }

  judged(count: number): void {
    this.#judged += count;
  }

  failed(failure: Failure): void {
    this.#row = { ...this.#row, failures: [...addFailure(this.#row.failures, failure)] };
  }

  change(change: Partial<Pick<ScanRow, 'material' | 'full' | 'state'>>): void {
    this.#row = { ...this.#row, ...change };
  }

  async saveAtTimes(): Promise<void> {
    if (performance.now() - this.#savedAt >= this.#session.pace.progressMs) await this.save();
  }

  async save(): Promise<void> {
    this.#savedAt = performance.now();
    this.#row = this.#counted();
    await this.#session.deps.store.saveScan(this.#row);
    this.#session.publisher.progress(this.#row);
  }

  async finish(state: 'done' | 'stopped'): Promise<ScanRow> {
    await this.#session.tallies.add(this.#row.id, 0);
    const finishedAt = this.#session.deps.now().toISOString();
    this.#row = { ...this.#row, state, finishedAt };
    await this.save();
    return this.#row;
  }

  #counted(): ScanRow {
    const stage = ({ enqueued, left }: Queued) => ({
      done: Math.max(0, enqueued - left),
      total: enqueued,
    });
    const subjects = stage(this.#subjects);
    const tally = this.#session.tallies.of(this.#row.id);
    this.#samples = addSample(this.#samples, { at: performance.now(), done: subjects.done });
    return withCounts(
      this.#row,
      {
        sources: this.#sources,
        tags: stage(this.#tags),
        subjects,
        judged: {
          done: this.#judged,
          total: this.#row.finishedAt === null ? null : this.#judged,
        },
        requests: this.#start.requests + tally.requests,
        signatureChecks: this.#start.signatureChecks + tally.signatureChecks,
      },
      this.#samples,
    );
  }
}
