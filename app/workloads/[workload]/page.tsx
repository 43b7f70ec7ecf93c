import { dehydrate, HydrationBoundary } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { WorkloadPage } from '#components/workloads/workload-page.tsx';
import { notFoundOr } from '#lib/api/not-found-or.ts';
import { readWorkload } from '#lib/api/workloads.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { workloadQuery } from '#lib/query/workloads.ts';

export const metadata: Metadata = { title: 'Workload' };

export default async function Page({ params }: PageProps<'/workloads/[workload]'>) {
  const id = decodeURIComponent((await params).workload);
  const client = getQueryClient();

  await notFoundOr(client.query({ ...workloadQuery(id), queryFn: () => readWorkload(id) }));

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <WorkloadPage id={id} />
    </HydrationBoundary>
  );
}
