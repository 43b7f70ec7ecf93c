// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, configure, fireEvent, render, screen } from '@testing-library/react';
import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime';
import {
  PathnameContext,
  SearchParamsContext,
} from 'next/dist/shared/lib/hooks-client-context.shared-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BypassRow, ExceptionRow } from '#lib/contract/exceptions.ts';
import { ExceptionsView } from './exceptions-view.tsx';
import { Expiry } from './expiry.tsx';

configure({ asyncUtilTimeout: 5_000 });

const at = '2026-11-21T12:00:00.000Z';
const exception: ExceptionRow = {
  id: 'e1',
  cluster: 'prod',
  engine: 'kyverno',
  kind: 'policy-exception',
  object: 'PolicyException shop/legacy',
  policy: 'require-signed',
  policyId: 'p1',
  scope: 'Pods named legacy-* in shop',
  owner: null,
  expiresAt: '2020-01-01T00:00:00.000Z',
  createdAt: at,
  faults: ['expired', 'no-owner'],
  workloads: 3,
  why: 'It names the rule and these pods.',
  asOf: at,
  stale: false,
};
const bypass: BypassRow = {
  id: 'b1',
  cluster: 'prod',
  engine: 'kyverno',
  code: 'no-endpoints',
  name: 'validate.kyverno.svc',
  object: 'ValidatingWebhookConfiguration kyverno',
  effect: 'blocks',
  severity: 'critical',
  title: 'Nobody answers the webhook',
  why: 'The service has no ready endpoint.',
  remedy: 'Start the engine again.',
  workloads: 12,
  asOf: at,
  stale: false,
};

const originalFetch = globalThis.fetch;
const sizes: readonly (keyof HTMLElement)[] = ['offsetHeight', 'offsetWidth', 'clientHeight'];
const original = sizes.map((name) => Object.getOwnPropertyDescriptor(HTMLElement.prototype, name));
let asked: string[];
let server: {
  exceptions: readonly ExceptionRow[];
  engines: readonly object[];
  missing: readonly object[];
};

const json = (value: unknown) =>
  new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json' } });
const pageOf = (items: readonly unknown[]) => ({ items, next: null, total: items.length });

function answer(url: string): Response {
  if (url.startsWith('/api/v1/exceptions')) return json(pageOf(server.exceptions));
  if (url.startsWith('/api/v1/bypasses')) return json(pageOf([bypass]));
  if (url.startsWith('/api/v1/policies')) {
    const gap = { workloads: 0, wouldRefuse: 0, refusedToday: 0, wouldError: 0, notEvaluated: 0 };
    return json({ ...pageOf([]), unread: [], gap, ...server, exceptions: undefined });
  }
  const source = { kind: 'cluster', id: 'prod', name: 'prod', state: 'current', asOf: at };
  const items = [{ ...source, reason: null, detail: null, retryAt: null }];
  return json({ items, behind: 0, asOf: at, notice: null, problems: [] });
}

const engine = {
  cluster: 'prod',
  engine: 'kyverno',
  version: 'v1.15.2',
  namespace: 'kyverno',
  workload: 'kyverno-admission-controller',
};

beforeEach(() => {
  asked = [];
  server = { exceptions: [exception], engines: [engine], missing: [] };
  // There is no layout in this DOM: rows are drawn when the scroll area has a size.
  for (const name of sizes)
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, value: 400 });
  globalThis.fetch = (input) => {
    asked.push(String(input));
    return Promise.resolve(answer(String(input)));
  };
});
afterEach(() => {
  cleanup();
  globalThis.fetch = originalFetch;
  sizes.forEach((name, index) => {
    const descriptor = original[index];
    if (descriptor) Object.defineProperty(HTMLElement.prototype, name, descriptor);
    else Reflect.deleteProperty(HTMLElement.prototype, name);
  });
});

function show(search = '') {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = { push: () => {}, prefetch: () => {} } as never;
  window.history.replaceState(null, '', `/exceptions${search}`);
  return render(
    <AppRouterContext value={router}>
      <PathnameContext value="/exceptions">
        <SearchParamsContext value={new URLSearchParams(search)}>
          <QueryClientProvider client={client}>
            <ExceptionsView />
          </QueryClientProvider>
        </SearchParamsContext>
      </PathnameContext>
    </AppRouterContext>,
  );
}

