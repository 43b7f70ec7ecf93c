import { describe, expect, it } from 'vitest';
import { readUrl } from '#lib/contract/url-state.ts';
import { WorkloadFilter } from '#lib/contract/workloads.ts';
import { asksOnlyForTrouble, isFiltered, unfiltered } from './workload-filter.ts';
import { savedViews, WorkloadView } from './workload-view.ts';

const state = (query: string) => readUrl(WorkloadView, new URLSearchParams(query)).value;

describe('saved views', () => {
  it('lead to themselves', () => {
    for (const { name, href } of savedViews(state(''))) {
      const there = savedViews(state(href.split('?')[1] ?? ''));
      expect(there.filter(({ current }) => current).map((view) => view.name)).toEqual([name]);
    }
  });

  it('keep the filter', () => {
    for (const { href } of savedViews(state('status=unsigned&namespace=search')))
      expect(state(href.split('?')[1] ?? '')).toMatchObject({
        status: ['unsigned'],
        namespace: ['search'],
      });
  });

  it('are none of them once the columns were chosen by hand', () => {
    expect(savedViews(state('columns=digest')).some(({ current }) => current)).toBe(false);
  });
});

describe('the filter', () => {
  it('counts everything but scope and order as narrowing', () => {
    const scope = ['cluster', 'namespace', 'team', 'sort', 'order'];
    expect([...Object.keys(unfiltered), ...scope].sort()).toEqual(
      Object.keys(WorkloadFilter.shape).sort(),
    );
    expect(isFiltered(state('cluster=prod&sort=name'))).toBe(false);
    expect(isFiltered(state('digest=sha256:ab'))).toBe(true);
  });

  it('asks only for trouble when it names statuses that need a person and nothing else', () => {
    expect(asksOnlyForTrouble(state('status=unsigned&status=invalid&cluster=prod'))).toBe(true);
    expect(asksOnlyForTrouble(state('status=unsigned&status=verified'))).toBe(false);
    expect(asksOnlyForTrouble(state('status=unsigned&q=cart'))).toBe(false);
    expect(asksOnlyForTrouble(state(''))).toBe(false);
  });
});
