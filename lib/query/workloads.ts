import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Facets } from '#lib/contract/paging.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import {
  WorkloadDetail,
  WorkloadFilter,
  WorkloadPage,
  type WorkloadRow,
} from '#lib/contract/workloads.ts';
import { fetchJson } from './fetch-json.ts';
import { type ListQuery, listQuery } from './list.ts';
import { type List, useHydrated, useList } from './use-list.ts';

/** Every key under `all` is read again when a scan or a watch changed workloads. */
export const workloadKeys = {
  all: ['workloads'] as const,
  list: (filter: WorkloadFilter) => [...workloadKeys.all, 'list', filter] as const,
  facets: (filter: WorkloadFilter) => [...workloadKeys.all, 'facets', filter] as const,
  detail: (id: string) => [...workloadKeys.all, 'detail', id] as const,
};

/** All workloads of a filter, page by page. */
export const workloadsQuery = (filter: WorkloadFilter): ListQuery<WorkloadPage> =>
  listQuery({
    queryKey: workloadKeys.list(filter),
    path: '/api/v1/workloads',
    filter: writeUrl(WorkloadFilter, filter),
    response: WorkloadPage,
  });

/** The counts beside the filter bar. They do not depend on the order of the rows. */
export const workloadFacetsQuery = (filter: WorkloadFilter) => {
  const unordered = WorkloadFilter.parse({ ...filter, sort: undefined, order: undefined });
  return queryOptions({
    queryKey: workloadKeys.facets(unordered),
    queryFn: ({ signal }) =>
      fetchJson(urlOf('/api/v1/workloads/facets', writeUrl(WorkloadFilter, unordered)), {
        response: Facets,
        signal,
      }),
  });
};

/** One workload with its containers, findings and history. */
export const workloadQuery = (id: string) =>
  queryOptions({
    queryKey: workloadKeys.detail(id),
    queryFn: ({ signal }) =>
      fetchJson(`/api/v1/workloads/${encodeURIComponent(id)}`, {
        response: WorkloadDetail,
        signal,
      }),
  });

const rowKey = ({ id }: WorkloadRow): string => id;

/** Reads {@link workloadsQuery}; the rows rest while `held`. */
export const useWorkloads = (
  filter: WorkloadFilter,
  held: boolean,
): List<WorkloadRow, WorkloadPage> => useList(workloadsQuery(filter), rowKey, held);

/**
 * Reads {@link workloadFacetsQuery}; the counts of the filter before stay until the new ones are there.
 */
export function useWorkloadFacets(filter: WorkloadFilter): Facets | undefined {
  const hydrated = useHydrated();
  const { data } = useQuery({
    ...workloadFacetsQuery(filter),
    placeholderData: (before: Facets | undefined) => before,
  });
  return hydrated ? data : undefined;
}

/** Reads {@link workloadQuery} for a panel that opens in the browser. */
export const useWorkload = (id: string) => useQuery(workloadQuery(id));

/** Reads {@link workloadQuery} for a page: suspends until it is there. */
export const useWorkloadPage = (id: string): WorkloadDetail =>
  useSuspenseQuery(workloadQuery(id)).data;
