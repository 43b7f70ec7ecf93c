import { CircleAlert } from 'lucide-react';
import { CellReference } from '#components/list/cell-reference.tsx';
import { CellWorkload } from '#components/list/cell-workload.tsx';
import type { Column } from '#components/list/column.ts';
import { DecisionBadge, ModeBadge } from '#components/status/admission-badge.tsx';
import { engineNames, eventWords } from '#components/status/admission-words.ts';
import { policyHref } from '#components/status/hrefs.ts';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Clip, Wrap } from '#components/ui/text.tsx';
import { Cluster } from '#components/workloads/workload-columns.tsx';
import type { DecisionRow } from '#lib/contract/decisions.ts';

/** Columns in order of need; the first one stays in sight. */
export const decisionColumns: readonly Column<DecisionRow>[] = [
  {
    id: 'workload',
    label: 'Workload',
    width: 212,
    card: 'lead',
    cell: ({ workloadId, namespace, workload }) => (
      <CellWorkload id={workloadId} namespace={namespace} name={workload} />
    ),
  },
  {
    id: 'cluster',
    label: 'Cluster',
    width: 104,
    cell: ({ cluster, stale, asOf }) => <Cluster name={cluster} stale={stale} asOf={asOf} />,
  },
  {
    id: 'container',
    label: 'Container',
    width: 116,
    cell: ({ container }) => <Clip>{container}</Clip>,
  },
  {
    id: 'today',
    label: 'Today',
    width: 132,
    cardEarly: true,
    cell: ({ today }) => <DecisionBadge outcome={today} />,
  },
  {
    id: 'enforced',
    label: 'If enforced',
    width: 132,
    cardEarly: true,
    cell: ({ enforced, engineMayDiffer }) => (
      <span className="inline-flex items-center gap-1 align-middle">
        <DecisionBadge outcome={enforced} />
        {engineMayDiffer !== null && (
          <span title={`The engine may decide otherwise: ${engineMayDiffer}`}>
            <CircleAlert aria-hidden="true" className="size-3.5 text-ink-2" />
            <span className="sr-only">, the engine may decide otherwise</span>
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'why',
    label: 'Why',
    width: 264,
    grows: true,
    card: 'full',
    cardLabel: false,
    cell: ({ why }) => <Why text={why} />,
  },
  {
    id: 'policy',
    label: 'Policy',
    width: 176,
    card: 'full',
    cell: ({ policyId, policy }) => (
      <Link href={policyHref(policyId)} tabIndex={-1} className="min-w-0">
        <Clip>{policy}</Clip>
      </Link>
    ),
  },
  { id: 'mode', label: 'Mode', width: 92, cell: ({ mode }) => <ModeBadge mode={mode} /> },
  {
    id: 'event',
    label: 'Meets it at',
    width: 104,
    cell: ({ event, eventDetail }) => (
      <span title={eventDetail} className="text-ink-2">
        {eventWords[event].word}
      </span>
    ),
  },
  {
    id: 'status',
    label: 'Our verdict',
    width: 148,
    cell: ({ status }) => <StatusBadge status={status} />,
  },
  {
    id: 'image',
    label: 'Image',
    width: 240,
    card: 'full',
    cardLabel: false,
    cell: ({ image }) => <CellReference value={image} />,
  },
  {
    id: 'pods',
    label: 'Pods',
    width: 64,
    numeric: true,
    cell: ({ pods }) => <span className={pods === 0 ? 'text-ink-3' : ''}>{formatCount(pods)}</span>,
  },
  {
    id: 'team',
    label: 'Team',
    width: 112,
    cell: ({ team }) =>
      team === null ? <span className="text-ink-3">none</span> : <Clip>{team}</Clip>,
  },
  {
    id: 'engine',
    label: 'Engine',
    width: 132,
    cell: ({ engine }) => <Clip>{engineNames[engine]}</Clip>,
  },
  { id: 'rule', label: 'Rule', width: 148, cell: ({ rule }) => <Clip>{rule}</Clip> },
  {
    id: 'differs',
    label: 'Engine may differ',
    width: 220,
    card: 'full',
    cell: ({ engineMayDiffer }) =>
      engineMayDiffer === null ? (
        <span className="text-ink-3">no</span>
      ) : (
        <Why text={engineMayDiffer} />
      ),
  },
  {
    id: 'asOf',
    label: 'As of',
    width: 96,
    numeric: true,
    cell: ({ asOf, stale }) =>
      asOf === null ? (
        'never'
      ) : (
        <RelativeTime at={asOf} className={stale ? 'text-notice-text' : 'text-ink-2'} />
      ),
  },
];

/** A sentence: one line in a table, all of it in a card. */
function Why({ text }: { readonly text: string }) {
  return (
    <>
      <Clip className="text-ink-2 max-md:hidden">{text}</Clip>
      <Wrap className="text-ink-2 md:hidden">{text}</Wrap>
    </>
  );
}
