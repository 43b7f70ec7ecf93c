import { queryOptions, useQuery } from '@tanstack/react-query';
import { Facets } from '#lib/contract/paging.ts';
import { SourceList } from '#lib/contract/sources.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { type Scope, WorkloadFilter, WorkloadPage } from '#lib/contract/workloads.ts';
import { fetchJson } from './fetch-json.ts';

/** What the frame around every page reads. */
export const sourceKeys = {
  sources: ['sources'] as const,
  /** Under `clusters`: the words come and go with what was read there. */
  scopes: ['clusters', 'scopes'] as const,
  /** Under `workloads`, so that it is read again with the list. */
  attention: (scope: Scope) => ['workloads', 'attention', scope] as const,
};

/** Age and state of everything that tells us something. */
export const sourcesQuery = () =>
  queryOptions({
    queryKey: sourceKeys.sources,
    queryFn: ({ signal }) => fetchJson('/api/v1/sources', { response: SourceList, signal }),
  });

/** The words of the scope boxes. */
export const scopesQuery = () =>
  queryOptions({
    queryKey: sourceKeys.scopes,
    queryFn: ({ signal }) => fetchJson('/api/v1/scopes', { response: Facets, signal }),
  });

/** Reads {@link sourcesQuery}. */
export const useSources = () => useQuery(sourcesQuery());

/** Reads {@link scopesQuery}. */
export const useScopes = () => useQuery(scopesQuery());

/** How many running workloads of the scope are not proven; the number beside "Workloads". */
export function useAttention(scope: Scope) {
  const filter = writeUrl(WorkloadFilter, {
    ...scope,
    status: ['invalid', 'unsigned', 'untrusted', 'inconclusive'],
    activity: 'running',
  });
  filter.set('limit', '1');
  return useQuery({
    queryKey: sourceKeys.attention(scope),
    queryFn: ({ signal }) =>
      fetchJson(urlOf('/api/v1/workloads', filter), { response: WorkloadPage, signal }),
    select: ({ total }) => total,
    placeholderData: (before) => before,
  });
}
