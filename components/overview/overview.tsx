'use client';

import { ControlSummary } from '#components/policies/control-summary.tsx';
import { useScope } from '#components/shell/use-scope.ts';
import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import type { Overview as Fleet } from '#lib/contract/overview.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { useOverview } from '#lib/query/overview.ts';
import { CoveragePanel } from './coverage-panel.tsx';
import { Hero } from './hero.tsx';
import { NeedsPanel } from './needs-panel.tsx';
import { emptyOverview } from './overview-empty.tsx';
import { OverviewExport } from './overview-export.tsx';
import { OverviewSkeleton } from './overview-skeleton.tsx';
import { ReleasePanel } from './release-panel.tsx';
import { SourcesPanel } from './sources-panel.tsx';

/** Coverage at a glance, and what needs a person. */
export function Overview() {
  const { scope } = useScope();
  return (
    <>
      <PageHeader title="Overview" actions={<OverviewExport scope={scope} />} />
      <QueryBoundary what="the overview" framed skeleton={<OverviewSkeleton />}>
        <Body scope={scope} />
      </QueryBoundary>
    </>
  );
}

function Body({ scope }: { readonly scope: Scope }) {
  const { data } = useOverview(scope);
  return emptyOverview(data, scope) ?? <Sections fleet={data} scope={scope} />;
}

function Sections({ fleet, scope }: { readonly fleet: Fleet; readonly scope: Scope }) {
  return (
    <div className="grid gap-4">
      <Hero fleet={fleet} scope={scope} />
      <div className="grid gap-4 xl:grid-cols-[minmax(0,2.15fr)_minmax(0,1fr)] print:block">
        <NeedsPanel fleet={fleet} scope={scope} />
        <SourcesPanel sources={fleet.sources} />
      </div>
      <ControlSummary scope={scope} />
      <CoveragePanel fleet={fleet} scope={scope} />
      {fleet.releaseTags.total > 0 && <ReleasePanel counts={fleet.releaseTags} />}
    </div>
  );
}
