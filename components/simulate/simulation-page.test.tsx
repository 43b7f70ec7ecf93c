// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime';
import {
  PathnameContext,
  SearchParamsContext,
} from 'next/dist/shared/lib/hooks-client-context.shared-runtime';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Simulation, SimulationRow } from '#lib/contract/simulations.ts';
import { SimulateView } from './simulate-view.tsx';
import { SimulationPage } from './simulation-page.tsx';

configure({ asyncUtilTimeout: 5_000 });

const at = '2026-11-21T12:00:00.000Z';
const running: Simulation = {
  id: 's1',
  request: {
    suppose: { kind: 'enforce', policies: ['p1'] },
    days: 0,
    namespaces: [],
  },
  title: 'require-signed enforces',
  state: 'running',
  createdAt: at,
  finishedAt: null,
  asOf: at,
  done: 120,
  total: 400,
  counts: {
    workloads: 0,
    newlyRefused: 0,
    newlyAdmitted: 0,
    stillRefused: 0,
    newlyError: 0,
    notEvaluated: 0,
    unchanged: 0,
  },
  byOwner: [],
  byReason: [],
  byEvent: [],
  patches: [],
  problem: null,
};
const done: Simulation = {
  ...running,
  state: 'done',
  finishedAt: at,
  done: 400,
  counts: { ...running.counts, workloads: 40, newlyRefused: 2, newlyError: 1, unchanged: 37 },
  byOwner: [
    { team: 'web', workloads: 2 },
    { team: null, workloads: 1 },
  ],
  byReason: [{ why: 'no signature "found" under key a', workloads: 2 }],
  byEvent: [{ event: 'rollout', workloads: 3 }],
  patches: [
    {
      policy: 'ClusterPolicy require-signed',
      command: 'kubectl patch clusterpolicy require-signed',
      diff: '-  validationFailureAction: Audit\n+  validationFailureAction: Enforce\n',
    },
  ],
};
const row: SimulationRow = {
  id: 'r1',
  change: 'newly-refused',
  cluster: 'prod',
  namespace: 'shop',
  workloadId: 'w1',
  workload: 'cart',
  workloadKind: 'Deployment',
  team: 'web',
  container: 'cart',
  image: 'ghcr.io/acme/cart:1',
  policy: 'require-signed',
  rule: 'signed',
  today: 'admit',
  supposed: 'refuse',
  why: 'no signature found',
  event: 'rollout',
  eventDetail: 'Its next rollout makes new pods.',
  pods: 3,
  lastSeen: null,
};

interface Call {
  readonly url: string;
  readonly method: string;
  readonly body: unknown;
}
const originalFetch = globalThis.fetch;
let calls: Call[];
let visited: string[];
/** What the server says now; a test changes it as the server would. */
let server: { simulation: Simulation; refuses?: string };

const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json' },
  });

function answer({ url, method }: Call): Response {
  const page = { next: null, total: 1 };
  if (url.startsWith('/api/v1/policies'))
    return json({
      items: [],
      next: null,
      total: 0,
      unread: [],
      gap: { workloads: 0, wouldRefuse: 0, refusedToday: 0, wouldError: 0, notEvaluated: 0 },
      engines: [],
      missing: [],
    });
  if (url.startsWith('/api/v1/scopes'))
    return json({
      cluster: [{ value: 'prod', count: 3 }],
      namespace: [{ value: 'shop', count: 2 }],
      team: [],
    });
  if (url.startsWith('/api/v1/sources'))
    return json({ items: [], behind: 0, asOf: at, notice: null, problems: [] });
  if (url.includes('/rows')) return json({ ...page, items: [row] });
  if (method === 'DELETE') {
    server.simulation = { ...server.simulation, state: 'stopped', finishedAt: at };
    return json(server.simulation);
  }
  if (method === 'POST')
    return server.refuses === undefined
      ? json(server.simulation, 202)
      : json({ type: 'about:blank', title: server.refuses, status: 422 }, 422);
  return url === '/api/v1/simulations'
    ? json({ items: [server.simulation] })
    : json(server.simulation);
}

beforeEach(() => {
  calls = [];
  visited = [];
  server = { simulation: running };
  globalThis.fetch = (input, init) => {
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
    const call = { url: String(input), method: init?.method ?? 'GET', body };
    calls.push(call);
    return Promise.resolve(answer(call));
  };
});
afterEach(() => {
  cleanup();
  globalThis.fetch = originalFetch;
});

function show(page: ReactNode, search = '') {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = { push: (href: string) => visited.push(href), prefetch: () => {} } as never;
  window.history.replaceState(null, '', `/simulate${search}`);
  return render(
    <AppRouterContext value={router}>
      <PathnameContext value="/simulate">
        <SearchParamsContext value={new URLSearchParams(search)}>
          <QueryClientProvider client={client}>{page}</QueryClientProvider>
        </SearchParamsContext>
      </PathnameContext>
    </AppRouterContext>,
  );
}

