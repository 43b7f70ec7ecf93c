import { CellReference } from '#components/list/cell-reference.tsx';
import { CellWorkload } from '#components/list/cell-workload.tsx';
import type { Column } from '#components/list/column.ts';
import { DecisionBadge } from '#components/status/admission-badge.tsx';
import { engineResultWords, engineText } from '#components/status/admission-words.ts';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Clip } from '#components/ui/text.tsx';
import { Cluster } from '#components/workloads/workload-columns.tsx';
import type { DisagreementRow } from '#lib/contract/disagreements.ts';

/** Columns in order of need; the first one stays in sight. */
export const disagreementColumns: readonly Column<DisagreementRow>[] = [
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
    id: 'kind',
    label: 'Disagreement',
    width: 248,
    card: 'full',
    cardLabel: false,
    cardEarly: true,
    cell: ({ title }) => <Clip className="font-medium">{title}</Clip>,
  },
  {
    id: 'engineSays',
    label: 'Engine says',
    width: 92,
    card: 'full',
    cell: ({ engineSays }) => <span className="font-medium">{engineResultWords[engineSays]}</span>,
  },
  {
    id: 'weSay',
    label: 'We say',
    width: 140,
    card: 'full',
    cell: ({ weSay }) => <DecisionBadge outcome={weSay} />,
  },
  {
    id: 'cluster',
    label: 'Cluster',
    width: 92,
    cell: ({ cluster, stale, asOf }) => <Cluster name={cluster} stale={stale} asOf={asOf} />,
  },
  {
    id: 'status',
    label: 'Our verdict',
    width: 140,
    card: 'full',
    cell: ({ status }) => <StatusBadge status={status} />,
  },
  {
    id: 'engine',
    label: 'Engine',
    width: 128,
    cell: ({ engine, engineVersion }) => <Clip>{engineText(engine, engineVersion)}</Clip>,
  },
  {
    id: 'image',
    label: 'Image',
    width: 280,
    grows: true,
    card: 'full',
    cardLabel: false,
    cell: ({ image }) => <CellReference value={image} />,
  },
  {
    id: 'engineAt',
    label: 'Reported',
    width: 92,
    numeric: true,
    cell: ({ engineAt }) =>
      engineAt === null ? (
        <span className="text-ink-3">no time</span>
      ) : (
        <RelativeTime at={engineAt} />
      ),
  },
  {
    id: 'container',
    label: 'Container',
    width: 120,
    cell: ({ container }) => <Clip>{container}</Clip>,
  },
  { id: 'policy', label: 'Policy', width: 168, cell: ({ policy }) => <Clip>{policy}</Clip> },
  {
    id: 'team',
    label: 'Team',
    width: 120,
    cell: ({ team }) =>
      team === null ? <span className="text-ink-3">none</span> : <Clip>{team}</Clip>,
  },
];
