// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  act,
  cleanup,
  configure,
  fireEvent,
  render,
  screen,
  waitFor,
} from '@testing-library/react';
import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime';
import {
  PathnameContext,
  SearchParamsContext,
} from 'next/dist/shared/lib/hooks-client-context.shared-runtime';
import type { ComponentProps } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceList } from '#lib/contract/sources.ts';
import { sourceKeys } from '#lib/query/sources.ts';
import { AppShell } from './app-shell.tsx';

configure({ asyncUtilTimeout: 5_000 });

/** The event stream is not what these tests are about. */
class SilentEventSource {
  close() {}
}

type Router = NonNullable<ComponentProps<typeof AppRouterContext>['value']>;

const source = {
  kind: 'cluster',
  id: 'prod',
  name: 'prod',
  state: 'current',
  asOf: '2026-11-21T12:00:00.000Z',
  reason: null,
  detail: null,
  retryAt: null,
} as const;

let visited: string[];

beforeEach(() => {
  visited = [];
  Object.assign(globalThis, { EventSource: SilentEventSource });
});
afterEach(cleanup);

interface Shown {
  readonly path?: string;
  readonly search?: string;
  readonly sources?: Partial<SourceList>;
}

function show({ path = '/', search = '', sources = {} }: Shown = {}) {
  const client = new QueryClient({
    defaultOptions: {
      queries: { staleTime: Number.POSITIVE_INFINITY, retry: false, enabled: false },
    },
  });
  client.setQueryData(sourceKeys.sources, {
    items: [source],
    behind: 0,
    asOf: source.asOf,
    notice: null,
    problems: [],
    ...sources,
  });
  client.setQueryData(sourceKeys.scopes, { cluster: [{ value: 'prod', count: 3 }] });
  const router = { push: (href: string) => visited.push(href), prefetch: () => {} };
  return render(
    <AppRouterContext value={router as unknown as Router}>
      <PathnameContext value={path}>
        <SearchParamsContext value={new URLSearchParams(search)}>
          <QueryClientProvider client={client}>
            <AppShell preferences={{ theme: 'auto', rail: 'wide' }}>
              <h1>Page</h1>
              <input aria-label="Filter" />
            </AppShell>
          </QueryClientProvider>
        </SearchParamsContext>
      </PathnameContext>
    </AppRouterContext>,
  );
}

const press = (key: string, init: KeyboardEventInit = {}, target: Element = document.body) =>
  act(() => fireEvent.keyDown(target, { key, ...init }));

describe('the frame around every page', () => {
  it('offers landmarks and a way past the navigation', () => {
    show();
    expect(screen.getByRole('main').id).toBe('main');
    expect(screen.getByRole('navigation', { name: 'Main' })).toBeTruthy();
    expect(screen.getByText('Skip to content').getAttribute('href')).toBe('#main');
  });

  it('marks the page under which the reader is', () => {
    show({ path: '/registries/ghcr.io' });
    const current = screen.getAllByRole('link', { current: 'page' });
    expect(current.map((link) => link.title)).toEqual(['Registries']);
  });

  it('carries the scope of the URL along the rail', () => {
    show({ search: 'cluster=prod&status=unsigned' });
    expect(screen.getByTitle('Workloads').getAttribute('href')).toBe('/workloads?cluster=prod');
  });

  it.each([
    ['/', {}],
    ['k', { ctrlKey: true }],
    ['k', { metaKey: true }],
  ])('opens the palette with %s %o', async (key, init) => {
    show();
    press(key, init);
    await waitFor(() => expect(screen.getByRole('combobox', { name: 'Search' })).toBeTruthy());
  });

  it('lists the keys with ?', async () => {
    show();
    press('?');
    await waitFor(() => expect(screen.getByRole('dialog', { name: 'Keys' })).toBeTruthy());
  });

  it('takes a key of the first second for what it is, not for the end of a sequence', async () => {
    show();
    const event = new KeyboardEvent('keydown', { key: '?', bubbles: true, cancelable: true });
    Object.defineProperty(event, 'timeStamp', { value: 400 });
    act(() => void document.body.dispatchEvent(event));
    await waitFor(() => expect(screen.getByRole('dialog', { name: 'Keys' })).toBeTruthy());
  });

  it('goes to a page with g and its key, within the scope', () => {
    show({ search: 'team=search' });
    press('g');
    press('c');
    expect(visited).toEqual(['/clusters?team=search']);
  });

  it('leaves the keys to the field that is being written in', () => {
    show();
    press('/', {}, screen.getByLabelText('Filter'));
    press('?', {}, screen.getByLabelText('Filter'));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('names the stale cluster, its age and the cause', () => {
    show({ sources: { items: [source, { ...source, id: 's', name: 'staging', state: 'stale' }] } });
    const banner = screen.getByText(/1 of 2 clusters is stale/);
    expect(banner.textContent).toContain('staging last reported');
    expect(screen.getByText('See the cause').getAttribute('href')).toBe('/clusters#s');
  });

  it('claims nothing about a cluster that never answered', () => {
    show({ sources: { items: [{ ...source, state: 'failed', asOf: null }] } });
    expect(screen.getByText(/has not answered yet: nothing of it is shown/)).toBeTruthy();
  });

  it('shows the notice of the configuration on every page', () => {
    show({ sources: { notice: 'This is the lab.' } });
    expect(screen.getByText('This is the lab.')).toBeTruthy();
  });

  it('keeps the theme in a cookie that the server reads', async () => {
    show();
    fireEvent.click(screen.getByRole('button', { name: 'Theme' }));
    fireEvent.click(await screen.findByRole('menuitemradio', { name: 'Dark' }));
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(document.cookie).toContain('theme=dark');
  });
});
