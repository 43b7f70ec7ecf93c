'use client';

import { FindingList } from '#components/findings/finding-list.tsx';
import { CodeBlock } from '#components/list/code-block.tsx';
import { type FactEntry, Facts } from '#components/list/facts.tsx';
import { HistoryList } from '#components/list/history-list.tsx';
import { PanelSkeleton } from '#components/list/panel-skeleton.tsx';
import { QueryBoundary } from '#components/status/query-boundary.tsx';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { CopyButton } from '#components/ui/copy.tsx';
import { formatCount, formatDay, formatInstant, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { WorkloadDetail } from '#lib/contract/workloads.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { useWorkloadAdmission } from '#lib/query/policies.ts';
import { useWorkloadPage } from '#lib/query/workloads.ts';
import { ContainerList } from './container-list.tsx';
import { Cluster } from './workload-columns.tsx';
import { provenText } from './workload-panel.tsx';

/** One workload on a page of its own. */
export function WorkloadPage({ id }: { readonly id: string }) {
  return (
    <QueryBoundary what="this workload" skeleton={<PanelSkeleton label="Reading the workload" />}>
      <Loaded id={id} />
    </QueryBoundary>
  );
}

function Loaded({ id }: { readonly id: string }) {
  const workload = useWorkloadPage(id);
  const admission = useWorkloadAdmission(workload);
  return (
    <>
      <Head workload={workload} />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)]">
        <Panel title="Containers" hint={provenText(workload)}>
          {admission ? <ContainerList workload={workload} admission={admission} /> : <Waiting />}
        </Panel>
        <div className="grid min-w-0 gap-4">
          <Panel title="Findings" hint={formatNoun(workload.allFindings.length, 'finding')}>
            {workload.allFindings.length === 0 ? (
              <p className="px-4 pb-3 text-ink-2">Nothing needs anyone here.</p>
            ) : (
              <FindingList findings={workload.allFindings} />
            )}
          </Panel>
          {workload.patch !== null && (
            <Panel title="Patch" hint="pins what runs">
              <div className="px-4 pb-4">
                <CodeBlock what="the patch" text={workload.patch} diff />
              </div>
            </Panel>
          )}
          <Panel title="History">
            <HistoryList entries={workload.history} />
          </Panel>
        </div>
      </div>
    </>
  );
}

/** Before the containers: higher than the window, so that what stands below does not move in sight. */
function Waiting() {
  return (
    <div className="min-h-[100dvh]">
      <PanelSkeleton label="Reading the containers" />
    </div>
  );
}

interface HeadProps {
  readonly workload: WorkloadDetail;
}

function Head({ workload }: HeadProps) {
  const { cluster, namespace, name, status, reason } = workload;
  return (
    <div className="mb-5">
      <p className="text-ink-2 text-label">
        <Link href="/workloads">Workloads</Link>
        {' / '}
        <Wrap>{`${cluster} / ${namespace}`}</Wrap>
      </p>
      <div className="flex items-center gap-2">
        <h1 className="min-w-0 text-title">
          <Wrap>{name}</Wrap>
        </h1>
        <CopyButton text={name} what="the name" />
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-body">
        <StatusBadge
          status={status}
          className="text-[16px]! leading-6 font-semibold! [&_.lucide]:size-5!"
        />
        {reason !== null && (
          <p className="text-ink-2">
            {reasonOf(reason).title}. {reasonOf(reason).remedy}
          </p>
        )}
      </div>
      <Facts form="row" entries={facts(workload)} className="mt-4" />
    </div>
  );
}

const facts = (workload: WorkloadDetail): readonly FactEntry[] => [
  { name: 'Kind', value: <Wrap>{`${workload.kind} (${workload.apiVersion})`}</Wrap> },
  {
    name: 'Cluster',
    value: <Cluster name={workload.cluster} stale={workload.stale} asOf={workload.asOf} />,
  },
  { name: 'Namespace', value: <Wrap>{workload.namespace}</Wrap> },
  { name: 'Owner', value: workload.team === null ? 'no team label' : <Wrap>{workload.team}</Wrap> },
  { name: 'Running', value: formatNoun(workload.pods, 'pod') },
  {
    name: 'Verified',
    value: `${formatCount(workload.verified)} of ${formatNoun(workload.containers, 'container')}`,
  },
  {
    name: 'In this state',
    value: (
      <span title={formatInstant(workload.since)}>
        since {formatDay(workload.since)} (
        <RelativeTime at={workload.since} form="age" />)
      </span>
    ),
  },
  {
    name: 'As of',
    value:
      workload.asOf === null ? (
        'never reported'
      ) : (
        <span className={workload.stale ? 'text-notice-text' : ''}>
          <RelativeTime at={workload.asOf} />
          {workload.stale && ', stale'}
        </span>
      ),
  },
];
