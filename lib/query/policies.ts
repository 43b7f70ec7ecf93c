import { queryOptions, useQuery } from '@tanstack/react-query';
import {
  ControlFilter,
  ControlMatrix,
  DecisionFilter,
  DecisionPage,
  type DecisionRow,
  PolicyDetail,
  PolicyFilter,
  PolicyPage,
  type PolicyRow,
} from '#lib/contract/policies.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { fetchJson } from './fetch-json.ts';
import { type ListQuery, listQuery } from './list.ts';
import { type List, useHydrated, useList } from './use-list.ts';

/** Every key under `all` is read again when a policy, a workload or a verdict changed. */
export const policyKeys = {
  all: ['policies'] as const,
  list: (filter: PolicyFilter) => [...policyKeys.all, 'list', filter] as const,
  detail: (id: string) => [...policyKeys.all, 'detail', id] as const,
  names: ['policies', 'names'] as const,
  control: (filter: ControlFilter) => [...policyKeys.all, 'control', filter] as const,
  decisions: (filter: DecisionFilter) => [...policyKeys.all, 'decisions', filter] as const,
  gap: (cluster: readonly string[]) => [...policyKeys.all, 'gap', cluster] as const,
  workload: (id: string) => [...policyKeys.all, 'workload', id] as const,
};

/** All policies of a filter, page by page; each page carries the audit gap of the whole filter. */
export const policiesQuery = (filter: PolicyFilter): ListQuery<PolicyPage> =>
  listQuery({
    queryKey: policyKeys.list(filter),
    path: '/api/v1/policies',
    filter: writeUrl(PolicyFilter, filter),
    response: PolicyPage,
  });

/** One policy with whom it trusts, its document, ways past it and what would make it enforce. */
export const policyQuery = (id: string) =>
  queryOptions({
    queryKey: policyKeys.detail(id),
    queryFn: ({ signal }) =>
      fetchJson(`/api/v1/policies/${encodeURIComponent(id)}`, { response: PolicyDetail, signal }),
  });

/** What each engine does in each namespace of the filter. */
export const controlQuery = (filter: ControlFilter) =>
  queryOptions({
    queryKey: policyKeys.control(filter),
    queryFn: ({ signal }) =>
      fetchJson(urlOf('/api/v1/control', writeUrl(ControlFilter, filter)), {
        response: ControlMatrix,
        signal,
      }),
  });

/** All decisions of a filter, page by page: one rule about one container each. */
export const decisionsQuery = (filter: DecisionFilter): ListQuery<DecisionPage> =>
  listQuery({
    queryKey: policyKeys.decisions(filter),
    path: '/api/v1/decisions',
    filter: writeUrl(DecisionFilter, filter),
    response: DecisionPage,
  });

const largestPage = '500';

/** Reads a list of ours to its end: for what is short, and shown whole or not at all. */
async function readAll<T>(read: (cursor: string | null) => Promise<Pages<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Pages<T> = await read(cursor);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}

interface Pages<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

const pageParams = (filter: URLSearchParams, cursor: string | null): URLSearchParams => {
  const params = new URLSearchParams(filter);
  params.set('limit', largestPage);
  if (cursor !== null) params.set('cursor', cursor);
  return params;
};

/** Every decision about one workload, of all its containers. */
export const workloadDecisionsQuery = (workload: string) =>
  queryOptions({
    queryKey: policyKeys.workload(workload),
    queryFn: ({ signal }) =>
      readAll((cursor) =>
        fetchJson(
          urlOf(
            '/api/v1/decisions',
            pageParams(writeUrl(DecisionFilter, { workload: [workload] }), cursor),
          ),
          { response: DecisionPage, signal },
        ),
      ),
  });

/** The audit gap of clusters: what the list of policies says beside its rows, of which one is enough. */
export const gapQuery = (cluster: readonly string[]) =>
  queryOptions({
    queryKey: policyKeys.gap(cluster),
    queryFn: async ({ signal }) => {
      const params = writeUrl(PolicyFilter, { cluster: [...cluster] });
      params.set('limit', '1');
      const { gap, missing } = await fetchJson(urlOf('/api/v1/policies', params), {
        response: PolicyPage,
        signal,
      });
      return { gap, missing };
    },
  });

/** All policies by name, for choosing among them. */
export const policyNamesQuery = () =>
  queryOptions({
    queryKey: policyKeys.names,
    queryFn: ({ signal }) =>
      readAll((cursor) =>
        fetchJson(
          urlOf('/api/v1/policies', pageParams(writeUrl(PolicyFilter, { sort: 'name' }), cursor)),
          { response: PolicyPage, signal },
        ),
      ),
  });

const policyKey = ({ id }: PolicyRow): string => id;
const decisionKey = ({ id }: DecisionRow): string => id;

/** Reads {@link policiesQuery}; the rows rest while `held`. */
export const usePolicies = (filter: PolicyFilter, held: boolean): List<PolicyRow, PolicyPage> =>
  useList(policiesQuery(filter), policyKey, held);

/** Reads {@link decisionsQuery}; the rows rest while `held`. */
export const useDecisions = (
  filter: DecisionFilter,
  held: boolean,
): List<DecisionRow, DecisionPage> => useList(decisionsQuery(filter), decisionKey, held);

/** Reads {@link policyQuery} for a panel or a page. */
export const usePolicy = (id: string) => useQuery(policyQuery(id));

/** What {@link useWorkloadDecisions} tells: all decisions, or neither they nor an error yet. */
export interface WorkloadDecisions {
  readonly data: readonly DecisionRow[] | undefined;
  readonly error: Error | null;
}

/** Reads {@link workloadDecisionsQuery}. */
export function useWorkloadDecisions(workload: string): WorkloadDecisions {
  const hydrated = useHydrated();
  const { data, error } = useQuery(workloadDecisionsQuery(workload));
  return { data: hydrated ? data : undefined, error: hydrated ? error : null };
}

/** Reads {@link policyNamesQuery}; undefined until all of them are there. */
export function usePolicyNames(): readonly PolicyRow[] | undefined {
  const hydrated = useHydrated();
  const { data } = useQuery(policyNamesQuery());
  return hydrated ? data : undefined;
}

/** What {@link useGap} tells. */
export type GapRead = Pick<PolicyPage, 'gap' | 'missing'>;

/** Reads {@link gapQuery}; undefined until it is there, and when it could not be read. */
export function useGap(cluster: readonly string[]): GapRead | undefined {
  const hydrated = useHydrated();
  const { data } = useQuery(gapQuery(cluster));
  return hydrated ? data : undefined;
}

/** What {@link useControl} tells; `data` is absent until it is there. */
export interface ControlRead {
  readonly data: ControlMatrix | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** Reads {@link controlQuery}; the matrix of the filter before stays until the new one is there. */
export function useControl(filter: ControlFilter): ControlRead {
  const hydrated = useHydrated();
  const { data, error, refetch } = useQuery({
    ...controlQuery(filter),
    placeholderData: (before: ControlMatrix | undefined) => before,
  });
  return {
    data: hydrated ? data : undefined,
    error: hydrated && data === undefined ? error : null,
    retry: () => void refetch(),
  };
}
