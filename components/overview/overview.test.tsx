// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import { SearchParamsContext } from 'next/dist/shared/lib/hooks-client-context.shared-runtime';
import { afterEach, describe, expect, it } from 'vitest';
import type { ControlMatrix, ControlRow } from '#lib/contract/decisions.ts';
import type { Overview as Fleet } from '#lib/contract/overview.ts';
import type { SourceRow } from '#lib/contract/sources.ts';
import { writeUrl } from '#lib/contract/url-state.ts';
import { Scope } from '#lib/contract/workloads.ts';
import type { PolicyMode } from '#lib/model/policy.ts';
import { overviewKeys } from '#lib/query/overview.ts';
import { policyKeys } from '#lib/query/policies.ts';
import { Overview } from './overview.tsx';

afterEach(cleanup);

const at = '2026-11-21T12:00:00.000Z';
const counts = (verified: number, inconclusive = 0, untrusted = 0, unsigned = 0, invalid = 0) => ({
  verified,
  inconclusive,
  untrusted,
  unsigned,
  invalid,
  total: verified + inconclusive + untrusted + unsigned + invalid,
});
const cluster: SourceRow = {
  kind: 'cluster',
  id: 'prod',
  name: 'prod',
  state: 'current',
  asOf: at,
  reason: null,
  detail: null,
  retryAt: null,
};
const fleet: Fleet = {
  counts: counts(1041, 87, 44, 96, 16),
  before: null,
  trend: [],
  needs: [],
  needsTotal: { lines: 0, containers: 0 },
  byCluster: [],
  byRegistry: [],
  byTeam: [],
  sources: [cluster],
  releaseTags: counts(0),
  scanned: true,
  asOf: at,
};
const empty = { ...fleet, counts: counts(0) };

const namespaceRow = (
  namespace: string,
  strongest: PolicyMode,
  why: string | null,
): ControlRow => ({
  cluster: 'prod',
  namespace,
  workloads: 3,
  strongest,
  why,
  cells: [],
  asOf: at,
  stale: false,
});
const control: ControlMatrix = {
  items: [
    namespaceRow('sandbox', 'none', 'the namespace is not opted in'),
    namespaceRow('payments', 'enforce', null),
  ],
  engines: ['kyverno'],
  totals: { enforce: 1, warn: 0, audit: 0, none: 1 },
};
const gap = { workloads: 40, wouldRefuse: 12, refusedToday: 1, wouldError: 3, notEvaluated: 0 };

const scope = { cluster: [], namespace: [], team: [] };

function show(change: Partial<Fleet>, inScope: { cluster: string[] } = { cluster: [] }) {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } },
  });
  client.setQueryData(overviewKeys.scope({ ...scope, ...inScope }), { ...fleet, ...change });
  client.setQueryData(['scans'], { items: [] });
  client.setQueryData(policyKeys.control({ ...inScope, namespace: [], mode: [] }), control);
  client.setQueryData(policyKeys.gap(inScope.cluster), { gap, missing: [] });
  return render(
    <QueryClientProvider client={client}>
      <SearchParamsContext value={writeUrl(Scope, inScope)}>
        <Overview />
      </SearchParamsContext>
    </QueryClientProvider>,
  );
}

const text = () => document.body.textContent?.replaceAll(' ', ' ') ?? '';

describe('the overview', () => {
  it('reads the band aloud with the denominator', () => {
    show({});
    expect(text()).toContain(
      'Between 81 % and 88 % of 1,284 running containers are proven; 87 could not be checked.',
    );
  });

  it('makes every count a link to exactly its rows', () => {
    show({}, { cluster: ['prod'] });
    const links = screen.getAllByRole('link').map((link) => link.getAttribute('href'));
    expect(links).toContain('/workloads?cluster=prod&status=unsigned&activity=running');
  });

  it('says nothing about seven days ago before there were seven days', () => {
    show({});
    expect(text()).not.toContain('in 7 days');
  });

  it.each([
    ['better', counts(990, 75, 53, 131, 22), 'Better than on 14 Nov: 77–84 % of 1,271.'],
    ['worse', counts(1200, 60, 0, 0, 0), 'Worse than on 14 Nov: 95–100 % of 1,260.'],
    ['only wider', counts(1100, 1, 60, 100, 16), 'On 14 Nov it was 86–87 % of 1,277.'],
  ])('compares with a week ago: %s', (_, before, sentence) => {
    show({ before: { at: '2026-11-14T12:00:00.000Z', counts: before } });
    expect(text()).toContain(sentence);
  });

  it('counts namespaces by the mode in effect, and names those that nothing controls', () => {
    show({}, { cluster: ['prod'] });
    expect(screen.getByRole('link', { name: 'None 1' }).getAttribute('href')).toBe(
      '/policies?cluster=prod&strongest=none#control',
    );
    expect(text()).toContain('Nothing controls 1 namespace');
    expect(text()).toContain('prod / sandboxthe namespace is not opted in');
    expect(screen.getByText(/^Between 12 and 15 of the 40/).getAttribute('href')).toBe(
      '/policies/gap?cluster=prod',
    );
  });

  it('draws no trend from a single day, and says since when it is recorded', () => {
    show({ trend: [{ at, counts: fleet.counts }] });
    expect(text()).toContain('The trend begins on 21 Nov');
  });

  it('gives the trend as a table too', () => {
    const trend = ['2026-11-20T12:00:00.000Z', at].map((day) => ({
      at: day,
      counts: fleet.counts,
    }));
    show({ trend });
    const table = screen.getByRole('table', { name: /by day and status/, hidden: true });
    expect(within(table).getAllByRole('row', { hidden: true })).toHaveLength(3);
  });

  it('leads each need to the rows behind it', () => {
    const need = {
      kind: 'unsigned',
      reason: 'no-signature',
      severity: 'high',
      title: 'No signature found',
      remedy: 'Sign it.',
      owner: 'image owner',
      containers: 48,
      workloads: 22,
      where: ['docker.io/library'],
      retryAt: null,
    } as const;
    show({
      needs: [{ ...need, where: [...need.where] }],
      needsTotal: { lines: 12, containers: 243 },
    });
    expect(screen.getByText('No signature found').getAttribute('href')).toBe(
      '/workloads?finding=unsigned&reason=no-signature',
    );
    expect(text()).toContain('The first 1 of 12 lines, 243 containers with a finding in all.');
  });
});

describe('the empty overview', () => {
  const failed = { ...cluster, state: 'failed' as const, reason: 'cluster-unauthorized' as const };

  it.each([
    [
      'nothing is configured',
      { ...empty, sources: [], scanned: false },
      'Nothing is connected yet',
    ],
    ['no scan has run', { ...empty, scanned: false }, 'Not scanned yet'],
    ['no cluster could be read', { ...empty, sources: [failed] }, 'Cannot tell what runs'],
    ['nothing runs', empty, 'Nothing runs'],
  ])('says so when %s', (_, change, title) => {
    show(change);
    expect(screen.getByText(title)).toBeTruthy();
  });

  it('does not call a fleet empty because the scope is', () => {
    show(empty, { cluster: ['gone'] });
    expect(screen.getByText('Nothing runs in this scope')).toBeTruthy();
  });

  it('says that nothing needs anyone when all is good', () => {
    show({ counts: counts(166) });
    expect(text()).toContain('Nothing: 166 running containers and no finding.');
    expect(text()).toContain('All 166 running containers are proven.');
  });
});
