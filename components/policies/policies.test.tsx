// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime';
import {
  PathnameContext,
  SearchParamsContext,
} from 'next/dist/shared/lib/hooks-client-context.shared-runtime';
import type { ComponentProps, ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlFilter, DecisionFilter, type DecisionRow } from '#lib/contract/decisions.ts';
import { PolicyFilter } from '#lib/contract/policies.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { admissionKey } from '#lib/query/admission.ts';
import { policyKeys } from '#lib/query/policies.ts';
import { sourceKeys } from '#lib/query/sources.ts';
import {
  controlMatrix,
  controlRow,
  currentSources,
  decisionRow,
  gapCounts,
  policyDetail,
  policyPage,
  policyRow,
} from '#tests/builders/policy-rows.ts';
import { GapView } from './gap-view.tsx';
import { PoliciesView } from './policies-view.tsx';
import { PolicyPage } from './policy-page.tsx';

const sizes: readonly (keyof HTMLElement)[] = ['offsetHeight', 'offsetWidth', 'clientHeight'];
const original = sizes.map((name) => Object.getOwnPropertyDescriptor(HTMLElement.prototype, name));
let visited: string[];

beforeEach(() => {
  visited = [];
  window.history.replaceState(null, '', '/policies');
  // There is no layout in this DOM: without a height no row would be in sight.
  for (const name of sizes)
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, value: 392 });
});
afterEach(() => {
  cleanup();
  sizes.forEach((name, index) => {
    const descriptor = original[index];
    if (descriptor) Object.defineProperty(HTMLElement.prototype, name, descriptor);
    else Reflect.deleteProperty(HTMLElement.prototype, name);
  });
});

type Router = NonNullable<ComponentProps<typeof AppRouterContext>['value']>;
const filterOf = (query: string) => readUrl(PolicyFilter, new URLSearchParams(query)).value;
const decisionsOf = (query: string) => readUrl(DecisionFilter, new URLSearchParams(query)).value;

interface Known {
  readonly page?: ReturnType<typeof policyPage>;
  readonly detail?: ReturnType<typeof policyDetail>;
  readonly decisions?: readonly (readonly [query: string, rows: readonly DecisionRow[]])[];
  readonly query?: string;
}

function show(view: ReactNode, { page = policyPage(), detail, decisions = [], query = '' }: Known) {
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } },
  });
  const list = <T,>(one: T) => ({ pages: [one], pageParams: [null] });
  const control = [controlRow(), controlRow({ namespace: 'infra', strongest: 'none' })];
  client.setQueryData(sourceKeys.sources, currentSources);
  client.setQueryData(policyKeys.list(filterOf(query)), list(page));
  client.setQueryData(admissionKey, { engines: page.engines, missing: page.missing });
  client.setQueryData(
    policyKeys.control(readUrl(ControlFilter, new URLSearchParams(query)).value),
    controlMatrix(control),
  );
  client.setQueryData(policyKeys.names, page.items);
  if (detail) client.setQueryData(policyKeys.detail(detail.id), detail);
  for (const [text, items] of decisions)
    client.setQueryData(
      policyKeys.decisions(decisionsOf(text)),
      list({ items, next: null, total: items.length, workloads: items.length }),
    );
  const router = { push: (href: string) => visited.push(href), prefetch: () => {} };
  return render(
    <AppRouterContext value={router as unknown as Router}>
      <PathnameContext value="/policies">
        <SearchParamsContext value={new URLSearchParams(query)}>
          <QueryClientProvider client={client}>{view}</QueryClientProvider>
        </SearchParamsContext>
      </PathnameContext>
    </AppRouterContext>,
  );
}

const text = () => document.body.textContent ?? '';
const press = (key: string, init: KeyboardEventInit = {}) =>
  act(() => fireEvent.keyDown(document.activeElement ?? document.body, { key, ...init }));

describe('the page of policies', () => {
  it('says the audit gap as a range, and each part of it leads to its rows', () => {
    show(<PoliciesView />, {});
    expect(text()).toContain('12–15');
    expect(text()).toContain(
      'Between 12 and 15 of the 100 workloads that a policy is about get in today and would be refused if every policy enforced.',
    );
    const parts = screen.getByRole('link', { name: /3 would be blocked: nobody could look/ });
    expect(parts.getAttribute('href')).toBe('/policies/decisions?enforced=error');
    expect(screen.getByRole('link', { name: /12 would be refused/ }).getAttribute('href')).toBe(
      '/policies/gap',
    );
  });

  it('names what could not be read, and claims no whole figure then', () => {
    const missing = [{ cluster: 'edge', what: 'clusterpolicies', detail: '403 forbidden' }];
    show(<PoliciesView />, { page: policyPage({ missing }) });
    expect(text()).toContain('edge: clusterpolicies, 403 forbidden');
    expect(text()).toContain('Not everything could be read, so there may be more.');
  });

  it('names objects that nobody reads with the field and the message', () => {
    const unread = [
      {
        cluster: 'prod',
        group: 'kyverno.io',
        kind: 'ClusterPolicy',
        namespace: null,
        name: 'broken',
        problems: [{ path: 'spec.rules[0].verifyImages', message: 'is not a list' }],
      },
    ];
    show(<PoliciesView />, { page: policyPage({ unread }) });
    const panel = screen.getByRole('region', { name: 'Not read' });
    expect(panel.textContent).toContain('broken ClusterPolicy.kyverno.io in prod');
    expect(panel.textContent).toContain('spec.rules[0].verifyImages: is not a list');
  });

  it('shows engines with their versions, and says where a version is not known', () => {
    const engines = (['v1.15.2', null] as const).map((version, index) => ({
      cluster: `c${index}`,
      engine: 'kyverno' as const,
      version,
      namespace: 'kyverno',
      workload: 'admission',
    }));
    show(<PoliciesView />, { page: policyPage({ engines }) });
    const table = screen.getByRole('table', { name: /Engines by cluster/ });
    expect(table.textContent).toContain('v1.15.2');
    expect(table.textContent).toContain('not known');
    expect(text()).toContain('2 engines in 2 clusters');
  });

  it('marks a policy that verifies nothing, and one of which a part is not evaluated', () => {
    const items = [
      policyRow({ id: 'a', name: 'passes-all', verifies: false }),
      policyRow({ id: 'b', name: 'half', unevaluated: ['a condition in rego'] }),
    ];
    show(<PoliciesView />, { page: policyPage({ items }) });
    expect(screen.getByText('Verifies nothing')).toBeTruthy();
    expect(screen.getByText('1 part not evaluated: a condition in rego')).toBeTruthy();
  });

  it('opens the row with Enter and its page with Shift+Enter', () => {
    show(<PoliciesView />, { detail: policyDetail() });
    press('j');
    press('Enter');
    expect(window.location.search).toBe('?open=p1');
    press('Enter', { shiftKey: true });
    expect(visited).toEqual(['/policies/p1']);
  });

  it('narrows the list by engine and the matrix by mode through the URL', () => {
    show(<PoliciesView />, {});
    fireEvent.click(screen.getByRole('checkbox', { name: 'Would refuse more' }));
    expect(window.location.search).toBe('?gap=yes');
    const modes = screen.getByRole('group', { name: 'Strongest mode in effect' });
    fireEvent.click(within(modes).getByRole('checkbox', { name: /None/ }));
    expect(window.location.search).toContain('strongest=none');
  });

  it('says that policies are those of whole clusters when a namespace is chosen', () => {
    show(<PoliciesView />, { query: 'namespace=shop' });
    expect(text()).toMatch(/Policies and their figures .*namespace/);
  });
});

