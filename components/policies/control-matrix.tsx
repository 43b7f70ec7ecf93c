import clsx from 'clsx';
import { ChevronRight } from 'lucide-react';
import { Fragment, useId, useState } from 'react';
import { ModeBadge } from '#components/status/admission-badge.tsx';
import { engineNames } from '#components/status/admission-words.ts';
import { workloadsHref } from '#components/status/hrefs.ts';
import { AsOf } from '#components/ui/as-of.tsx';
import { Button } from '#components/ui/button.tsx';
import { formatCount, formatNoun } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Clip, Wrap } from '#components/ui/text.tsx';
import type { ControlMatrix, ControlRow } from '#lib/contract/decisions.ts';
import type { Engine, PolicyMode } from '#lib/model/policy.ts';

/** So many namespaces stand open without being asked for, and so many are drawn at a time. */
const openByItself = 60;
const atFirst = 100;

interface ControlTableProps {
  readonly rows: readonly ControlRow[];
  readonly engines: ControlMatrix['engines'];
}

/** Namespace × engine: the strongest mode in effect, each engine's, and why it is not stronger. */
export function ControlTable({ rows, engines }: ControlTableProps) {
  const clusters = [...Map.groupBy(rows, ({ cluster }) => cluster)];
  return (
    <div className="overflow-x-auto print:overflow-visible">
      <Table caption="Namespaces by engine with the mode in effect">
        <thead>
          <tr>
            <Th>Namespace</Th>
            <Th>In effect</Th>
            <Th numeric>Workloads</Th>
            {engines.map((engine) => (
              <Th key={engine} className="max-w-28 whitespace-normal!">
                <EngineName engine={engine} />
              </Th>
            ))}
            <Th className="w-[36%] min-w-56">Why not stronger</Th>
          </tr>
        </thead>
        {clusters.map(([cluster, namespaces], index) => (
          <ClusterGroup
            key={cluster}
            cluster={cluster}
            rows={namespaces}
            engines={engines}
            openAtFirst={rows.length <= openByItself || index === 0}
          />
        ))}
      </Table>
    </div>
  );
}

/** A long name in one word breaks between its parts. */
function EngineName({ engine }: { readonly engine: Engine }) {
  const parts = engineNames[engine].split(/(?<=[a-z])(?=[A-Z])/);
  return parts.map((part, index) => (
    <Fragment key={part}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

interface ClusterGroupProps extends ControlTableProps {
  readonly cluster: string;
  readonly openAtFirst: boolean;
}

function ClusterGroup({ cluster, rows, engines, openAtFirst }: ClusterGroupProps) {
  const id = useId();
  const [open, setOpen] = useState(openAtFirst);
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, atFirst);
  const columns = engines.length + 4;
  // All of a cluster was read at once, and is old at once.
  const [first] = rows;
  return (
    <Tbody id={id}>
      <Tr className="bg-sunken">
        <Td colSpan={columns} card="lead">
          <button
            type="button"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
            className="flex max-w-full items-center gap-1.5 text-left"
          >
            <ChevronRight
              aria-hidden="true"
              className={clsx('size-3.5 text-ink-3 transition-[rotate]', open && 'rotate-90')}
            />
            <Clip className="font-semibold">{cluster}</Clip>
            <span className="whitespace-nowrap text-ink-3 tabular-nums">
              {formatNoun(rows.length, 'namespace')}
            </span>
            {first?.stale === true && (
              <span className="whitespace-nowrap">
                <AsOf at={first.asOf} stale />
              </span>
            )}
          </button>
        </Td>
      </Tr>
      {open && shown.map((row) => <Namespace key={row.namespace} row={row} engines={engines} />)}
      {open && shown.length < rows.length && (
        <Tr>
          <Td colSpan={columns} card="lead">
            <Button variant="quiet" onClick={() => setAll(true)}>
              Show all {formatCount(rows.length)}
            </Button>
          </Td>
        </Tr>
      )}
    </Tbody>
  );
}

interface NamespaceProps {
  readonly row: ControlRow;
  readonly engines: readonly Engine[];
}

function Namespace({ row, engines }: NamespaceProps) {
  const { cluster, namespace, strongest, workloads } = row;
  const why = whyNot(row);
  return (
    <Tr>
      <Td
        card="lead"
        className={clsx('max-w-64', strongest === 'none' && 'shadow-[inset_2px_0_var(--text)]')}
      >
        <Link
          href={workloadsHref({ cluster: [cluster], namespace: [namespace] })}
          className="block font-medium"
        >
          <Clip>{namespace}</Clip>
        </Link>
      </Td>
      <Td label="In effect" card="full" className="whitespace-nowrap">
        <ModeBadge mode={strongest} />
      </Td>
      <Td numeric label="Workloads" card="full">
        <span className={workloads === 0 ? 'text-ink-3' : ''}>{formatCount(workloads)}</span>
      </Td>
      {engines.map((engine) => (
        <Td
          key={engine}
          label={engineNames[engine]}
          // A card tells what is in effect; why nothing is stands below.
          card={modeOf(row, engine) === 'none' ? 'hidden' : 'full'}
          className="whitespace-nowrap"
        >
          <EngineCell row={row} engine={engine} />
        </Td>
      ))}
      <Td
        {...(why === '' ? { card: 'hidden' as const } : { label: 'Why', card: 'full' as const })}
        className="py-1 text-ink-2"
      >
        <span title={why} className="md:line-clamp-2">
          <Wrap>{why}</Wrap>
        </span>
      </Td>
    </Tr>
  );
}

const modeOf = ({ cells }: ControlRow, engine: Engine): PolicyMode =>
  cells.find((cell) => cell.engine === engine)?.mode ?? 'none';

function EngineCell({ row, engine }: { readonly row: ControlRow; readonly engine: Engine }) {
  const cell = row.cells.find((item) => item.engine === engine);
  if (cell === undefined)
    return (
      <span title={`${engineNames[engine]} does not run in ${row.cluster}`} className="text-ink-3">
        not here
      </span>
    );
  return (
    <span title={cell.why ?? undefined}>
      <ModeBadge mode={cell.mode} className={clsx(cell.mode !== row.strongest && 'text-ink-3!')} />
    </span>
  );
}

/** Why nothing stronger is in effect: the reason of the namespace, or those of its engines. */
export function whyNot({ strongest, why, cells }: ControlRow): string {
  if (strongest === 'enforce') return '';
  if (why !== null) return why;
  return [...new Set(cells.map((cell) => cell.why).filter((reason) => reason !== null))].join('; ');
}
