import type { ScanRow } from '#lib/contract/sources.ts';
import { addFailure, addSample, type Failure, type Sample, withCounts } from './scan-row.ts';
import type { ScanSession } from './session.ts';

/** Counts what one scan did, and writes and tells it at most a few times a second. */
export interface Progress {
  row(): ScanRow;
  sources(total: number): void;
  sourceDone(): void;
  enqueued(subjects: number, tags: number): void;
  /** What the queue still holds. */
  left(subjects: number, tags: number): void;
  /** Jobs of this scan that the queue held when it was last asked. */
  waiting(): number;
  judged(count: number): void;
  failed(failure: Failure): void;
  setMaterial(revision: string, full: boolean): void;
  stopping(): void;
  saveAtTimes(): Promise<void>;
  save(): Promise<void>;
  finish(state: 'done' | 'stopped'): Promise<ScanRow>;
}

/** Counts on from `start`, which is the row of a new scan or what a dead worker left. */
export function createProgress(session: ScanSession, start: ScanRow): Progress {
  const { deps, pace, publisher, tallies } = session;
  const base = (name: ScanRow['stages'][number]['name']): number =>
    start.stages.find((stage) => stage.name === name)?.done ?? 0;
  const counts = {
    sources: { done: 0, total: null as number | null },
    tags: { enqueued: base('resolve'), left: 0 },
    subjects: { enqueued: base('verify'), left: 0 },
    judged: base('posture'),
  };
  let row = start;
  let samples: readonly Sample[] = [];
  let savedAt = Number.NEGATIVE_INFINITY;

  function current(): ScanRow {
    const tally = tallies.of(row.id);
    const stage = ({ enqueued, left }: { enqueued: number; left: number }) => ({
      done: Math.max(0, enqueued - left),
      total: enqueued,
    });
    const subjects = stage(counts.subjects);
    samples = addSample(samples, { at: performance.now(), done: subjects.done });
    return withCounts(
      row,
      {
        sources: counts.sources,
        tags: stage(counts.tags),
        subjects,
        judged: { done: counts.judged, total: row.finishedAt === null ? null : counts.judged },
        requests: start.requests + tally.requests,
        signatureChecks: start.signatureChecks + tally.signatureChecks,
      },
      samples,
    );
  }
  async function save(change: Partial<ScanRow> = {}): Promise<void> {
    savedAt = performance.now();
    row = { ...current(), ...change };
    await deps.store.saveScan(row);
    publisher.progress(row);
  }
  return {
    row: () => row,
    sources(total) {
      counts.sources.total = total;
    },
    sourceDone() {
      counts.sources.done += 1;
    },
    enqueued(subjects, tags) {
      counts.subjects.enqueued += subjects;
      counts.tags.enqueued += tags;
      counts.subjects.left += subjects;
      counts.tags.left += tags;
    },
    left(subjects, tags) {
      counts.subjects.left = subjects;
      counts.tags.left = tags;
    },
    waiting: () => counts.subjects.left + counts.tags.left,
    judged(count) {
      counts.judged += count;
    },
    failed(failure) {
      row = { ...row, failures: [...addFailure(row.failures, failure)] };
    },
    setMaterial(material, full) {
      row = { ...row, material, full };
    },
    stopping() {
      row = { ...row, state: 'stopping' };
    },
    async saveAtTimes() {
      if (performance.now() - savedAt >= pace.progressMs) await save();
    },
    save: () => save(),
    async finish(state) {
      await tallies.add(row.id, 0);
      row = { ...row, state, finishedAt: deps.now().toISOString() };
      await save({ rate: null, remainingSeconds: null });
      return row;
    },
  };
}
