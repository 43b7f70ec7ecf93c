'use client';

import { Suspense } from 'react';
import { ScanButton } from '#components/scans/scan-button.tsx';
import { ScansPanel } from '#components/scans/scans-panel.tsx';
import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { useClusters } from '#lib/query/clusters.ts';
import { ClusterTable } from './cluster-table.tsx';

/** Where the inventory comes from, how it stands, and the scans that read it. */
export function Clusters() {
  return (
    <>
      <PageHeader
        title="Clusters"
        description="Where we read what runs: get, list and watch only, nothing is ever written."
        actions={<ScanButton />}
      />
      <Suspense fallback={<ClustersSkeleton />}>
        <div className="grid gap-4">
          <ScansPanel />
          <Panel title="Sources of inventory">
            <QueryBoundary what="the clusters">
              <List />
            </QueryBoundary>
          </Panel>
        </div>
      </Suspense>
    </>
  );
}

function ClustersSkeleton() {
  return (
    <Panel title="Sources of inventory">
      <SkeletonRows rows={6} widths={[10, 8, 6, 14, 4]} label="Loading the clusters" />
    </Panel>
  );
}

function List() {
  const { items } = useClusters().data;
  if (items.length > 0) return <ClusterTable clusters={items} />;
  return (
    <EmptyState
      title="No cluster is connected"
      action={<ButtonLink href="/settings">See what is configured</ButtonLink>}
    >
      Name a kubeconfig, or a cluster in sealwatch.yaml, and its workloads appear.
    </EmptyState>
  );
}
