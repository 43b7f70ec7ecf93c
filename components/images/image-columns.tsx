import { CellDigest } from '#components/list/cell-digest.tsx';
import { CellReference } from '#components/list/cell-reference.tsx';
import type { Column } from '#components/list/column.ts';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Clip } from '#components/ui/text.tsx';
import type { ImageRow } from '#lib/contract/images.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { kindTitle, repositoryOf } from './image-words.ts';

/** Columns in order of need; the first one stays in sight. */
export const imageColumns: readonly Column<ImageRow>[] = [
  {
    id: 'repository',
    label: 'Image',
    width: 320,
    grows: true,
    card: 'lead',
    sort: { by: 'repository', first: 'asc' },
    // Rows hold the tab stop, so the link is for the pointer; the keyboard has Enter and Shift+Enter.
    cell: (row) => (
      <Link href={`/images/${row.digest}`} tabIndex={-1} className="flex min-w-0">
        <CellReference value={repositoryOf(row)} />
      </Link>
    ),
  },
  {
    id: 'digest',
    label: 'Digest',
    width: 116,
    cell: ({ digest }) => <CellDigest value={digest} />,
  },
  {
    id: 'status',
    label: 'Status',
    width: 148,
    cardLabel: false,
    cardEarly: true,
    sort: { by: 'attention', first: 'asc' },
    cell: ({ status }) => <StatusBadge status={status} />,
  },
  {
    id: 'tags',
    label: 'Tags',
    width: 152,
    cell: ({ tags }) => <Tags tags={tags} />,
  },
  {
    id: 'reason',
    label: 'Reason or signer',
    width: 264,
    card: 'full',
    cardLabel: false,
    cell: ({ reason, signer }) => (
      <Clip className={reason ? '' : 'text-ink-2'}>
        {reason ? reasonOf(reason).title : (signer ?? '')}
      </Clip>
    ),
  },
  {
    id: 'authority',
    label: 'Authority',
    width: 152,
    cell: ({ authority }) => <Optional>{authority}</Optional>,
  },
  {
    id: 'format',
    label: 'Format',
    width: 176,
    cell: ({ formats }) => (
      <Optional>{formats.length === 0 ? null : formats.map(kindTitle).join(', ')}</Optional>
    ),
  },
  {
    id: 'containers',
    label: 'Containers',
    width: 92,
    numeric: true,
    sort: { by: 'containers', first: 'desc' },
    cell: ({ containers }) => <Count value={containers} />,
  },
  {
    id: 'workloads',
    label: 'Workloads',
    width: 92,
    numeric: true,
    cell: ({ workloads }) => <Count value={workloads} />,
  },
  {
    id: 'clusters',
    label: 'Clusters',
    width: 76,
    numeric: true,
    cell: ({ clusters }) => <Count value={clusters} />,
  },
  {
    id: 'attested',
    label: 'Attested',
    width: 80,
    cell: ({ attested }) => (attested ? 'Yes' : <span className="text-ink-3">No</span>),
  },
  {
    id: 'since',
    label: 'For',
    width: 72,
    numeric: true,
    cell: ({ since }) => <RelativeTime at={since} form="age" />,
  },
  {
    id: 'checked',
    label: 'Checked',
    width: 104,
    numeric: true,
    sort: { by: 'checked', first: 'asc' },
    cell: ({ checkedAt }) =>
      checkedAt === null ? 'not yet' : <RelativeTime at={checkedAt} className="text-ink-2" />,
  },
];

function Tags({ tags }: { readonly tags: readonly string[] }) {
  const [first] = tags;
  if (first === undefined) return <span className="text-ink-3">none</span>;
  return (
    <span title={tags.join('\n')} className="flex min-w-0 gap-1.5">
      <Clip className="font-mono text-code">{first}</Clip>
      {tags.length > 1 && <span className="text-ink-3">+{formatCount(tags.length - 1)}</span>}
    </span>
  );
}

function Optional({ children }: { readonly children: string | null }) {
  return children === null ? <span className="text-ink-3">none</span> : <Clip>{children}</Clip>;
}

function Count({ value }: { readonly value: number }) {
  return <span className={value === 0 ? 'text-ink-3' : ''}>{formatCount(value)}</span>;
}
