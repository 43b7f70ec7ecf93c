import { FindingList } from '#components/findings/finding-list.tsx';
import { CodeBlock } from '#components/list/code-block.tsx';
import { HistoryList } from '#components/list/history-list.tsx';
import { ListFailed } from '#components/list/list-states.tsx';
import { PanelHead, PanelPart } from '#components/list/panel-parts.tsx';
import { PanelSkeleton } from '#components/list/panel-skeleton.tsx';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { formatCount } from '#components/ui/format.ts';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import type { WorkloadDetail } from '#lib/contract/workloads.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { useWorkloadAdmission, type WorkloadAdmissionRead } from '#lib/query/policies.ts';
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
  const admission = useWorkloadAdmission(data);
  // Shown whole: what policies say stands between containers and would move them.
  if (data !== undefined && admission !== undefined)
    return <Loaded workload={data} admission={admission} onClose={onClose} />;
  if (error !== null)
    return <ListFailed what="this workload" error={error} onRetry={() => void refetch()} />;
  return <PanelSkeleton label="Reading the workload" />;
}

interface LoadedProps {
  readonly workload: WorkloadDetail;
  readonly admission: WorkloadAdmissionRead;
  readonly onClose: () => void;
}

function Loaded({ workload, admission, onClose }: LoadedProps) {
  const { id, kind, cluster, namespace, name, status, reason, since, stale, asOf } = workload;
  return (
    <>
      <PanelHead
        above={`${kind} in ${cluster} / ${namespace}`}
        title={name}
        href={workloadHref(id)}
        onClose={onClose}
      />
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
        <PanelPart flush title="Do this">
          <FindingList findings={workload.allFindings} />
        </PanelPart>
      )}
      {workload.patch !== null && (
        <div className="px-4 pb-3">
          <CodeBlock what="the patch" text={workload.patch} diff />
        </div>
      )}
      <PanelPart flush title="Containers" hint={provenText(workload)}>
        <ContainerList workload={workload} admission={admission} />
      </PanelPart>
      <PanelPart flush title="History">
        <HistoryList entries={workload.history} />
      </PanelPart>
    </>
  );
}

/** `2 of 3 verified` */
export const provenText = ({
  verified,
  containers,
}: Pick<WorkloadDetail, 'verified' | 'containers'>): string =>
  `${formatCount(verified)} of ${formatCount(containers)} verified`;
