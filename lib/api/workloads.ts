import 'server-only';
import type { Facets, PageRequest } from '#lib/contract/paging.ts';
import type {
  FindingPage,
  WorkloadDetail,
  WorkloadFilter,
  WorkloadPage,
} from '#lib/contract/workloads.ts';
import { pinPatch } from '#lib/model/pin-patch.ts';
import { server } from '#lib/wiring/server.ts';
import { HttpError } from './route.ts';

/** One page of the workload list, in the order of the filter. */
export const listWorkloads = async (
  filter: WorkloadFilter,
  page: PageRequest,
): Promise<WorkloadPage> => (await server()).store.workloads(filter, page);

/** The values of every facet with their counts under the rest of the filter. */
export const workloadFacets = async (filter: WorkloadFilter): Promise<Facets> =>
  (await server()).store.workloadFacets(filter);

/**
 * One workload with its containers, findings and history.
 * @throws HttpError 404
 */
export async function readWorkload(id: string): Promise<WorkloadDetail> {
  const workload = await (await server()).store.workload(id);
  if (workload === undefined)
    throw new HttpError(
      404,
      'No workload has this id. It may have been deleted since the page was opened.',
    );
  return { ...workload, patch: pinPatch(workload) };
}

/** One page of findings: same filter as the workloads, one row a finding. */
export const listFindings = async (
  filter: WorkloadFilter,
  page: PageRequest,
): Promise<FindingPage> => (await server()).store.findings(filter, page);
