import clsx from 'clsx';
import { ChevronRight } from 'lucide-react';
import { Fragment, type ReactNode, useId, useState } from 'react';
import { statusWords } from '#components/status/status-words.ts';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Clip } from '#components/ui/text.tsx';
import type { CoverageRow } from '#lib/contract/overview.ts';
import type { StatusCounts } from '#lib/model/posture.ts';
import { bandOrder, type VerdictStatus } from '#lib/model/verdict.ts';
import { CoverageBand } from './coverage-band.tsx';
import { rangeOf } from './coverage-figure.tsx';

/** Undefined where no filter says it, such as "no team": a figure is then text, not a wrong link. */
type HrefOf = (row: string, child?: string, status?: VerdictStatus) => string | undefined;

interface CoverageTableProps {
  readonly caption: string;
  readonly head: string;
  /** One of what a row folds out to. */
  readonly child: string;
  readonly rows: readonly CoverageRow[];
  /** Where the rows behind a figure are. */
  readonly hrefOf: HrefOf;
}

/** How many rows may stand open without being asked for. */
const openByItself = 20;

/** Parts of the fleet with their bands; a row folds out to its own parts. */
export function CoverageTable({ caption, head, child, rows, hrefOf }: CoverageTableProps) {
  const [first] = rows;
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set(first && first.children.length <= openByItself ? [first.key] : []),
  );
  const toggle = (key: string) => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
  };
  if (rows.length === 0) {
    return <p className="border-line border-t px-4 py-6 text-ink-2">Nothing to show here yet.</p>;
  }
  return (
    <div className="overflow-x-auto print:overflow-visible">
      <Table caption={caption}>
        <thead>
          <tr>
            <Th>{head}</Th>
            <Th>Proven</Th>
            <Th className="w-[22%] min-w-[140px]">
              <span className="sr-only">Band</span>
            </Th>
            {bandOrder.map((status) => (
              <Th key={status} numeric>
                {statusWords[status].word}
              </Th>
            ))}
            <Th numeric>Running</Th>
            <Th numeric>As of</Th>
          </tr>
        </thead>
        {rows.map((row) => (
          <Group
            key={row.key}
            row={row}
            child={child}
            open={open.has(row.key)}
            onToggle={() => toggle(row.key)}
            hrefOf={hrefOf}
          />
        ))}
      </Table>
    </div>
  );
}

interface GroupProps {
  readonly row: CoverageRow;
  readonly child: string;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly hrefOf: HrefOf;
}

function Group({ row, child, open, onToggle, hrefOf }: GroupProps) {
  const id = useId();
  const folds = row.children.length > 0;
  return (
    <Tbody id={id}>
      <Tr className="font-[550]">
        <Td card="lead" className="max-md:-order-2">
          {folds ? (
            <button
              type="button"
              aria-expanded={open}
              aria-controls={id}
              onClick={onToggle}
              className="flex max-w-full items-center gap-1.5 text-left"
            >
              <ChevronRight
                aria-hidden="true"
                className={clsx('size-3.5 text-ink-3 transition-[rotate]', open && 'rotate-90')}
              />
              <Clip className="font-semibold">{row.name}</Clip>
              <span className="whitespace-nowrap font-normal text-ink-3 tabular-nums">
                {formatNoun(
                  row.children.length,
                  child,
                  child === 'repository' ? 'repositories' : `${child}s`,
                )}
              </span>
            </button>
          ) : (
            <Linked href={hrefOf(row.key)} className="block">
              <Clip>{row.name}</Clip>
            </Linked>
          )}
        </Td>
        <Figures counts={row.counts} hrefOf={(status) => hrefOf(row.key, undefined, status)} />
        <AsOf at={row.asOf} stale={row.stale} />
      </Tr>
      {open &&
        row.children.map((part) => (
          <Tr key={part.key}>
            <Td card="lead" className="text-ink-2 max-md:-order-2 md:pl-9!">
              <Linked href={hrefOf(row.key, part.name)} className="block">
                <Clip>{part.name}</Clip>
              </Linked>
            </Td>
            <Figures counts={part.counts} hrefOf={(status) => hrefOf(row.key, part.name, status)} />
            <AsOf at={row.asOf} stale={row.stale} />
          </Tr>
        ))}
    </Tbody>
  );
}

interface FiguresProps {
  readonly counts: StatusCounts;
  readonly hrefOf: (status?: VerdictStatus) => string | undefined;
}

function Figures({ counts, hrefOf }: FiguresProps) {
  return (
    <Fragment>
      <Td label="Proven" className="whitespace-nowrap tabular-nums">
        {rangeOf(counts)}
      </Td>
      <Td card="full" className="max-md:-order-1">
        <CoverageBand counts={counts} size="cell" noun="running container" href={hrefOf} />
      </Td>
      {bandOrder.map((status) => (
        <Td key={status} numeric label={statusWords[status].word}>
          {counts[status] === 0 ? (
            <span className="text-ink-3">0</span>
          ) : (
            <Linked href={hrefOf(status)}>{formatCount(counts[status])}</Linked>
          )}
        </Td>
      ))}
      <Td numeric label="Running">
        <Linked href={hrefOf()}>{formatCount(counts.total)}</Linked>
      </Td>
    </Fragment>
  );
}

function AsOf({ at, stale }: { readonly at: string | null; readonly stale: boolean }) {
  // A team has no age of its own: it lives in several clusters.
  const absent = stale ? 'never' : '–';
  return (
    <Td numeric label="As of" className={stale ? 'font-medium text-notice-text' : 'text-ink-2'}>
      {at === null ? absent : <RelativeTime at={at} form="age" />}
    </Td>
  );
}

interface LinkedProps {
  readonly href: string | undefined;
  readonly className?: string;
  readonly children: ReactNode;
}

function Linked({ href, className, children }: LinkedProps) {
  if (href === undefined) return <span className={className}>{children}</span>;
  return (
    <Link href={href} className={className}>
      {children}
    </Link>
  );
}
