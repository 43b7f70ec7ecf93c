import { DoorOpen, OctagonX } from 'lucide-react';
import type { Column } from '#components/list/column.ts';
import { engineNames } from '#components/status/admission-words.ts';
import { decisionsHref } from '#components/status/hrefs.ts';
import { formatCount } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Clip } from '#components/ui/text.tsx';
import { Cluster } from '#components/workloads/workload-columns.tsx';
import type { BypassRow } from '#lib/contract/exceptions.ts';
import { effectWords } from './exception-words.ts';

/** Columns in order of need; the first one stays in sight. */
export const bypassColumns: readonly Column<BypassRow>[] = [
  {
    id: 'title',
    label: 'Way past',
    width: 264,
    card: 'lead',
    cell: ({ title }) => <Clip className="font-medium">{title}</Clip>,
  },
  {
    id: 'cluster',
    label: 'Cluster',
    width: 104,
    cell: ({ cluster, stale, asOf }) => <Cluster name={cluster} stale={stale} asOf={asOf} />,
  },
  {
    id: 'engine',
    label: 'Engine',
    width: 132,
    cell: ({ engine }) => <Clip>{engineNames[engine]}</Clip>,
  },
  {
    id: 'severity',
    label: 'Severity',
    width: 84,
    cell: ({ severity }) => <Severity severity={severity} />,
  },
  {
    id: 'effect',
    label: 'Effect',
    width: 124,
    cell: ({ effect }) => <Effect effect={effect} />,
  },
  {
    id: 'object',
    label: 'Where',
    width: 220,
    card: 'full',
    cardLabel: false,
    cell: ({ object, name }) => <Clip className="text-ink-2">{object ?? name}</Clip>,
  },
  {
    id: 'why',
    label: 'Why',
    width: 240,
    grows: true,
    card: 'full',
    cardLabel: false,
    cell: ({ why }) => <Clip>{why}</Clip>,
  },
  {
    id: 'workloads',
    label: 'Workloads',
    width: 88,
    numeric: true,
    cell: ({ id, workloads }) =>
      workloads === 0 ? (
        <span className="text-ink-3">0</span>
      ) : (
        <Link
          href={decisionsHref({ bypass: id })}
          tabIndex={-1}
          title="Show the workloads that could use it"
          className="hover:underline hover:underline-offset-3"
        >
          {formatCount(workloads)}
        </Link>
      ),
  },
];

const grave = new Set<BypassRow['severity']>(['critical', 'high']);

/** How grave it is, as a word: it is no verdict and has no colour of one. */
export function Severity({ severity }: Pick<BypassRow, 'severity'>) {
  return (
    <span className={grave.has(severity) ? 'font-medium' : 'text-ink-2'}>
      {severity.charAt(0).toUpperCase() + severity.slice(1)}
    </span>
  );
}

/** What it does to pods, in icon and word. */
export function Effect({ effect }: Pick<BypassRow, 'effect'>) {
  const Icon = effect === 'passes' ? DoorOpen : OctagonX;
  return (
    <span
      title={effectWords[effect].says}
      className="inline-flex items-center gap-1.5 whitespace-nowrap align-middle"
    >
      <Icon aria-hidden="true" className="size-4 text-ink-2" />
      {effectWords[effect].word}
    </span>
  );
}
