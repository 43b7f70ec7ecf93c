import { infiniteQueryOptions, queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import {
  PublishedFilter,
  PublishedPage,
  RegistryDetail,
  RegistryList,
} from '#lib/contract/sources.ts';
import { writeUrl } from '#lib/contract/url-state.ts';
import { fetchJson } from './fetch-json.ts';
import { type Cursor, pageUrl } from './list.ts';

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
export const publishedQuery = (filter: PublishedFilter) =>
  infiniteQueryOptions({
    queryKey: registryKeys.published(filter),
    queryFn: ({ pageParam, signal }) =>
      fetchJson(pageUrl('/api/v1/published', writeUrl(PublishedFilter, filter), pageParam), {
        response: PublishedPage,
        signal,
      }),
    initialPageParam: null as Cursor,
    getNextPageParam: (page): Cursor => page.next,
  });

/** Reads {@link registriesQuery}; waits for it, and fails into the boundary around it. */
export const useRegistries = () => useSuspenseQuery(registriesQuery());

/** Reads {@link registryQuery}; waits for it, and fails into the boundary around it. */
export const useRegistry = (host: string) => useSuspenseQuery(registryQuery(host));
