import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { WorkloadPage } from '#components/workloads/workload-page.tsx';
import { notFoundOr } from '#lib/api/not-found-or.ts';
import { readWorkloadAdmission } from '#lib/api/policies.ts';
import { readWorkload } from '#lib/api/workloads.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { workloadAdmissionQuery } from '#lib/query/policies.ts';
import { workloadQuery } from '#lib/query/workloads.ts';

export const metadata: Metadata = { title: 'Workload' };

export default async function Page({ params }: PageProps<'/workloads/[workload]'>) {
  const id = decodeURIComponent((await params).workload);
  const client = getQueryClient();

  const workload = await notFoundOr(
    client.query({ ...workloadQuery(id), queryFn: () => readWorkload(id) }),
  );
  // Not awaited: the workload stands while what admission says of it is told.
  if (workload !== undefined)
    void client
      .query({
        ...workloadAdmissionQuery(workload),
        queryFn: () => readWorkloadAdmission(workload),
      })
      .catch(noop);

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <WorkloadPage id={id} />
    </HydrationBoundary>
  );
}
