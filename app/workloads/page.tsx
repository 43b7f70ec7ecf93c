import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { WorkloadsView } from '#components/workloads/workloads-view.tsx';
import { listWorkloads, workloadFacets } from '#lib/api/workloads.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { WorkloadFilter } from '#lib/contract/workloads.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { workloadFacetsQuery, workloadsQuery } from '#lib/query/workloads.ts';

export const metadata: Metadata = { title: 'Workloads' };

export default async function WorkloadsPage({ searchParams }: PageProps<'/workloads'>) {
  const filter = readUrl(WorkloadFilter, await searchParams).value;
  const client = getQueryClient();

  // Not awaited: the frame streams while the rows load.
  void client
    .infiniteQuery({
      ...workloadsQuery(filter),
      queryFn: () => listWorkloads(filter, PageRequest.parse({})),
    })
    .catch(noop);
  void client
    .query({ ...workloadFacetsQuery(filter), queryFn: () => workloadFacets(filter) })
    .catch(noop);

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <WorkloadsView />
    </HydrationBoundary>
  );
}
