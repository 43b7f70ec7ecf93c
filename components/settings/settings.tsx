'use client';

import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { useSettings } from '#lib/query/settings.ts';
import { AuthoritiesPanel } from './authorities-panel.tsx';
import { ClustersPanel, LimitsPanel, RegistriesPanel } from './configured-panels.tsx';
import { ProblemsPanel } from './problems-panel.tsx';
import { ServerPanel } from './server-panel.tsx';
import { TrustRootsPanel } from './trust-roots-panel.tsx';

/** What is configured, what it comes to, and what is wrong with it. Read-only: the file is the truth. */
export function Settings() {
  return (
    <>
      <PageHeader
        title="Settings"
        description="As the server runs now. To change something, edit the configuration file: it is read again by itself."
      />
      <QueryBoundary
        what="the settings"
        framed
        skeleton={
          <Panel title="Server">
            <SkeletonRows rows={5} widths={[10, 20]} label="Loading the settings" />
          </Panel>
        }
      >
        <Body />
      </QueryBoundary>
    </>
  );
}

function Body() {
  const { data } = useSettings();
  return (
    <div className="grid gap-4">
      {data.problems.length > 0 && <ProblemsPanel problems={data.problems} />}
      <ServerPanel settings={data} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <ClustersPanel clusters={data.clusters} />
        <RegistriesPanel registries={data.registries} />
      </div>
      <AuthoritiesPanel authorities={data.authorities} findings={data.findings} />
      <TrustRootsPanel roots={data.trustRoots} findings={data.findings} />
      <LimitsPanel limits={data.limits} />
    </div>
  );
}
