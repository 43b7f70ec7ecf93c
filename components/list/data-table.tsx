import clsx from 'clsx';
import { useRef, useState } from 'react';
import { Skeleton } from '#components/ui/skeleton.tsx';
import type { Column } from './column.ts';
import { DataRow } from './data-row.tsx';
import { HeaderCell } from './header-cell.tsx';
import type { DataTableProps } from './row-model.ts';
import { useGrid } from './use-grid.ts';
import { narrow, useMedia } from './use-media.ts';
import { useRows } from './use-rows.ts';

/** A list of any length: a grid with a sticky head on wide screens, cards on narrow ones. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, source, identity, sorting, onSort, open, selected, footer } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const cards = useMedia(narrow) === true;
  const [active, setActive] = useState(0);
  const at = Math.min(active, Math.max(0, source.total - 1));
  const rows = useRows({
    ...source,
    count: source.total,
    loaded: source.rows.length,
    active: at,
    cards,
    scroller,
  });
  const [first, last] = rows.visible;
  const grid = useGrid(props, {
    active: at,
    setActive,
    scrollTo: rows.scrollTo,
    screen: last - first,
  });
  const width = columns.reduce((sum, column) => sum + column.width, 0);

  let drawn = rows.margin;
  const body = rows.items.flatMap((item) => {
    const row = source.rows[item.index];
    const key = row === undefined ? `row ${item.index}` : identity.key(row);
    const gap = item.start - drawn;
    drawn = item.end;
    return [
      gap > 0 && <Gap key={`before ${key}`} height={gap} columns={columns.length} />,
      <DataRow
        key={key}
        row={row}
        index={item.index}
        columns={columns}
        identity={identity}
        tabStop={item.index === at}
        open={row !== undefined && key === open}
        selected={selected.has(key)}
        measure={rows.measure}
        grid={grid}
      />,
    ];
  });
  const rest = rows.size + rows.margin - drawn;

  return (
    <>
      <div
        ref={scroller}
        className="relative overflow-auto overscroll-x-contain md:max-h-[max(22rem,calc(100dvh-17rem))]"
        onPointerEnter={({ pointerType }) => pointerType === 'mouse' && grid.hold('pointer', true)}
        onPointerLeave={() => grid.hold('pointer', false)}
      >
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows can be walked and chosen, which is what a grid is
          role="grid"
          aria-rowcount={source.total + 1}
          aria-multiselectable="true"
          aria-busy={source.fetching}
          className="cards w-full table-fixed border-separate border-spacing-0"
          style={cards ? undefined : { minWidth: width }}
        >
          <caption className="sr-only">{caption}</caption>
          <colgroup>
            {columns.map(({ id, width: pixels, grows }) => (
              <col key={id} style={grows ? undefined : { width: pixels }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((column) => (
                <HeaderCell key={column.id} column={column} sorting={sorting} onSort={onSort} />
              ))}
            </tr>
          </thead>
          <tbody {...grid.handlers}>
            {body}
            {rest > 0 && <Gap height={rest} columns={columns.length} />}
          </tbody>
        </table>
      </div>
      {footer(first, last)}
    </>
  );
}

/** Rows that are not rendered because they are out of sight. */
function Gap({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <tr aria-hidden="true" style={{ padding: 0, border: 0 }}>
      <td colSpan={columns} style={{ height, padding: 0, border: 0, gridColumn: '1 / -1' }} />
    </tr>
  );
}

interface TableSkeletonProps {
  readonly columns: readonly Column<never>[];
  readonly label: string;
}

/** The table before its first rows: same head, same heights, same places. */
export function TableSkeleton({ columns, label }: TableSkeletonProps) {
  // Tracks are told by the row: no cell moves while the cells after it are still on their way.
  const gridTemplateColumns = columns
    .map(({ width, grows }) => (grows ? `minmax(${width}px, 1fr)` : `${width}px`))
    .join(' ');
  return (
    <div role="status" aria-label={label} className="overflow-hidden">
      <div
        style={{ gridTemplateColumns }}
        className="grid h-8 items-center border-line border-b max-md:hidden"
      >
        {columns.map(({ id, label: name, numeric }, index) => (
          <span
            key={id}
            aria-hidden="true"
            className={clsx(
              'px-2 text-label text-ink-2',
              index === 0 && 'pl-7',
              numeric && 'text-right',
            )}
          >
            {name}
          </span>
        ))}
      </div>
      {skeletonRows.map((row) => (
        <div key={row} className="border-line border-b last:border-b-0">
          <div
            style={{ gridTemplateColumns }}
            className="grid h-[calc(var(--row)-1px)] items-center max-md:hidden"
          >
            {columns.map(({ id }, index) => (
              <span key={id} className={index === 0 ? 'pr-2 pl-7' : 'px-2'}>
                <Skeleton className={clsx('h-3', row % 3 === 1 ? 'w-3/5' : 'w-4/5')} />
              </span>
            ))}
          </div>
          <div className="grid h-58 content-start gap-3 p-4 md:hidden">
            <Skeleton className="h-4 w-3/5" />
            <Skeleton className="h-3 w-2/5" />
            <Skeleton className="h-3 w-4/5" />
            <Skeleton className="h-3 w-4/5" />
          </div>
        </div>
      ))}
    </div>
  );
}

const skeletonRows = Array.from({ length: 18 }, (_, row) => row);
