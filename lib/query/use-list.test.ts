// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import { createElement, type ReactNode } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Page } from '#lib/contract/paging.ts';
import type { ListQuery } from './list.ts';
import { useList } from './use-list.ts';

interface Row {
  readonly id: string;
}
type RowPage = Page<Row>;
const page = (ids: string, total: number, next: string | null = null): RowPage => ({
  items: [...ids].map((id) => ({ id })),
  next,
  total,
});
const keyOf = ({ id }: Row) => id;

afterEach(cleanup);

/** A list over pages that the test may change; counts how often it was read. */
function listOf(pages: Record<string, RowPage>) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 1e9 } } });
  const reads: (string | null)[] = [];
  const query: ListQuery<RowPage> = {
    queryKey: ['rows', 'list'],
    queryFn: ({ pageParam }) => {
      reads.push(pageParam);
      const found = pages[pageParam ?? 'first'];
      return found ? Promise.resolve(found) : Promise.reject(new Error('no such page'));
    },
    initialPageParam: null,
    getNextPageParam: ({ next }) => next,
  };
  const view = renderHook(({ held }) => useList<Row, RowPage>(query, keyOf, held), {
    initialProps: { held: false },
    wrapper: ({ children }: { children: ReactNode }) =>
      createElement(QueryClientProvider, { client }, children),
  });
  const ids = () => view.result.current.rows.map(keyOf).join('');
  const news = () => act(() => client.invalidateQueries({ queryKey: ['rows'] }));
  return { view, reads, ids, news, pages };
}

describe('a list', () => {
  it('reads on until every row is there', async () => {
    const { view, ids } = listOf({ first: page('ab', 3, 'x'), x: page('c', 3) });
    await waitFor(() => expect(ids()).toBe('ab'));
    act(() => view.result.current.fetchMore());
    await waitFor(() => expect(ids()).toBe('abc'));
    expect(view.result.current).toMatchObject({ more: false, changed: false });
  });

  it('shows a row once that two pages have, and says that the rest moved', async () => {
    const { view, ids } = listOf({ first: page('ab', 4, 'x'), x: page('bc', 4) });
    await waitFor(() => expect(ids()).toBe('ab'));
    act(() => view.result.current.fetchMore());
    await waitFor(() => expect(ids()).toBe('abc'));
    expect(view.result.current.changed).toBe(true);
  });

  it('is read again at once when the server has news and nobody is among the rows', async () => {
    const { ids, news, pages } = listOf({ first: page('ab', 2) });
    await waitFor(() => expect(ids()).toBe('ab'));
    pages['first'] = page('abc', 3);
    await news();
    await waitFor(() => expect(ids()).toBe('abc'));
  });

  it('rests while the reader is among the rows, says that there is news, and shows it on request', async () => {
    const { view, ids, news, pages, reads } = listOf({ first: page('ab', 2) });
    await waitFor(() => expect(ids()).toBe('ab'));
    view.rerender({ held: true });
    pages['first'] = page('zab', 3);
    await news();
    expect({ ids: ids(), reads: reads.length }).toEqual({ ids: 'ab', reads: 1 });
    expect(view.result.current.changed).toBe(true);
    act(() => view.result.current.show());
    await waitFor(() => expect(ids()).toBe('zab'));
    expect(view.result.current.changed).toBe(false);
  });

  it('reads the news when the reader leaves the rows', async () => {
    const { view, ids, news, pages } = listOf({ first: page('ab', 2) });
    await waitFor(() => expect(ids()).toBe('ab'));
    view.rerender({ held: true });
    pages['first'] = page('b', 1);
    await news();
    view.rerender({ held: false });
    await waitFor(() => expect(ids()).toBe('b'));
  });

  it('keeps its rows and names the error when a later read fails', async () => {
    const { view, ids, news, pages } = listOf({ first: page('ab', 2) });
    await waitFor(() => expect(ids()).toBe('ab'));
    Reflect.deleteProperty(pages, 'first');
    await news();
    await waitFor(() => expect(view.result.current.error?.message).toBe('no such page'));
    expect(ids()).toBe('ab');
  });
});
