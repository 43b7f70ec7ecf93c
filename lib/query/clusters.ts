import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { ClusterList } from '#lib/contract/sources.ts';
import { fetchJson } from './fetch-json.ts';

export const clusterKeys = { all: ['clusters'] as const };

/** All clusters with their state and counts. */
export const clustersQuery = () =>
  queryOptions({
    queryKey: clusterKeys.all,
    queryFn: ({ signal }) => fetchJson('/api/v1/clusters', { response: ClusterList, signal }),
  });

/** Reads {@link clustersQuery}; waits for it, and fails into the boundary around it. */
export const useClusters = () => useSuspenseQuery(clustersQuery());
