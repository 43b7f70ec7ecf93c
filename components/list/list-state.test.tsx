// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { SourceList, SourceRow, SourceState } from '#lib/contract/sources.ts';
import { ProblemError } from '#lib/query/fetch-json.ts';
import { emptyKind } from './list-state.ts';
import { ListEmpty, ListFailed } from './list-states.tsx';

afterEach(cleanup);

const source = (state: SourceState): SourceRow => ({
  kind: 'cluster',
  id: 'prod',
  name: 'prod',
  state,
  asOf: null,
  reason: null,
  detail: state === 'failed' ? 'connection refused' : null,
  retryAt: null,
});
const sources = (...states: readonly SourceState[]): SourceList => ({
  items: states.map(source),
  behind: states.filter((state) => ['stale', 'failed', 'limited'].includes(state)).length,
  asOf: null,
  notice: null,
  problems: [],
});
const trouble = { filtered: true, onlyTrouble: true };
const plain = { filtered: false, onlyTrouble: false };

describe('a list without rows', () => {
  it.each([
    [
      'every source is current and only trouble was asked for',
      trouble,
      sources('current'),
      'all-good',
    ],
    ['a source is stale', trouble, sources('current', 'stale'), 'cannot-tell'],
    ['a source failed', trouble, sources('failed'), 'cannot-tell'],
    ['a source has not been read yet', trouble, sources('current', 'waiting'), 'cannot-tell'],
    ['the sources are not known', trouble, undefined, 'cannot-tell'],
    [
      'the filter is narrow',
      { filtered: true, onlyTrouble: false },
      sources('current'),
      'no-match',
    ],
    ['nothing is connected', plain, sources(), 'nothing-configured'],
    ['the first scan runs', plain, sources('scanning'), 'not-read-yet'],
    ['the only cluster failed', plain, sources('failed'), 'cannot-tell'],
  ] as const)('when %s', (_, facts, given, kind) => {
    expect(emptyKind({ ...facts, sources: given })).toBe(kind);
  });

  it('names the source that keeps us from telling', () => {
    const given = sources('current', 'failed');
    render(
      <ListEmpty
        kind="cannot-tell"
        noun="workloads"
        sources={given}
        onClear={() => {}}
        onRetry={() => {}}
      />,
    );
    expect(screen.getByRole('status').textContent).toContain('1 source of 2 is not current');
    expect(screen.getByText('prod: connection refused')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
  });

  it('clears the filter when nothing matches', () => {
    let cleared = 0;
    render(
      <ListEmpty
        kind="no-match"
        noun="images"
        sources={sources('current')}
        onClear={() => {
          cleared += 1;
        }}
        onRetry={() => {}}
      />,
    );
    screen.getByRole('button', { name: 'Clear the filter' }).click();
    expect(cleared).toBe(1);
  });
});

describe('a list that could not be read', () => {
  it('says what failed, the remedy, and tries again', () => {
    let tries = 0;
    const error = new ProblemError({
      title: 'Service Unavailable',
      status: 503,
      detail: 'The database does not answer.',
      remedy: 'Start the server again.',
    });
    render(
      <ListFailed
        what="the workloads"
        error={error}
        onRetry={() => {
          tries += 1;
        }}
      />,
    );
    expect(screen.getByRole('alert').textContent).toContain('The database does not answer.');
    expect(screen.getByText('Start the server again.')).toBeTruthy();
    screen.getByRole('button', { name: 'Try again' }).click();
    expect(tries).toBe(1);
  });
});