describe('the ledger', () => {
  it('shows an exception with what is wrong with it and who relies on it', async () => {
    show();
    expect(await screen.findByText('PolicyException shop/legacy')).toBeTruthy();
    expect(screen.getByText('Expired, No owner')).toBeTruthy();
    expect(screen.getByText(/^expired/)).toBeTruthy();
    const count = screen.getByTitle('Show the workloads that rely on it');
    expect(count.getAttribute('href')).toContain('exception=e1');
    expect(screen.getByText('require-signed').closest('a')?.getAttribute('href')).toBe(
      '/policies/p1',
    );
  });

  it('opens a row with the keyboard', async () => {
    show();
    await screen.findByText('PolicyException shop/legacy');
    fireEvent.keyDown(document.body, { key: 'j' });
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Enter' });
    expect(new URLSearchParams(window.location.search).get('open')).toBe('e1');
  });

  it('says in the panel what to do about each fault', async () => {
    show('?open=e1');
    expect(await screen.findByText(/the engine does not read that date/)).toBeTruthy();
    expect(screen.getByText('Show the workloads that rely on it')).toBeTruthy();
  });

  it('says so when a linked exception is no longer there', async () => {
    show('?open=gone');
    expect(await screen.findByText('No such exception now')).toBeTruthy();
  });

  it('says which boxes above do not narrow it', async () => {
    show('?cluster=prod&namespace=shop&team=web');
    expect(await screen.findByText(/not narrowed by the namespace and team boxes/)).toBeTruthy();
    expect(asked).toContain('/api/v1/exceptions?cluster=prod');
  });

  it('asks for what the filter of the URL names', async () => {
    show('?fault=expired&kind=dry-run&engine=gatekeeper');
    await screen.findByText('PolicyException shop/legacy');
    expect(asked).toContain('/api/v1/exceptions?engine=gatekeeper&kind=dry-run&fault=expired');
  });
});

describe('a ledger without rows', () => {
  it('is good news when engines run and everything was read', async () => {
    server.exceptions = [];
    show();
    expect(await screen.findByText('No exceptions')).toBeTruthy();
  });

  it('is no news when admission objects could not be read', async () => {
    server = {
      exceptions: [],
      engines: [engine],
      missing: [{ cluster: 'prod', what: 'webhook configurations', detail: 'forbidden' }],
    };
    show();
    expect(await screen.findByText('Cannot tell')).toBeTruthy();
    expect(screen.queryByText('No exceptions')).toBeNull();
    expect(screen.getByText('webhook configurations')).toBeTruthy();
  });

  it('says that nothing enforces where no engine is installed', async () => {
    server = { exceptions: [], engines: [], missing: [] };
    show();
    expect(await screen.findByText('No engine is installed')).toBeTruthy();
  });
});

describe('the ways past the engines', () => {
  it('stand in a list of their own', async () => {
    show('?tab=bypasses&open=b1');
    expect((await screen.findAllByText('Nobody answers the webhook')).length).toBeGreaterThan(0);
    expect(screen.getByText('Ways past the engines').getAttribute('aria-current')).toBe('page');
    expect((await screen.findAllByText('Blocks pods')).length).toBeGreaterThan(0);
    expect(screen.getByText('Start the engine again.')).toBeTruthy();
    const link = screen.getByText('Show the workloads that could use it');
    expect(link.getAttribute('href')).toContain('bypass=b1');
  });
});

describe('an expiry', () => {
  it('tells the past from the future, and neither from nothing', () => {
    const day = 86_400_000;
    const from = (ms: number) => new Date(Date.now() + ms).toISOString();
    const { container, rerender } = render(<Expiry at={from(-3 * day)} />);
    const text = () => container.textContent?.replaceAll(' ', ' ');
    expect(text()).toBe('expired 3 d ago');
    rerender(<Expiry at={from(5 * day + 1000)} />);
    expect(text()).toBe('in 5 d');
    rerender(<Expiry at={null} />);
    expect(text()).toBe('none');
  });
});