const text = () => document.body.textContent?.replaceAll(' ', ' ') ?? '';

describe('a simulation', () => {
  it('shows how far it is, and by itself what it came to', async () => {
    show(<SimulationPage id="s1" />);
    const bar = await screen.findByRole('progressbar', { name: 'Workloads looked at' });
    expect(bar.getAttribute('aria-valuenow')).toBe('120');
    expect(bar.getAttribute('aria-valuemax')).toBe('400');
    expect(text()).toContain('120 of 400 workloads');
    expect(text()).not.toContain('would be refused');
    server.simulation = done;
    await screen.findByText('2 workloads that run today would be refused at their next rollout.');
    expect(text()).toContain('1 could not be checked');
    expect(text()).toContain('400 workloads looked at, 40 of them under a policy.');
    expect(screen.queryByRole('progressbar')).toBeNull();
  });

  it('stops when asked to, and keeps no part of a result', async () => {
    show(<SimulationPage id="s1" />);
    fireEvent.click(await screen.findByRole('button', { name: 'Stop' }));
    await waitFor(() => expect(text()).toContain('It was stopped after 120 of 400 workloads.'));
    expect(calls.some(({ method }) => method === 'DELETE')).toBe(true);
    expect(text()).not.toContain('would be refused');
  });

  it('leads each number to its rows', async () => {
    server.simulation = done;
    show(<SimulationPage id="s1" />);
    const owner = await screen.findByRole('link', { name: 'web' });
    expect(owner.getAttribute('href')).toBe(
      '/simulate/s1?change=newly-error&change=newly-refused&team=web#workloads',
    );
    const reason = screen.getByRole('link', { name: /no signature/ });
    expect(new URL(reason.getAttribute('href') ?? '', 'http://x').searchParams.get('q')).toBe(
      '"no signature *found* under key a"',
    );
    expect(screen.getByText('1 more for other reasons; the rows below name each.')).toBeTruthy();
  });

  it('gives the patch to copy and says that nothing is applied', async () => {
    server.simulation = done;
    show(<SimulationPage id="s1" />);
    await screen.findByText(/Sealwatch applies nothing to any cluster/);
    expect(text()).toContain('kubectl patch clusterpolicy require-signed');
  });

  it('says why it failed, and shows no result', async () => {
    server.simulation = { ...running, state: 'failed', problem: 'The cluster was removed.' };
    show(<SimulationPage id="s1" />);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The cluster was removed.');
    expect(text()).not.toContain('would be refused');
  });

  it('says that nothing would change only of workloads that no policy is about', async () => {
    server.simulation = { ...done, counts: running.counts, patches: [] };
    show(<SimulationPage id="s1" />);
    await screen.findByText('Nothing would change');
  });

  it('runs again with the same request under a link of its own', async () => {
    server.simulation = done;
    show(<SimulationPage id="s1" />);
    fireEvent.click(await screen.findByRole('button', { name: 'Run again' }));
    await waitFor(() => expect(visited).toEqual(['/simulate/s1']));
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual(done.request);
  });
});

describe('the form', () => {
  it('asks for what the link supposes, by the keyboard alone', async () => {
    show(<SimulateView />, '?policy=p1&days=7');
    const form = await screen.findByRole('form', { name: 'What to suppose' });
    fireEvent.keyDown(form, { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(visited).toEqual(['/simulate/s1']));
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({
      suppose: { kind: 'enforce', policies: ['p1'] },
      days: 7,
      namespaces: [],
    });
  });

  it('names what is missing, and asks for nothing', async () => {
    show(<SimulateView />);
    fireEvent.click(await screen.findByRole('button', { name: 'Simulate' }));
    expect((await screen.findByRole('alert')).textContent).toBe('Choose at least one policy.');
    expect(calls.some(({ method }) => method === 'POST')).toBe(false);
  });

  it('shows what the server refuses, in its words', async () => {
    server.refuses = 'Document 1 is not YAML: line 3';
    show(<SimulateView />, '?kind=replace&cluster=prod');
    const field = await screen.findByLabelText('Policies as they would be');
    fireEvent.change(field, { target: { value: 'kind: [' } });
    fireEvent.click(screen.getByRole('button', { name: 'Simulate' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Document 1 is not YAML');
    expect(visited).toEqual([]);
  });

  it('lists earlier simulations with how they stand', async () => {
    server.simulation = done;
    show(<SimulateView />);
    const link = await screen.findByRole('link', { name: 'require-signed enforces' });
    expect(link.getAttribute('href')).toBe('/simulate/s1');
    expect(screen.getByText('2–3')).toBeTruthy();
  });
});
