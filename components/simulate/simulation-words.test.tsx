import { describe, expect, it } from 'vitest';
import type { Simulation } from '#lib/contract/simulations.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { refusedText, resultSentences } from './simulation-words.ts';
import { FormState, formHref, kindOf, wishOf } from './supposition.ts';

const none = {
  workloads: 40,
  newlyRefused: 0,
  newlyAdmitted: 0,
  stillRefused: 0,
  newlyError: 0,
  notEvaluated: 0,
  unchanged: 40,
};
type Result = Parameters<typeof resultSentences>[0];
const result = (
  counts: Partial<typeof none>,
  days = 0,
  byEvent: Result['byEvent'] = [],
): Result => ({
  counts: { ...none, ...counts },
  byEvent,
  request: { suppose: { kind: 'enforce', policies: ['p'] }, days, namespaces: [] },
});
const text = (given: Result) => resultSentences(given).join(' ').replaceAll(' ', ' ');

describe('the sentence of a result', () => {
  it('names who would be refused and at which events', () => {
    const events: Result['byEvent'] = [
      { event: 'rollout', workloads: 9 },
      { event: 'cron-tick', workloads: 2 },
      { event: 'never', workloads: 1 },
    ];
    expect(text(result({ newlyRefused: 12 }, 0, events))).toBe(
      '12 workloads that run today would be refused at their next rollout or cron tick.',
    );
  });

  it('does not say of what ran in the history that it runs', () => {
    expect(text(result({ newlyRefused: 1 }, 30))).toBe(
      '1 workload that runs today or ran in the last 30 days would be refused at its next start.',
    );
  });

  it('never calls what nobody could look at refused, or admitted', () => {
    const counts = { newlyError: 2, notEvaluated: 1 };
    expect(text(result(counts))).toBe(
      'No further workload that runs today would be refused. 3 could not be checked: 2 would be blocked because nobody could look and 1 under a rule that cannot be evaluated here.',
    );
    expect(refusedText({ ...none, ...counts })).toBe('0–3');
    expect(refusedText({ ...none, newlyRefused: 1284 })).toBe('1,284');
  });

  it('says who would get in that does not', () => {
    expect(text(result({ newlyAdmitted: 2 }))).toContain('2 workloads refused today would get in.');
  });
});

const state = (query: string) => readUrl(FormState, new URLSearchParams(query)).value;

describe('the form in its URL', () => {
  it('takes a link with a policy for a policy that enforces', () => {
    expect(kindOf(state('policy=a&cluster=prod&namespace=web'))).toBe('enforce');
    expect(wishOf(state('policy=a&namespace=web'), undefined, '')).toEqual({
      request: {
        suppose: { kind: 'enforce', policies: ['a'] },
        days: 30,
        namespaces: ['web'],
      },
    });
  });

  it('takes a link with a cluster and a namespace for a namespace that enforces', () => {
    expect(wishOf(state('cluster=prod&namespace=web&days=0'), 'prod', '')).toEqual({
      request: {
        suppose: { kind: 'enforce-namespace', cluster: 'prod', namespaces: ['web'] },
        days: 0,
        namespaces: ['web'],
      },
    });
  });

  it.each([
    ['', undefined, '', 'policy'],
    ['kind=enforce-namespace', undefined, '', 'cluster'],
    ['kind=enforce-namespace', 'prod', '', 'namespace'],
    ['kind=replace', undefined, 'kind: x', 'cluster'],
    ['kind=replace', 'prod', ' \n', 'documents'],
    ['kind=replace', 'prod', 'x'.repeat(60_001), 'documents'],
  ])('names what it lacks: %s', (query, cluster, documents, field) => {
    expect(wishOf(state(query), cluster, documents)).toMatchObject({ field });
  });

  it('drops days that a simulation cannot have', () => {
    expect(state('days=91').days).toBe(30);
    expect(state('days=2.5').days).toBe(30);
  });

  it.each([
    { suppose: { kind: 'enforce', policies: ['a', 'b'] }, days: 7, namespaces: ['web'] },
    {
      suppose: { kind: 'enforce-namespace', cluster: 'prod', namespaces: ['web'] },
      days: 30,
      namespaces: ['web'],
    },
    {
      suppose: { kind: 'replace', cluster: 'prod', replaces: ['a'], documents: 'kind: x' },
      days: 0,
      namespaces: [],
    },
  ] as const)('leads back to what was asked: $suppose.kind', (request) => {
    const simulation = { id: 's1', request } as unknown as Simulation;
    const there = state(formHref(simulation).split('?')[1] ?? '');
    expect(wishOf(there, there.cluster[0], 'kind: x')).toEqual({ request });
  });
});
