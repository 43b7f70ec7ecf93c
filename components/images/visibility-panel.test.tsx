// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { VisibilityRow } from '#lib/contract/disagreements.ts';
import { visibilityKey } from '#lib/query/visibility.ts';
import { VisibilityPanel } from './visibility-panel.tsx';

afterEach(cleanup);

const row: VisibilityRow = {
  cluster: 'prod',
  engine: 'kyverno',
  version: 'v1.15.2',
  evidence: `sha256:${'b'.repeat(64)}`,
  kind: 'sigstore-bundle',
  place: 'referrers-api',
  registry: 'ghcr.io',
  sees: 'no',
  why: 'This version reads signature tags only.',
};

function show(items: readonly VisibilityRow[]) {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } },
  });
  client.setQueryData(visibilityKey('sha256:aa'), { items });
  return render(
    <QueryClientProvider client={client}>
      <VisibilityPanel digest="sha256:aa" />
    </QueryClientProvider>,
  );
}

describe('who can see the signatures', () => {
  it('is not asked while no engine is installed', () => {
    expect(show([]).container.textContent).toBe('');
  });

  it('groups by engine and cluster, and counts what is not known apart', () => {
    show([
      row,
      { ...row, place: 'signature-tag', sees: 'yes', why: '' },
      { ...row, place: 'referrers-tag', sees: 'unknown' },
      { ...row, cluster: 'dev', sees: 'yes' },
    ]);
    expect(screen.getByText('sees 1 of 3 signatures, 1 not known')).toBeTruthy();
    expect(screen.getByText('sees 1 of 1 signature')).toBeTruthy();
    const table = screen.getByRole('table', {
      name: 'Signatures that Kyverno v1.15.2 in prod can see',
    });
    expect(within(table).getByText('Not known')).toBeTruthy();
    expect(within(table).getAllByText('This version reads signature tags only.')).toHaveLength(2);
  });

  it('names a kind or a place that it does not know as it stands', () => {
    show([{ ...row, kind: 'new-kind', place: 'new-place' }]);
    expect(screen.getByText('new-kind')).toBeTruthy();
    expect(screen.getByText(/new-place/)).toBeTruthy();
  });
});
