import type { ScanRow } from '#lib/contract/sources.ts';

/** What a running scan has counted so far. */
export interface ScanCounts {
  readonly sources: Count;
  readonly tags: Count;
  readonly subjects: Count;
  readonly judged: Count;
  readonly requests: number;
  readonly signatureChecks: number;
}
interface Count {
  readonly done: number;
  /** null while it is not known yet. */
  readonly total: number | null;
}

/** A point of the curve from which rate and remaining time are read. */
export interface Sample {
  readonly at: number;
  readonly done: number;
}

/** The rate is taken over this long. */
const rateWindowMs = 10_000;

export type Failure = ScanRow['failures'][number];

/** A scan that waits for a worker. */
export const newScan = (
  { id, trigger, full }: Pick<ScanRow, 'id' | 'trigger'> & { readonly full: boolean },
  at: Date,
): ScanRow => ({
  id,
  full,
  state: 'queued',
  trigger,
  startedAt: at.toISOString(),
  finishedAt: null,
  stages: [
    { name: 'inventory', done: 0, total: null },
    { name: 'resolve', done: 0, total: null },
    { name: 'verify', done: 0, total: null },
    { name: 'posture', done: 0, total: null },
  ],
  rate: null,
  remainingSeconds: null,
  requests: 0,
  signatureChecks: 0,
  failures: [],
});

/** True while a worker has, or should have, this scan in hand. */
export const isActive = ({ state }: ScanRow): boolean =>
  state === 'queued' || state === 'running' || state === 'stopping';

/** The row with what was counted, and the rate of the last seconds. */
export function withCounts(row: ScanRow, counts: ScanCounts, samples: readonly Sample[]): ScanRow {
  const rate = row.finishedAt === null ? rateOf(samples) : null;
  const { done, total } = counts.subjects;
  const left = total === null ? null : total - done;
  return {
    ...row,
    stages: [
      { name: 'inventory', ...counts.sources },
      { name: 'resolve', ...counts.tags },
      { name: 'verify', ...counts.subjects },
      { name: 'posture', ...counts.judged },
    ],
    rate,
    remainingSeconds: rate === null || rate === 0 || left === null ? null : Math.ceil(left / rate),
    requests: counts.requests,
    signatureChecks: counts.signatureChecks,
  };
}

/** Keeps the samples that the rate is taken from. */
export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  return [...samples.filter(({ at }) => sample.at - at <= rateWindowMs), sample];
}

function rateOf(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at === first.at || last.done === 0) return null;
  return Math.round(((last.done - first.done) / (last.at - first.at)) * 10_000) / 10;
}

/** The failures with one entry a source; the newest word on a source stands. */
export function addFailure(failures: readonly Failure[], failure: Failure): readonly Failure[] {
  return [...failures.filter(({ source }) => source !== failure.source), failure];
}
