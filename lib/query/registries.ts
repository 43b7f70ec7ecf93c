import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { type PublishedFilter, RegistryDetail, RegistryList } from '#lib/contract/sources.ts';
import { fetchJson } from './fetch-json.ts';

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

/** Reads {@link registriesQuery}; waits for it, and fails into the boundary around it. */
export const useRegistries = () => useSuspenseQuery(registriesQuery());

/** Reads {@link registryQuery}; waits for it, and fails into the boundary around it. */
export const useRegistry = (host: string) => useSuspenseQuery(registryQuery(host));
