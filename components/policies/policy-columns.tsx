import { CircleAlert } from 'lucide-react';
import type { Column } from '#components/list/column.ts';
import { ModeBadge } from '#components/status/admission-badge.tsx';
import { engineNames, modeWords } from '#components/status/admission-words.ts';
import { decisionsHref, gapHref, policyHref } from '#components/status/hrefs.ts';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Clip } from '#components/ui/text.tsx';
import { Cluster } from '#components/workloads/workload-columns.tsx';
import type { PolicyRow } from '#lib/contract/policies.ts';
import { gapFigure, gapSentence } from './gap.ts';

const asc = 'asc';

/** Columns in order of need; the first one stays in sight. */
export const policyColumns: readonly Column<PolicyRow>[] = [
  {
    id: 'policy',
    label: 'Policy',
    width: 236,
    card: 'lead',
    sort: { by: 'name', first: asc },
    cell: (row) => <Name row={row} />,
  },
  {
    id: 'mode',
    label: 'Mode',
    width: 116,
    cardEarly: true,
    cardLabel: false,
    sort: { by: 'mode', first: asc },
    cell: (row) => <Mode row={row} />,
  },
  {
    id: 'gap',
    label: 'Would refuse',
    width: 104,
    numeric: true,
    sort: { by: 'gap', first: asc },
    cell: (row) => <Gap row={row} />,
  },
  {
    id: 'engine',
    label: 'Engine',
    width: 148,
    sort: { by: 'engine', first: asc },
    cell: ({ engine }) => <Clip>{engineNames[engine]}</Clip>,
  },
  {
    id: 'cluster',
    label: 'Cluster',
    width: 112,
    cell: ({ cluster, stale, asOf }) => <Cluster name={cluster} stale={stale} asOf={asOf} />,
  },
  {
    id: 'images',
    label: 'Images',
    width: 220,
    grows: true,
    card: 'full',
    cell: ({ images }) => <Images images={images} />,
  },
  {
    id: 'notes',
    label: 'To know',
    width: 220,
    card: 'full',
    cardLabel: false,
    cell: (row) => <Caveat row={row} />,
  },
  {
    id: 'workloads',
    label: 'Workloads',
    width: 88,
    numeric: true,
    sort: { by: 'workloads', first: asc },
    cell: ({ counts }) => <Count value={counts.workloads} />,
  },
  {
    id: 'refused',
    label: 'Refused today',
    width: 104,
    numeric: true,
    cell: ({ counts }) => <Count value={counts.refusedToday} />,
  },
  {
    id: 'trusts',
    label: 'Authorities',
    width: 88,
    numeric: true,
    cell: ({ authorities }) => <Count value={authorities} />,
  },
  {
    id: 'namespace',
    label: 'Scope',
    width: 132,
    cell: ({ namespace }) => <Clip>{namespace ?? 'whole cluster'}</Clip>,
  },
  { id: 'kind', label: 'Kind', width: 172, cell: ({ kind }) => <Clip>{kind}</Clip> },
  {
    id: 'since',
    label: 'Exists for',
    width: 84,
    numeric: true,
    cell: ({ createdAt }) =>
      createdAt === null ? (
        <span className="text-ink-3">unknown</span>
      ) : (
        <RelativeTime at={createdAt} form="age" />
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

/** Rows hold the tab stop, so the link is for the pointer; the keyboard has Enter and Shift+Enter. */
function Name({ row: { id, namespace, name, kind } }: { readonly row: PolicyRow }) {
  return (
    <Link
      href={policyHref(id)}
      tabIndex={-1}
      title={[kind, namespace, name].filter(Boolean).join(' ')}
      className="flex min-w-0 max-md:flex-wrap max-md:text-body"
    >
      {namespace !== null && (
        <>
          <bdi className="max-w-[45%] flex-none truncate text-ink-2 max-md:max-w-full">
            {namespace}
          </bdi>
          <span className="flex-none px-1 text-ink-3">/</span>
        </>
      )}
      <bdi className="min-w-0 truncate font-medium max-md:whitespace-normal max-md:[overflow-wrap:anywhere]">
        {name}
      </bdi>
    </Link>
  );
}

/** The mode, and that it is another one in some namespaces. */
function Mode({ row: { mode, otherModes } }: { readonly row: PolicyRow }) {
  const others = otherModes.map((other) => modeWords[other].word).join(', ');
  return (
    <span className="inline-flex items-center gap-1.5 align-middle">
      <ModeBadge mode={mode} />
      {others !== '' && (
        <span title={`${others} in some namespaces`} className="text-ink-3 text-label">
          +{otherModes.length}
          <span className="sr-only"> {others} in some namespaces</span>
        </span>
      )}
    </span>
  );
}

function Gap({ row: { id, counts, problems } }: { readonly row: PolicyRow }) {
  if (problems.length > 0) return <span className="text-ink-3">not known</span>;
  if (counts.workloads === 0) return <span className="text-ink-3">matches none</span>;
  const figure = gapFigure(counts);
  if (figure === '0') return <span className="text-ink-3">0</span>;
  return (
    <Link
      href={counts.wouldRefuse === 0 ? unknownHref(id) : gapHref({ policy: [id] })}
      tabIndex={-1}
      title={gapSentence(counts, 'it')}
    >
      {figure}
    </Link>
  );
}

/** Nothing of it is a refusal, so the rows behind the figure are those that could not be told. */
const unknownHref = (id: string): string =>
  decisionsHref({ policy: [id], enforced: ['error', 'not-evaluated'] });

function Images({ images }: { readonly images: readonly string[] }) {
  const [first] = images;
  if (first === undefined) return <span className="text-ink-3">none named</span>;
  return (
    <span title={images.join('\n')} className="flex min-w-0 gap-1.5">
      <Clip className="font-mono text-code max-md:whitespace-normal max-md:[overflow-wrap:anywhere]">
        {first}
      </Clip>
      {images.length > 1 && (
        <span className="flex-none text-ink-3">+{formatCount(images.length - 1)}</span>
      )}
    </span>
  );
}

/** What keeps the row from meaning what its mode says; undefined where nothing does. */
export function caveatOf({ problems, verifies, unevaluated }: PolicyRow): string | undefined {
  const [problem] = problems;
  if (problem !== undefined) return `Cannot be read: ${problem.path}: ${problem.message}`;
  if (!verifies) return 'Verifies nothing';
  const [part] = unevaluated;
  if (part === undefined) return undefined;
  return `${formatNoun(unevaluated.length, 'part')} not evaluated: ${part}`;
}

function Caveat({ row }: { readonly row: PolicyRow }) {
  const text = caveatOf(row);
  if (text === undefined) return <span className="text-ink-3 max-md:hidden">–</span>;
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <CircleAlert aria-hidden="true" className="size-3.5 text-ink-2" />
      <Clip>{text}</Clip>
    </span>
  );
}

function Count({ value }: { readonly value: number }) {
  return <span className={value === 0 ? 'text-ink-3' : ''}>{formatCount(value)}</span>;
}
