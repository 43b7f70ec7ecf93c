import { describe, expect, it } from 'vitest';
import type { GapCounts } from '#lib/contract/policies.ts';
import { gapFigure, gapRange, gapSentence } from './gap.ts';

const counts = (change: Partial<GapCounts>): GapCounts => ({
  workloads: 100,
  wouldRefuse: 0,
  refusedToday: 0,
  wouldError: 0,
  notEvaluated: 0,
  ...change,
});

describe('the audit gap', () => {
  it('is one figure where everything was checked', () => {
    expect(gapFigure(counts({ wouldRefuse: 12 }))).toBe('12');
    expect(gapSentence(counts({ wouldRefuse: 12 }), 'every policy')).toBe(
      '12 of the 100 workloads that a policy is about get in today and would be refused if every policy enforced.',
    );
  });

  it('counts at its upper end what could not be checked and what could not be evaluated', () => {
    const unsure = counts({ wouldRefuse: 12, wouldError: 3, notEvaluated: 2 });
    expect(gapRange(unsure)).toEqual({ lower: 12, upper: 17, unknown: 5 });
    expect(gapSentence(unsure, 'it')).toContain('Between 12 and 17 of the 100 workloads');
  });

  it('is not nothing while something could not be checked', () => {
    expect(gapFigure(counts({ wouldError: 1 }))).toBe('0–1');
    expect(gapSentence(counts({ notEvaluated: 1 }), 'it')).not.toContain('None');
  });

  it('never counts more workloads than there are, nor fewer than would be refused', () => {
    expect(gapRange(counts({ workloads: 5, wouldRefuse: 4, wouldError: 3 })).upper).toBe(5);
    expect(gapRange(counts({ workloads: 1, wouldRefuse: 2 })).upper).toBe(2);
  });

  it('says what no policy is about instead of praising it', () => {
    expect(gapSentence(counts({ workloads: 0 }), 'every policy')).toBe(
      'No policy is about any workload that we know of.',
    );
    expect(gapSentence(counts({ workloads: 0 }), 'it')).toBe(
      'It is about no workload that we know of.',
    );
    expect(gapSentence(counts({}), 'it')).toBe(
      'None of the 100 workloads that it is about would be newly refused if it enforced.',
    );
  });
});
