'use client';

import {
  keepPreviousData,
  type QueryKey,
  useInfiniteQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { Page } from '#lib/contract/paging.ts';
import type { ListQuery } from './list.ts';

/** Pages that are quietly read again; a longer list is only read again when the reader asks. */
const quietPages = 3;

/** What a page shows of a list. */
export interface List<Row, P> {
  readonly rows: readonly Row[];
  /** The last page read, for what it says of the whole list. */
  readonly page: P | undefined;
  readonly error: Error | null;
  readonly pending: boolean;
  /** The rows are still those of the filter before. */
  readonly outdated: boolean;
  readonly fetching: boolean;
  readonly more: boolean;
  readonly fetchMore: () => void;
  /** The server has news that these rows do not show. */
  readonly changed: boolean;
  /** Reads everything shown once more. */
  readonly show: () => void;
}

/**
 * Reads a list page by page and holds it still: while `held` (the pointer or the keyboard is in the
 * rows), or when the reader has scrolled past the first pages, news from the server only raises
 * `changed`; `show` fetches it. Otherwise the rows are read again at once.
 */
export function useList<Row, P extends Page<Row>>(
  query: ListQuery<P>,
  keyOf: (row: Row) => string,
  held: boolean,
): List<Row, P> {
  const { data, error, isPending, isPlaceholderData, isFetching, hasNextPage, ...read } =
    useInfiniteQuery({
      ...query,
      placeholderData: keepPreviousData,
      // Pages never change in place; comparing 100,000 rows with every new page would cost seconds.
      structuralSharing: false,
      enabled: ({ state }) =>
        state.data === undefined || (!held && state.data.pages.length <= quietPages),
    });
  const { fetchNextPage, refetch } = read;
  const hydrated = useHydrated();
  const invalidated = useInvalidated(query.queryKey);
  const rows = useMemo(() => unique<Row>(data?.pages ?? [], keyOf), [data, keyOf]);
  const page = data?.pages.at(-1);
  // Rows that came or went between two pages: the count is of now, the first rows are older.
  const drifted = page !== undefined && !hasNextPage && rows.length !== page.total;
  return {
    rows: hydrated ? rows : none,
    page: hydrated ? page : undefined,
    error: hydrated ? error : null,
    pending: isPending || !hydrated,
    outdated: isPlaceholderData,
    fetching: isFetching,
    more: hasNextPage,
    fetchMore: useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]),
    changed: (invalidated || drifted) && !isFetching && error === null,
    show: useCallback(() => void refetch(), [refetch]),
  };
}

const none: readonly never[] = [];
const never = () => () => {};

/**
 * False on the server and in the first render of the browser. Prefetched data may have arrived by
 * then, but the server wrote the page without it, and both must write the same.
 */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );

/** Keyset pages do not overlap, but a row whose rank changed between two reads may come twice. */
function unique<Row>(pages: readonly Page<Row>[], keyOf: (row: Row) => string): readonly Row[] {
  if (pages.length < 2) return pages[0]?.items ?? [];
  const byKey = new Map<string, Row>();
  for (const { items } of pages) for (const row of items) byKey.set(keyOf(row), row);
  return [...byKey.values()];
}

/** True once someone called `invalidateQueries` on a query that is held and thus not read again. */
function useInvalidated(queryKey: QueryKey): boolean {
  const client = useQueryClient();
  return useSyncExternalStore(
    useCallback((notify) => client.getQueryCache().subscribe(notify), [client]),
    () => client.getQueryState(queryKey)?.isInvalidated ?? false,
    () => false,
  );
}