describe('the audit gap of the fleet', () => {
  it('asks for the gap and nothing else, and exports the same', () => {
    show(<GapView />, { decisions: [['gap=yes', [decisionRow()]]] });
    const row = screen.getByRole('row', { name: /cart/ });
    expect(row.textContent).toContain('Admitted');
    expect(row.textContent).toContain('Refused');
    expect(row.textContent).toContain('no signature of the release key');
    fireEvent.click(screen.getByRole('button', { name: /Export/ }));
    expect(screen.getByRole('link', { name: /^CSV/ }).getAttribute('href')).toBe(
      '/api/v1/decisions/export?gap=yes&as=csv',
    );
  });

  it('says of an empty scope nothing about the rest of the fleet', () => {
    show(<GapView />, { query: 'namespace=shop', decisions: [['gap=yes&namespace=shop', []]] });
    expect(screen.getByText('No decisions in this scope')).toBeTruthy();
    expect(screen.queryByText('No refusal is known')).toBeNull();
  });

  it('does not call an empty gap good while something may not have been told', () => {
    show(<GapView />, { decisions: [['gap=yes', []]] });
    expect(screen.getByText('No refusal is known')).toBeTruthy();
    expect(screen.getByText('See what could not be told').getAttribute('href')).toBe(
      '/policies/decisions?enforced=error&enforced=not-evaluated',
    );
  });
});

describe('the page of one policy', () => {
  const decisions = [['policy=p1', [decisionRow()]]] as const;

  it('leads to its simulation and says that nothing is applied', () => {
    const patch = {
      diff: '-  failureAction: Audit\n+  failureAction: Enforce',
      command: 'kubectl patch',
    };
    show(<PolicyPage id="p1" />, { detail: policyDetail({ patch }), decisions });
    expect(screen.getByRole('link', { name: 'Simulate enforcement' }).getAttribute('href')).toBe(
      '/simulate?policy=p1',
    );
    expect(text()).toContain('Sealwatch applies nothing.');
    expect(screen.getByRole('button', { name: 'Copy the patch' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Copy the command' })).toBeTruthy();
  });

  it('shows a document as text, whatever it holds', () => {
    const document = 'name: "<img src=x onerror=alert(1)>"';
    const { container } = show(<PolicyPage id="p1" />, {
      detail: policyDetail({ document }),
      decisions,
    });
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByRole('region', { name: 'the document' }).textContent).toBe(document);
  });

  it('narrows what it says by the outcome of enforcing', () => {
    show(<PolicyPage id="p1" />, { detail: policyDetail(), decisions });
    const chips = screen.getByRole('group', { name: 'If enforced' });
    fireEvent.click(within(chips).getByRole('checkbox', { name: 'Could not be checked' }));
    expect(window.location.search).toBe('?enforced=error');
  });

  it('says whom it trusts, and why a key could not be used', () => {
    const trusted = [
      {
        name: 'release',
        kind: 'key',
        trusts: ['awskms:///alias/release'],
        trustRoot: null,
        demands: [],
        problem: 'no credentials for the key service',
      },
    ];
    show(<PolicyPage id="p1" />, { detail: policyDetail({ trusted }), decisions });
    const panel = screen.getByRole('region', { name: 'Trusts' });
    expect(panel.textContent).toContain('awskms:///alias/release');
    expect(panel.textContent).toContain('Could not be used: no credentials for the key service');
  });

  it('says of a policy that verifies nothing that it is no control', () => {
    const detail = policyDetail({ verifies: false, counts: gapCounts({ workloads: 0 }) });
    show(<PolicyPage id="p1" />, { detail, decisions: [['policy=p1', []]] });
    expect(text()).toContain('It verifies nothing');
    expect(text()).toContain('Nobody: it asks for no signature and no attestation.');
    expect(screen.getByText('It is about nothing')).toBeTruthy();
  });
});
