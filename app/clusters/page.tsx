import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { Clusters } from '#components/clusters/clusters.tsx';
import { listScans, readClusters } from '#lib/api/fleet.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { clustersQuery } from '#lib/query/clusters.ts';
import { scansQuery } from '#lib/query/scans.ts';

export const metadata: Metadata = { title: 'Clusters' };

export default function ClustersPage() {
  const client = getQueryClient();
  void client.query({ ...clustersQuery(), queryFn: readClusters }).catch(noop);
  void client.query({ ...scansQuery(), queryFn: listScans }).catch(noop);
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <Clusters />
    </HydrationBoundary>
  );
}
