import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { WorkloadPage } from '#components/workloads/workload-page.tsx';
import { readWorkload } from '#lib/api/workloads.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { workloadQuery } from '#lib/query/workloads.ts';

export const metadata: Metadata = { title: 'Workload' };

export default async function Page({ params }: PageProps<'/workloads/[workload]'>) {
  const id = decodeURIComponent((await params).workload);
  const client = getQueryClient();

  // Not awaited: the frame streams while the workload loads.
  void client.query({ ...workloadQuery(id), queryFn: () => readWorkload(id) }).catch(noop);

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <WorkloadPage id={id} />
    </HydrationBoundary>
  );
}
