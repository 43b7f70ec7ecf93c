import { CellReference } from '#components/list/cell-reference.tsx';
import { CellWorkload } from '#components/list/cell-workload.tsx';
import type { Column } from '#components/list/column.ts';
import { DecisionBadge } from '#components/status/admission-badge.tsx';
import { eventWords } from '#components/status/admission-words.ts';
import { formatCount } from '#components/ui/format.ts';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Clip } from '#components/ui/text.tsx';
import type { SimulationRow } from '#lib/contract/simulations.ts';
import { ChangeBadge } from './simulation-badges.tsx';

/** Columns in order of need; the first one stays in sight. */
export const simulationColumns: readonly Column<SimulationRow>[] = [
  {
    id: 'workload',
    label: 'Workload',
    width: 212,
    card: 'lead',
    cell: ({ workloadId, namespace, workload, lastSeen }) => (
      <CellWorkload
        id={lastSeen === null ? workloadId : undefined}
        namespace={namespace}
        name={workload}
      />
    ),
  },
  {
    id: 'change',
    label: 'Change',
    width: 148,
    cardLabel: false,
    cardEarly: true,
    cell: ({ change }) => <ChangeBadge change={change} />,
  },
  {
    id: 'cluster',
    label: 'Cluster',
    width: 104,
    cell: ({ cluster }) => <Clip className="text-ink-2">{cluster}</Clip>,
  },
  {
    id: 'container',
    label: 'Container',
    width: 120,
    cell: ({ container }) => <Clip>{container}</Clip>,
  },
  {
    id: 'image',
    label: 'Image',
    width: 220,
    card: 'full',
    cardLabel: false,
    cell: ({ image }) => <CellReference value={image} />,
  },
  { id: 'policy', label: 'Policy', width: 152, cell: ({ policy }) => <Clip>{policy}</Clip> },
  { id: 'rule', label: 'Rule', width: 140, cell: ({ rule }) => <Clip>{rule}</Clip> },
  {
    id: 'today',
    label: 'Today',
    width: 136,
    cell: ({ today }) => <DecisionBadge outcome={today} />,
  },
  {
    id: 'why',
    label: 'Why',
    width: 232,
    grows: true,
    card: 'full',
    cardLabel: false,
    cell: ({ why }) => <Clip>{why}</Clip>,
  },
  {
    id: 'event',
    label: 'Next event',
    width: 104,
    cell: ({ event, eventDetail }) => <span title={eventDetail}>{eventWords[event].word}</span>,
  },
  {
    id: 'team',
    label: 'Team',
    width: 112,
    cell: ({ team }) =>
      team === null ? <span className="text-ink-3">none</span> : <Clip>{team}</Clip>,
  },
  {
    id: 'kind',
    label: 'Kind',
    width: 112,
    cell: ({ workloadKind }) => <Clip>{workloadKind}</Clip>,
  },
  {
    id: 'pods',
    label: 'Running',
    width: 72,
    numeric: true,
    cell: ({ pods }) => <span className={pods === 0 ? 'text-ink-3' : ''}>{formatCount(pods)}</span>,
  },
  {
    id: 'lastSeen',
    label: 'Last seen',
    width: 88,
    numeric: true,
    cell: ({ lastSeen }) =>
      lastSeen === null ? <span className="text-ink-3">now</span> : <RelativeTime at={lastSeen} />,
  },
];
