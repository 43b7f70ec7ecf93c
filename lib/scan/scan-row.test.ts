import { describe, expect, it } from 'vitest';
import { addFailure, addSample, newScan, type Sample, withCounts } from './scan-row.ts';

const row = newScan({ id: 'one', trigger: 'start', full: false }, new Date('2026-11-21T10:00:00Z'));
const counts = (done: number, total: number) => ({
  sources: { done: 1, total: 1 },
  tags: { done: 0, total: 0 },
  subjects: { done, total },
  judged: { done: 0, total: null },
  requests: 7,
  signatureChecks: 3,
});

describe('withCounts', () => {
  it('reads rate and remaining time from the last seconds', () => {
    const samples: Sample[] = [
      { at: 0, done: 0 },
      { at: 4_000, done: 100 },
    ];
    expect(withCounts(row, counts(100, 350), samples)).toMatchObject({
      rate: 25,
      remainingSeconds: 10,
      requests: 7,
      signatureChecks: 3,
    });
  });

  it('claims no rate before there is one', () => {
    expect(withCounts(row, counts(0, 350), [{ at: 0, done: 0 }])).toMatchObject({
      rate: null,
      remainingSeconds: null,
    });
  });

  it('forgets how fast it was long ago', () => {
    let samples: readonly Sample[] = [];
    for (let at = 0; at <= 60_000; at += 1_000)
      samples = addSample(samples, { at, done: Math.min(at, 30_000) / 100 });
    expect(withCounts(row, counts(300, 400), samples)).toMatchObject({
      rate: 0,
      remainingSeconds: null,
    });
  });
});

it('keeps one failure a source, the newest', () => {
  const first = { source: 'a', reason: 'registry-timeout', detail: '1' } as const;
  const other = { source: 'b', reason: 'registry-timeout', detail: '2' } as const;
  const again = { source: 'a', reason: 'registry-error', detail: '3' } as const;
  expect([first, other, again].reduce(addFailure, [] as never)).toEqual([other, again]);
});
