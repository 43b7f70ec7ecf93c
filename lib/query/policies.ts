import { queryOptions, useQuery } from '@tanstack/react-query';
import type { WorkloadAdmission } from '#lib/contract/decisions.ts';
import {
  ControlFilter,
  ControlMatrix,
  DecisionFilter,
  DecisionPage,
  type DecisionRow,
} from '#lib/contract/decisions.ts';
import { PolicyDetail, PolicyFilter, PolicyPage, type PolicyRow } from '#lib/contract/policies.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import type { WorkloadRow } from '#lib/contract/workloads.ts';
import { readAdmissionSources } from './admission.ts';
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
    queryFn: ({ signal }) => readControl(filter, signal),
  });

const readControl = (filter: ControlFilter, signal: AbortSignal): Promise<ControlMatrix> =>
  fetchJson(urlOf('/api/v1/control', writeUrl(ControlFilter, filter)), {
    response: ControlMatrix,
    signal,
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

/** Read as one: a page that shows it in parts would move. */
export const workloadAdmissionQuery = ({
  id,
  cluster,
  namespace,
}: Pick<WorkloadRow, 'id' | 'cluster' | 'namespace'>) =>
  queryOptions({
    queryKey: policyKeys.workload(id),
    queryFn: async ({ signal }): Promise<WorkloadAdmission> => {
      const [decisions, sources, control] = await Promise.all([
        readAll((cursor) => {
          const filter = writeUrl(DecisionFilter, { workload: [id] });
          const url = urlOf('/api/v1/decisions', pageParams(filter, cursor));
          return fetchJson(url, { response: DecisionPage, signal });
        }),
        readAdmissionSources(signal),
        readControl({ cluster: [cluster], namespace: [namespace], mode: [] }, signal),
      ]);
      return {
        decisions,
        complete: sources.missing.every((one) => one.cluster !== cluster),
        why: control.items.find((row) => row.cluster === cluster)?.why ?? null,
      };
    },
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

/** What {@link useWorkloadAdmission} tells; never neither of the two. */
export interface WorkloadAdmissionRead {
  readonly data: WorkloadAdmission | undefined;
  readonly error: Error | null;
}

/** Reads {@link workloadAdmissionQuery}; waits for the workload, and is undefined until it can tell. */
export function useWorkloadAdmission(
  workload: Parameters<typeof workloadAdmissionQuery>[0] | undefined,
): WorkloadAdmissionRead | undefined {
  const hydrated = useHydrated();
  const { data, error } = useQuery({
    ...workloadAdmissionQuery(workload ?? nobody),
    enabled: workload !== undefined,
  });
  return hydrated && (data !== undefined || error !== null) ? { data, error } : undefined;
}

const nobody = { id: '', cluster: '', namespace: '' };

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
