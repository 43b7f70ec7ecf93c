// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { DisagreementRow } from '#lib/contract/disagreements.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { disagreementKinds } from '#lib/model/admission.ts';
import { DisagreementPanel } from './disagreement-panel.tsx';
import { DisagreementView, disagreementFacetList, unfiltered } from './disagreement-view.ts';

afterEach(cleanup);

const at = '2026-11-21T12:00:00.000Z';
const digest = `sha256:${'a'.repeat(64)}`;
const row: DisagreementRow = {
  id: 'd1',
  kind: 'passes-and-we-refute',
  title: 'The engine passes what we refute',
  cluster: 'prod',
  namespace: 'shop',
  workloadId: 'w1',
  workload: 'cart',
  workloadKind: 'Deployment',
  team: null,
  container: 'main',
  image: 'ghcr.io/acme/cart:1',
  digest,
  engine: 'kyverno',
  engineVersion: 'v1.11.0',
  policy: 'require-signed',
  rule: 'signed',
  engineSays: 'pass',
  engineAt: at,
  weSay: 'refuse',
  status: 'unsigned',
  why: 'It reported a pass, and no signature was found.',
  source: 'https://github.com/kyverno/kyverno/issues/7525',
  remedy: 'Look at the image before trusting the green.',
  asOf: at,
  stale: false,
};
const show = (change: Partial<DisagreementRow> = {}) =>
  render(<DisagreementPanel row={{ ...row, ...change }} onClose={() => {}} />);

describe('the comparison', () => {
  it('sets the engine’s word beside ours, each with what it rests on', () => {
    show();
    expect(screen.getByText('Kyverno v1.11.0')).toBeTruthy();
    expect(screen.getByText('Passed')).toBeTruthy();
    expect(screen.getByText('Refused')).toBeTruthy();
    expect(screen.getByText('Unsigned')).toBeTruthy();
    expect(screen.getByText('How do we know?').getAttribute('href')).toBe(`/images/${digest}`);
    expect(screen.getByLabelText('Open the page').getAttribute('href')).toBe('/workloads/w1');
  });

  it('invents neither a version nor a time', () => {
    show({ engineVersion: null, engineAt: null });
    expect(screen.getByText('Kyverno (version not known)')).toBeTruthy();
    expect(screen.getByText('Its report has no time.')).toBeTruthy();
  });

  it('links the source of a defect when it is an https address', () => {
    show();
    expect(
      screen
        .getByText(/issues\/7525/)
        .closest('a')
        ?.getAttribute('href'),
    ).toBe(row.source);
  });

  it.each([
    'javascript:alert(1)',
    'http://example.com',
    'https://user:pass@example.com/',
    'data:text/html,x',
    'see the release notes',
  ])('shows %s as text', (source) => {
    show({ source });
    expect(screen.getByText(source).closest('a')).toBeNull();
  });
});

describe('the filter', () => {
  it('keeps scope, columns and the open row in the URL', () => {
    const query = 'cluster=prod&kind=silent&engine=kyverno&columns=team&open=d1&q=cart';
    const { value, dropped } = readUrl(DisagreementView, new URLSearchParams(query));
    expect(value).toMatchObject({ cluster: ['prod'], kind: ['silent'], open: 'd1', q: 'cart' });
    expect(dropped).toEqual([]);
  });

  it('offers every kind in words', () => {
    const kinds = disagreementFacetList.find(({ key }) => key === 'kind');
    const words = kinds?.values?.map(({ value }) => kinds.text?.(value));
    expect(new Set(words).size).toBe(disagreementKinds.length);
    expect(words).toContain('The engine said nothing');
  });

  it('takes back everything but the scope with "clear"', () => {
    const scope = ['cluster', 'namespace', 'team', 'columns', 'open'];
    expect([...Object.keys(unfiltered), ...scope].sort()).toEqual(
      Object.keys(DisagreementView.shape).sort(),
    );
  });
});
