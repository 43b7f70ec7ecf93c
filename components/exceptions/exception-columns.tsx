import { TriangleAlert } from 'lucide-react';
import type { Column } from '#components/list/column.ts';
import { engineNames } from '#components/status/admission-words.ts';
import { decisionsHref, policyHref } from '#components/status/hrefs.ts';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Clip } from '#components/ui/text.tsx';
import { Cluster } from '#components/workloads/workload-columns.tsx';
import type { ExceptionRow } from '#lib/contract/exceptions.ts';
import { exceptionKindWords, faultWords } from './exception-words.ts';
import { Expiry } from './expiry.tsx';

/** Columns in order of need; the first one stays in sight. */
export const exceptionColumns: readonly Column<ExceptionRow>[] = [
  {
    id: 'object',
    label: 'Exception',
    width: 216,
    card: 'lead',
    cell: ({ object }) => <Clip className="font-medium">{object}</Clip>,
  },
  {
    id: 'scope',
    label: 'Sets free',
    width: 220,
    grows: true,
    card: 'full',
    cardLabel: false,
    cell: ({ scope }) => <Clip>{scope}</Clip>,
  },
  {
    id: 'cluster',
    label: 'Cluster',
    width: 104,
    cell: ({ cluster, stale, asOf }) => <Cluster name={cluster} stale={stale} asOf={asOf} />,
  },
  {
    id: 'faults',
    label: 'Faults',
    width: 188,
    card: 'full',
    cardLabel: false,
    cell: ({ faults }) => <Faults faults={faults} />,
  },
  {
    id: 'workloads',
    label: 'Rely on it',
    width: 84,
    numeric: true,
    cell: ({ id, workloads }) =>
      workloads === 0 ? (
        <span className="text-ink-3">0</span>
      ) : (
        <Link
          href={decisionsHref({ exception: id })}
          tabIndex={-1}
          title="Show the workloads that rely on it"
          className="hover:underline hover:underline-offset-3"
        >
          {formatCount(workloads)}
        </Link>
      ),
  },
  {
    id: 'expires',
    label: 'Expires',
    width: 156,
    card: 'full',
    cell: ({ expiresAt }) => <Expiry at={expiresAt} />,
  },
  {
    id: 'owner',
    label: 'Owner',
    width: 112,
    cell: ({ owner }) =>
      owner === null ? <span className="text-ink-3">none</span> : <Clip>{owner}</Clip>,
  },
  {
    id: 'engine',
    label: 'Engine',
    width: 132,
    cell: ({ engine }) => <Clip>{engineNames[engine]}</Clip>,
  },
  {
    id: 'kind',
    label: 'Kind',
    width: 148,
    cell: ({ kind }) => <Clip>{exceptionKindWords[kind]}</Clip>,
  },
  {
    id: 'policy',
    label: 'Policy',
    width: 168,
    cell: (row) => <Policy row={row} />,
  },
  {
    id: 'created',
    label: 'Created',
    width: 88,
    numeric: true,
    cell: ({ createdAt }) =>
      createdAt === null ? (
        <span className="text-ink-3">not said</span>
      ) : (
        <RelativeTime at={createdAt} />
      ),
  },
];

function Policy({ row: { policy, policyId } }: { readonly row: ExceptionRow }) {
  if (policy === null) return <span className="text-ink-3">all of the engine</span>;
  if (policyId === null) return <Clip>{policy}</Clip>;
  return (
    <Link href={policyHref(policyId)} tabIndex={-1} className="block min-w-0">
      <Clip>{policy}</Clip>
    </Link>
  );
}

/** The faults of an exception in words, behind one sign. */
function Faults({ faults }: Pick<ExceptionRow, 'faults'>) {
  if (faults.length === 0) return <span className="text-ink-3">none</span>;
  const text = faults.map((fault) => faultWords[fault].word).join(', ');
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-notice-text">
      <TriangleAlert aria-hidden="true" className="size-3.5" />
      <Clip>{text}</Clip>
    </span>
  );
}
