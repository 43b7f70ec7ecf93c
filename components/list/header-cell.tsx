import clsx from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type Column, nextSorting, type Sorting } from './column.ts';

interface HeaderCellProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
}

/** The head of a column; sorts on click where the list can be sorted by it. */
export function HeaderCell<Row>({ column, sorting, onSort }: HeaderCellProps<Row>) {
  const { label, numeric, sort } = column;
  const sorted = sort !== undefined && sort.by === sorting.by;
  const Arrow = sorting.order === 'asc' ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      {...(sorted && { 'aria-sort': sorting.order === 'asc' ? 'ascending' : 'descending' })}
      className={clsx(
        'sticky top-0 z-2 h-8 whitespace-nowrap border-line border-b bg-surface px-2 text-label text-ink-2 first:left-0 first:z-3 first:pl-7 last:pr-4',
        numeric ? 'text-right' : 'text-left',
      )}
    >
      {sort === undefined ? (
        label
      ) : (
        <button
          type="button"
          onClick={() => onSort(nextSorting(sorting, sort))}
          className={clsx(
            'inline-flex items-center gap-1 rounded-sm hover:text-ink',
            sorted && 'text-ink',
          )}
        >
          {label}
          {sorted && <Arrow aria-hidden="true" className="size-3" />}
        </button>
      )}
    </th>
  );
}
