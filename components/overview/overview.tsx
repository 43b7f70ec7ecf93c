'use client';

import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import type { Overview as Fleet } from '#lib/contract/overview.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { useOverview } from '#lib/query/overview.ts';
import { useSources } from '#lib/query/sources.ts';
import { CoveragePanel } from './coverage-panel.tsx';
import { Hero } from './hero.tsx';
import { NeedsPanel } from './needs-panel.tsx';
import { emptyOverview } from './overview-empty.tsx';
import { OverviewExport } from './overview-export.tsx';
import { OverviewSkeleton } from './overview-skeleton.tsx';
import { ReleasePanel } from './release-panel.tsx';
import { SourcesPanel } from './sources-panel.tsx';

interface OverviewProps {
  readonly scope: Scope;
}

/** Coverage at a glance, and what needs a person. */
export function Overview({ scope }: OverviewProps) {
  return (
    <>
      <PageHeader title="Overview" actions={<OverviewExport scope={scope} />} />
      <QueryBoundary what="the overview" skeleton={<OverviewSkeleton />}>
        <Body scope={scope} />
      </QueryBoundary>
    </>
  );
}

function Body({ scope }: OverviewProps) {
  const { data } = useOverview(scope);
  // The frame's list is newer: it is read again whenever the state of a source changes.
  const sources = useSources().data?.items ?? data.sources;
  return (
    emptyOverview(data, scope) ?? (
      <Sections fleet={{ ...data, sources: [...sources] }} scope={scope} />
    )
  );
}

function Sections({ fleet, scope }: { readonly fleet: Fleet; readonly scope: Scope }) {
  return (
    <div className="grid gap-4">
      <Hero fleet={fleet} scope={scope} />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2.15fr)_minmax(0,1fr)] print:block">
        <NeedsPanel fleet={fleet} scope={scope} />
        <SourcesPanel sources={fleet.sources} />
      </div>
      <CoveragePanel fleet={fleet} scope={scope} />
      {fleet.releaseTags.total > 0 && <ReleasePanel counts={fleet.releaseTags} />}
    </div>
  );
}
