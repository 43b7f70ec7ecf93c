import type { QueryKey } from '@tanstack/react-query';
import type { z } from 'zod';
import type { Page } from '#lib/contract/paging.ts';
import { urlOf } from '#lib/contract/url-state.ts';
import { fetchJson } from './fetch-json.ts';

/** Opaque; null asks for the first page. */
export type Cursor = string | null;

/** Rows asked for once the first page is there: a reader who scrolls far wants few round trips. */
const laterPage = 500;

/** A list as the server prefetches it and the browser reads it on. */
export interface ListQuery<P> {
  readonly queryKey: QueryKey;
  readonly queryFn: (asked: { pageParam: Cursor; signal: AbortSignal }) => Promise<P>;
  readonly initialPageParam: Cursor;
  readonly getNextPageParam: (page: P) => Cursor;
}

interface ListSource<P> {
  readonly queryKey: QueryKey;
  readonly path: string;
  readonly filter: URLSearchParams;
  readonly response: z.ZodType<P>;
}

/** The query of a list of the API: first a page of the usual size, then larger ones. */
export const listQuery = <P extends Page<unknown>>(source: ListSource<P>): ListQuery<P> => ({
  queryKey: source.queryKey,
  queryFn: ({ pageParam, signal }) =>
    fetchJson(pageUrl(source.path, source.filter, pageParam), {
      response: source.response,
      signal,
    }),
  initialPageParam: null,
  getNextPageParam: ({ next }) => next,
});

function pageUrl(path: string, filter: URLSearchParams, cursor: Cursor): string {
  const params = new URLSearchParams(filter);
  if (cursor !== null) {
    params.set('cursor', cursor);
    params.set('limit', String(laterPage));
  }
  return urlOf(path, params);
}
