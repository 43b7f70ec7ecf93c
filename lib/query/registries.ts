import { queryOptions, useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import {
  PublishedFilter,
  PublishedPage,
  RegistryDetail,
  RegistryList,
} from '#lib/contract/sources.ts';
import { writeUrl } from '#lib/contract/url-state.ts';
import { fetchJson } from './fetch-json.ts';
import { type ListQuery, listQuery } from './list.ts';

export const registryKeys = {
  all: ['registries'] as const,
  list: ['registries', 'list'] as const,
  detail: (host: string) => [...registryKeys.all, 'detail', host] as const,
  published: (filter: PublishedFilter) => [...registryKeys.all, 'published', filter] as const,
};

/** All registries with their state and counts. */
export const registriesQuery = () =>
  queryOptions({
    queryKey: registryKeys.list,
    queryFn: ({ signal }) => fetchJson('/api/v1/registries', { response: RegistryList, signal }),
  });

/** One registry with its repositories. */
export const registryQuery = (host: string) =>
  queryOptions({
    queryKey: registryKeys.detail(host),
    queryFn: ({ signal }) =>
      fetchJson(`/api/v1/registries/${encodeURIComponent(host)}`, {
        response: RegistryDetail,
        signal,
      }),
  });

/** Published tags of a filter, page by page. */
export const publishedQuery = (filter: PublishedFilter): ListQuery<PublishedPage> =>
  listQuery({
    queryKey: registryKeys.published(filter),
    path: '/api/v1/published',
    filter: writeUrl(PublishedFilter, filter),
    response: PublishedPage,
  });

/** Reads {@link registriesQuery}; waits for it, and fails into the boundary around it. */
export const useRegistries = () => useSuspenseQuery(registriesQuery());

/** Reads {@link registryQuery}; waits for it, and fails into the boundary around it. */
export const useRegistry = (host: string) => useSuspenseQuery(registryQuery(host));

/** Reads {@link publishedQuery}: the rows so far, how many there are, and how to get more. */
export function usePublished(filter: PublishedFilter) {
  const query = useInfiniteQuery(publishedQuery(filter));
  const pages = query.data?.pages ?? [];
  return {
    rows: pages.flatMap(({ items }) => items),
    total: pages.at(-1)?.total,
    pending: query.isPending,
    // Rows that were read stay on screen when a later read fails.
    error: query.data === undefined ? query.error : null,
    more: query.hasNextPage,
    fetchingMore: query.isFetchingNextPage,
    fetchMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}
