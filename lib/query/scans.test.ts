import { describe, expect, it } from 'vitest';
import type { ScanRow } from '#lib/contract/sources.ts';
import { mergeScan } from './scans.ts';

const scan = (id: string, startedAt: string, requests = 0): ScanRow => ({
  id,
  state: 'running',
  trigger: 'request',
  startedAt,
  finishedAt: null,
  stages: [],
  rate: null,
  remainingSeconds: null,
  requests,
  signatureChecks: 0,
  failures: [],
});
const older = scan('a', '2026-11-21T10:00:00.000Z');
const newer = scan('b', '2026-11-21T11:00:00.000Z');

describe('mergeScan', () => {
  it('puts a new scan first', () => {
    expect(mergeScan({ items: [older] }, newer).items).toEqual([newer, older]);
  });

  it('replaces the state of a scan in its place', () => {
    const further = { ...older, requests: 7 };
    expect(mergeScan({ items: [newer, older] }, further).items).toEqual([newer, further]);
  });

  it('begins a list where none was read yet', () => {
    expect(mergeScan(undefined, older).items).toEqual([older]);
  });
});
