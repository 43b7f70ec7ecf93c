'use client';

import { Suspense, useState } from 'react';
import { ControlPanel } from '#components/policies/control-panel.tsx';
import { EnginesPanel } from '#components/policies/engines-panel.tsx';
import { ScanButton } from '#components/scans/scan-button.tsx';
import { ScansPanel } from '#components/scans/scans-panel.tsx';
import { useScope } from '#components/shell/use-scope.ts';
import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { PolicyMode } from '#lib/model/policy.ts';
import { useAdmissionSources } from '#lib/query/admission.ts';
import { useClusters } from '#lib/query/clusters.ts';
import { useHydrated } from '#lib/query/use-list.ts';
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
          <Admission />
        </div>
      </Suspense>
    </>
  );
}

/** Which engines run in the clusters, and what they control. */
function Admission() {
  const { scope } = useScope();
  const [modes, setModes] = useState<PolicyMode[]>([]);
  const hydrated = useHydrated();
  const sources = useAdmissionSources();
  return (
    <>
      <EnginesPanel engines={hydrated ? sources?.engines : undefined} />
      <ControlPanel scope={scope} modes={modes} onModes={setModes} />
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
