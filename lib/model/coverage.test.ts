import { assert, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countStatuses, coverageSentence, measureCoverage } from './coverage.ts';

const counts = (verified: number, inconclusive: number, unsigned: number) => ({
  verified,
  inconclusive,
  unsigned,
  untrusted: 0,
  invalid: 0,
  total: verified + inconclusive + unsigned,
});

describe('measureCoverage', () => {
  it('rounds the lower bound down and the upper bound up', () => {
    expect(measureCoverage(counts(1041, 87, 156))).toEqual({
      proven: 1041,
      unchecked: 87,
      refuted: 156,
      total: 1284,
      lowerPercent: 81,
      upperPercent: 88,
    });
  });

  it('never says 100 while one container is refuted or unchecked', () => {
    expect(measureCoverage(counts(9999, 0, 1))).toMatchObject({
      lowerPercent: 99,
      upperPercent: 99,
    });
    expect(measureCoverage(counts(9999, 1, 0))).toMatchObject({
      lowerPercent: 99,
      upperPercent: 100,
    });
  });

  it('claims nothing about an empty fleet', () => {
    expect(measureCoverage(counts(0, 0, 0))).toMatchObject({ lowerPercent: 0, upperPercent: 0 });
  });

  it('never favours us, whatever the counts', async () => {
    await assert(
      property(nat(100_000), nat(100_000), nat(100_000), (verified, unchecked, refuted) => {
        const band = measureCoverage(counts(verified, unchecked, refuted));
        if (band.total === 0) return;
        expect(band.lowerPercent).toBeLessThanOrEqual((verified * 100) / band.total);
        if (band.lowerPercent === 100) expect(verified).toBe(band.total);
        if (band.upperPercent === 100) expect(refuted).toBe(0);
        expect(band.upperPercent).toBeGreaterThanOrEqual(band.lowerPercent);
        if (refuted === 0) expect(band.upperPercent).toBe(100);
      }),
    );
  });
});

describe('coverageSentence', () => {
  it.each([
    [
      counts(1041, 87, 156),
      'Between 81 % and 88 % of 1,284 running containers are proven; 87 could not be checked.',
    ],
    [counts(813, 0, 187), '81 % of 1,000 running containers are proven.'],
    [counts(12, 0, 0), 'All 12 running containers are proven.'],
    [counts(0, 12, 0), 'None of 12 running containers could be checked.'],
    [counts(990, 9, 1), '99 % of 1,000 running containers are proven; 9 could not be checked.'],
    [counts(0, 0, 0), 'No running containers are known.'],
  ])('reads the band aloud with its denominator', (given, sentence) => {
    expect(coverageSentence(measureCoverage(given))).toBe(sentence);
  });

  it('speaks of what it is told to', () => {
    expect(coverageSentence(measureCoverage(counts(1, 0, 1)), 'release tags')).toBe(
      '50 % of 2 release tags are proven.',
    );
  });
});

it('counts statuses so that the five add up to the total', () => {
  expect(countStatuses(['verified', 'unsigned', 'verified'])).toEqual(counts(2, 0, 1));
});
