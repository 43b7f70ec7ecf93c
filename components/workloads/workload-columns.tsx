import { Clock3 } from 'lucide-react';
import { CellDigest } from '#components/list/cell-digest.tsx';
import { CellReference } from '#components/list/cell-reference.tsx';
import type { Column } from '#components/list/column.ts';
import { PinBadge } from '#components/status/pin-badge.tsx';
import { FindingBadge, StatusBadge } from '#components/status/status-badge.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Clip } from '#components/ui/text.tsx';
import type { WorkloadRow } from '#lib/contract/workloads.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { workloadHref } from './workload-view.ts';

const asc = 'asc';
const desc = 'desc';

/** Columns in order of need; the first one stays in sight. */
export const workloadColumns: readonly Column<WorkloadRow>[] = [
  {
    id: 'workload',
    label: 'Workload',
    width: 212,
    card: 'lead',
    sort: { by: 'name', first: asc },
    cell: (row) => <Name row={row} />,
  },
  {
    id: 'cluster',
    label: 'Cluster',
    width: 104,
    sort: { by: 'cluster', first: asc },
    cell: ({ cluster, stale, asOf }) => <Cluster name={cluster} stale={stale} asOf={asOf} />,
  },
  {
    id: 'status',
    label: 'Status',
    width: 148,
    cardLabel: false,
    cardEarly: true,
    sort: { by: 'attention', first: asc },
    cell: ({ status }) => <StatusBadge status={status} />,
  },
  {
    id: 'pin',
    label: 'Pin',
    width: 148,
    cell: ({ pin, findings }) => <PinBadge pin={pin} moved={findings.includes('tag-moved')} />,
  },
  {
    id: 'image',
    label: 'Image',
    width: 268,
    grows: true,
    card: 'full',
    cardLabel: false,
    cell: ({ image }) => <CellReference value={image} />,
  },
  {
    id: 'reason',
    label: 'Reason',
    width: 200,
    card: 'full',
    cardLabel: false,
    cell: ({ reason }) => reason && <Clip>{reasonOf(reason).title}</Clip>,
  },
  {
    id: 'pods',
    label: 'Running',
    width: 72,
    numeric: true,
    sort: { by: 'pods', first: desc },
    cell: ({ pods }) => <Count value={pods} />,
  },
  {
    id: 'since',
    label: 'For',
    width: 64,
    numeric: true,
    sort: { by: 'since', first: asc },
    cell: ({ since }) => <RelativeTime at={since} form="age" />,
  },
  {
    id: 'verified',
    label: 'Verified',
    width: 80,
    numeric: true,
    cell: ({ verified, containers }) => `${formatCount(verified)} of ${formatCount(containers)}`,
  },
  {
    id: 'findings',
    label: 'Findings',
    width: 200,
    cell: ({ findings, status }) => <Findings row={{ findings, status }} />,
  },
  {
    id: 'digest',
    label: 'Digest',
    width: 116,
    cell: ({ digest }) =>
      digest ? <CellDigest value={digest} /> : <span className="text-ink-3">none</span>,
  },
  {
    id: 'team',
    label: 'Team',
    width: 120,
    sort: { by: 'team', first: asc },
    cell: ({ team }) =>
      team === null ? <span className="text-ink-3">none</span> : <Clip>{team}</Clip>,
  },
  { id: 'kind', label: 'Kind', width: 112, cell: ({ kind }) => <Clip>{kind}</Clip> },
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

/** Rows hold the tab stop, so the link is for the pointer; the keyboard has Enter and Shift+Enter. */
function Name({ row }: { readonly row: WorkloadRow }) {
  return (
    <Link
      href={workloadHref(row.id)}
      tabIndex={-1}
      title={`${row.namespace} / ${row.name}`}
      className="flex min-w-0 max-md:flex-wrap max-md:text-body"
    >
      <bdi className="max-w-[45%] flex-none truncate text-ink-2 max-md:max-w-full">
        {row.namespace}
      </bdi>
      <span className="flex-none px-1 text-ink-3">/</span>
      <bdi className="min-w-0 truncate font-medium max-md:whitespace-normal max-md:[overflow-wrap:anywhere]">
        {row.name}
      </bdi>
    </Link>
  );
}

interface ClusterProps {
  readonly name: string;
  readonly stale: boolean;
  readonly asOf: string | null;
}

/** A cluster with the mark that its news is old. */
export function Cluster({ name, stale, asOf }: ClusterProps) {
  if (!stale) return <Clip className="text-ink-2">{name}</Clip>;
  return (
    <span className="flex min-w-0 items-center gap-1 text-notice-text">
      <Clip>{name}</Clip>
      <Clock3 aria-hidden="true" className="size-3.5" />
      <span className="sr-only">stale</span>
      {asOf !== null && (
        <span className="sr-only">
          , as of <RelativeTime at={asOf} />
        </span>
      )}
    </span>
  );
}

function Count({ value }: { readonly value: number }) {
  return <span className={value === 0 ? 'text-ink-3' : ''}>{formatCount(value)}</span>;
}

/** Findings beside the status, which says the first of them already. */
function Findings({ row }: { readonly row: Pick<WorkloadRow, 'findings' | 'status'> }) {
  const others = row.findings.filter((kind) => kind !== row.status);
  const [first] = others;
  if (first === undefined) return <span className="text-ink-3">none other</span>;
  return (
    <span className="inline-flex items-center gap-1.5">
      <FindingBadge kind={first} />
      {others.length > 1 && <span className="text-ink-3">+{others.length - 1}</span>}
    </span>
  );
}
