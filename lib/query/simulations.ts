import {
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
} from '@tanstack/react-query';
import { PolicyDetail, PolicyPage, type PolicyRow } from '#lib/contract/policies.ts';
import {
  Simulation,
  SimulationList,
  SimulationPage,
  type SimulationRequest,
  type SimulationRow,
  SimulationRowFilter,
} from '#lib/contract/simulations.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { fetchJson } from './fetch-json.ts';
import { type ListQuery, listQuery } from './list.ts';
import { type List, useList } from './use-list.ts';

/** While one is computed its progress is asked for so often; nothing announces it. */
const progressMs = 1_000;
/** The largest page of a list: the choice of policies is read whole. */
const wholePage = '500';

export const simulationKeys = {
  all: ['simulations'] as const,
  list: ['simulations', 'list'] as const,
  detail: (id: string) => [...simulationKeys.all, 'detail', id] as const,
  rows: (id: string, filter: SimulationRowFilter) =>
    [...simulationKeys.all, 'rows', id, filter] as const,
  /** Under `policies`, so that it is read again with them. */
  choices: ['policies', 'choices'] as const,
};

const pathOf = (id: string): string => `/api/v1/simulations/${encodeURIComponent(id)}`;

/** True while a simulation waits or is computed. */
export const isUnderWay = ({ state }: Pick<Simulation, 'state'>): boolean =>
  state === 'queued' || state === 'running';

/** Earlier simulations, newest first. */
export const simulationsQuery = () =>
  queryOptions({
    queryKey: simulationKeys.list,
    queryFn: ({ signal }) => fetchJson('/api/v1/simulations', { response: SimulationList, signal }),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) ? progressMs : false),
  });

/** One simulation with its progress; read again every second until it has ended. */
export const simulationQuery = (id: string) =>
  queryOptions({
    queryKey: simulationKeys.detail(id),
    queryFn: ({ signal }) => fetchJson(pathOf(id), { response: Simulation, signal }),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? progressMs : false),
  });

/** What would become of each workload, page by page. */
export const simulationRowsQuery = (
  id: string,
  filter: SimulationRowFilter,
): ListQuery<SimulationPage> =>
  listQuery({
    queryKey: simulationKeys.rows(id, filter),
    path: `${pathOf(id)}/rows`,
    filter: writeUrl(SimulationRowFilter, filter),
    response: SimulationPage,
  });

/** What can be supposed to enforce, and what of it could not be read. */
export interface PolicyChoices {
  readonly items: readonly PolicyRow[];
  readonly missing: PolicyPage['missing'];
  readonly engines: PolicyPage['engines'];
}

/** Every policy of every cluster, for the boxes that choose among them. */
export const policyChoicesQuery = () =>
  queryOptions({
    queryKey: simulationKeys.choices,
    queryFn: ({ signal }) => readChoices(signal),
  });

async function readChoices(signal: AbortSignal): Promise<PolicyChoices> {
  const items: PolicyRow[] = [];
  const params = new URLSearchParams({ limit: wholePage, sort: 'name' });
  for (;;) {
    const page = await fetchJson(urlOf('/api/v1/policies', params), {
      response: PolicyPage,
      signal,
    });
    items.push(...page.items);
    if (page.next === null) return { items, missing: page.missing, engines: page.engines };
    params.set('cursor', page.next);
  }
}

/** Reads {@link simulationsQuery}; waits for it, and fails into the boundary around it. */
export const useSimulations = () => useSuspenseQuery(simulationsQuery()).data;

/** Reads {@link simulationQuery} for a page: suspends until it is there. */
export const useSimulation = (id: string) => useSuspenseQuery(simulationQuery(id));

/** Reads {@link policyChoicesQuery}; undefined until it is there. */
export const usePolicyChoices = () => useQuery(policyChoicesQuery());

const rowKey = ({ id }: SimulationRow): string => id;

/** Reads {@link simulationRowsQuery}; the rows rest while `held`. */
export const useSimulationRows = (
  id: string,
  filter: SimulationRowFilter,
  held: boolean,
): List<SimulationRow, SimulationPage> => useList(simulationRowsQuery(id, filter), rowKey, held);

/** Starts a simulation, or stops one. */
export function useSimulationControl() {
  const client = useQueryClient();
  const onSuccess = (simulation: Simulation) => {
    client.setQueryData(simulationKeys.detail(simulation.id), simulation);
    void client.invalidateQueries({ queryKey: simulationKeys.list });
  };
  const start = useMutation({
    mutationFn: (request: SimulationRequest) =>
      fetchJson('/api/v1/simulations', { method: 'POST', body: request, response: Simulation }),
    onSuccess,
  });
  const stop = useMutation({
    mutationFn: (id: string) => fetchJson(pathOf(id), { method: 'DELETE', response: Simulation }),
    onSuccess,
  });
  return { start, stop };
}

/** Reads the document of a policy when the reader asks to start from it. */
export const usePolicyDocument = () =>
  useMutation({
    mutationFn: async (id: string): Promise<string> => {
      const policy = await fetchJson(`/api/v1/policies/${encodeURIComponent(id)}`, {
        response: PolicyDetail,
      });
      return policy.document;
    },
  });

/**
 * The text that a form holds: what was typed, else the documents of the simulation that it begins
 * with, else nothing.
 */
export function useSimulationText(from: string | undefined, typed: string | undefined): string {
  const { data } = useQuery({
    ...simulationQuery(from ?? ''),
    enabled: from !== undefined && typed === undefined,
  });
  if (typed !== undefined) return typed;
  const suppose = from === undefined ? undefined : data?.request.suppose;
  return suppose?.kind === 'replace' ? suppose.documents : '';
}
