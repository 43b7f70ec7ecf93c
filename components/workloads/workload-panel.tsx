import { Maximize2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { FindingList } from '#components/findings/finding-list.tsx';
import { CodeBlock } from '#components/list/code-block.tsx';
import { HistoryList } from '#components/list/history-list.tsx';
import { ListFailed } from '#components/list/list-states.tsx';
import { PanelSkeleton } from '#components/list/panel-skeleton.tsx';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { IconButton, iconButtonClass } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { WorkloadDetail } from '#lib/contract/workloads.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { useWorkloadDecisions } from '#lib/query/policies.ts';
import { useWorkload } from '#lib/query/workloads.ts';
import { ContainerList } from './container-list.tsx';
import { workloadHref } from './workload-view.ts';

interface WorkloadPanelProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** The workload beside its list: why it stands there, what to do, and its containers. */
export function WorkloadPanel({ id, onClose }: WorkloadPanelProps) {
  const { data, error, refetch } = useWorkload(id);
  const decisions = useWorkloadDecisions(id);
  // Shown whole: what policies say stands between containers and would move them.
  const whole = decisions.data !== undefined || decisions.error !== null;
  if (data !== undefined && whole) return <Loaded workload={data} onClose={onClose} />;
  if (error !== null)
    return <ListFailed what="this workload" error={error} onRetry={() => void refetch()} />;
  return <PanelSkeleton label="Reading the workload" />;
}

interface LoadedProps {
  readonly workload: WorkloadDetail;
  readonly onClose: () => void;
}

function Loaded({ workload, onClose }: LoadedProps) {
  const { id, kind, cluster, namespace, name, status, reason, since, stale, asOf } = workload;
  return (
    <>
      <div className="flex items-start border-line border-b py-3 pr-3 pl-4">
        <div className="min-w-0">
          <p className="text-ink-2 text-label">
            <Wrap>{`${kind} in ${cluster} / ${namespace}`}</Wrap>
          </p>
          <h2 className="text-[16px] leading-[22px] font-semibold">
            <Wrap>{name}</Wrap>
          </h2>
        </div>
        <div className="ml-auto flex flex-none">
          <Link
            href={workloadHref(id)}
            aria-label="Open the page"
            title="Open the page"
            className={iconButtonClass()}
          >
            <Maximize2 aria-hidden="true" />
          </Link>
          <IconButton label="Close" onClick={onClose} className="max-xl:hidden">
            <X aria-hidden="true" />
          </IconButton>
        </div>
      </div>
      <div className="grid gap-1 px-4 py-3">
        <div className="flex flex-wrap items-center gap-x-3">
          <StatusBadge status={status} />
          <span className="ml-auto text-ink-3">
            for <RelativeTime at={since} form="age" />
          </span>
        </div>
        {reason !== null && <p>{reasonOf(reason).title}</p>}
        {stale && (
          <p className="text-notice-text">
            {asOf === null ? (
              'Its cluster has never reported.'
            ) : (
              <>
                Its cluster reported last <RelativeTime at={asOf} />.
              </>
            )}
          </p>
        )}
      </div>
      {workload.allFindings.length > 0 && (
        <Part title="Do this">
          <FindingList findings={workload.allFindings} />
        </Part>
      )}
      {workload.patch !== null && (
        <div className="px-4 pb-3">
          <CodeBlock what="the patch" text={workload.patch} diff />
        </div>
      )}
      <Part title="Containers" hint={provenText(workload)}>
        <ContainerList workload={workload} />
      </Part>
      <Part title="History">
        <HistoryList entries={workload.history} />
      </Part>
    </>
  );
}

/** `2 of 3 verified` */
export const provenText = ({
  verified,
  containers,
}: Pick<WorkloadDetail, 'verified' | 'containers'>): string =>
  `${formatCount(verified)} of ${formatCount(containers)} verified`;

interface PartProps {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}

function Part({ title, hint, children }: PartProps) {
  return (
    <section className="border-line border-t">
      <div className="flex items-baseline px-4 pt-3">
        <h3 className="text-section">{title}</h3>
        {hint !== undefined && <span className="ml-auto text-ink-3">{hint}</span>}
      </div>
      {children}
    </section>
  );
}
