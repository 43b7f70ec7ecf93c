import clsx from 'clsx';
import { memo } from 'react';
import { Skeleton } from '#components/ui/skeleton.tsx';
import type { Column } from './column.ts';
import type { RowIdentity } from './row-model.ts';
import type { Grid } from './use-grid.ts';

interface DataRowProps<Row> {
  /** Absent while it is on its way. */
  readonly row: Row | undefined;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly identity: RowIdentity<Row>;
  readonly tabStop: boolean;
  readonly open: boolean;
  readonly selected: boolean;
  readonly measure: ((element: HTMLElement | null) => void) | undefined;
  readonly grid: Grid;
}

function Row<Item>(props: DataRowProps<Item>) {
  const { row, index, columns, identity, tabStop, open, selected, measure, grid } = props;
  return (
    <tr
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={selected}
      {...(open && { 'aria-current': true })}
      {...(row === undefined && { 'aria-busy': true })}
      tabIndex={tabStop ? 0 : -1}
      className={clsx(
        'group/row scroll-mt-16 max-md:grid-flow-dense focus-visible:rounded-none focus-visible:shadow-none max-md:focus-visible:outline-2 max-md:focus-visible:outline-accent max-md:focus-visible:-outline-offset-2',
        open && 'max-md:bg-selected',
      )}
    >
      {columns.map((column, at) => {
        const { id, label, card, cardLabel, numeric } = column;
        const attributes = {
          className: cellClass({
            first: at === 0,
            open,
            selected,
            numeric,
            early: column.cardEarly,
          }),
          ...(card !== undefined && { 'data-card': card }),
          ...(at > 0 && cardLabel !== false && { 'data-label': label }),
        };
        return at === 0 ? (
          <th key={id} scope="row" {...attributes}>
            {row !== undefined && (
              <input
                type="checkbox"
                tabIndex={-1}
                checked={selected}
                aria-label={`Select ${identity.name(row)}`}
                onChange={(event) => grid.select(identity.key(row), event.target.checked)}
                className={clsx(
                  'absolute top-1/2 left-2 size-3.5 -translate-y-1/2 accent-accent max-md:hidden',
                  !selected &&
                    'opacity-0 focus-visible:opacity-100 group-hover/row:opacity-100 group-focus-visible/row:opacity-100',
                )}
              />
            )}
            <Content row={row} column={column} />
          </th>
        ) : (
          <td key={id} {...attributes}>
            <Content row={row} column={column} />
          </td>
        );
      })}
    </tr>
  );
}

/** One row of a list. Renders again only when something of it changed, not with every scroll. */
export const DataRow = memo(Row) as typeof Row;

interface ContentProps<Item> {
  readonly row: Item | undefined;
  readonly column: Column<Item>;
}

function Content<Item>({ row, column }: ContentProps<Item>) {
  return row === undefined ? <Skeleton className="h-3 w-full max-w-24" /> : column.cell(row);
}

interface CellLook {
  readonly first: boolean;
  readonly open: boolean;
  readonly selected: boolean;
  readonly numeric: boolean | undefined;
  readonly early: boolean | undefined;
}

const cellClass = ({ first, open, selected, numeric, early }: CellLook): string =>
  clsx(
    'h-(--row) border-line border-b px-2 font-normal last:pr-4 md:overflow-hidden md:text-ellipsis md:whitespace-nowrap',
    numeric ? 'text-right tabular-nums' : 'text-left',
    open || selected ? 'md:bg-selected' : 'md:bg-surface md:group-hover/row:bg-hover',
    first && 'max-md:-order-2',
    early && 'max-md:-order-1',
    first && 'md:sticky md:left-0 md:z-1 md:pl-7',
    // The ring is drawn by the cells: the sticky one would hide an outline of the row.
    'md:group-focus-visible/row:[box-shadow:inset_0_2px_var(--accent),inset_0_-2px_var(--accent)]',
    first &&
      'md:group-focus-visible/row:[box-shadow:inset_0_2px_var(--accent),inset_0_-2px_var(--accent),inset_2px_0_var(--accent)]',
    first && open && 'md:[box-shadow:inset_2px_0_var(--accent)]',
  );
