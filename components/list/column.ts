import type { ReactNode } from 'react';

/** One column of a list: what it is called, how wide it is and what a row shows in it. */
export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  /** Pixels. A column that grows has at least so many. */
  readonly width: number;
  readonly grows?: boolean;
  readonly numeric?: boolean;
  /** The sort of the filter that this column stands for, and the order of the first click. */
  readonly sort?: { readonly by: string; readonly first: 'asc' | 'desc' };
  /** How the cell stands in a card; absent: label and value in half of its width. */
  readonly card?: 'full' | 'lead' | 'hidden';
  /** Comes right after the heading of a card. */
  readonly cardEarly?: boolean;
  /** Hides the label in a card, where the value speaks for itself. */
  readonly cardLabel?: false;
  readonly cell: (row: Row) => ReactNode;
}

export interface Sorting {
  readonly by: string;
  readonly order: 'asc' | 'desc';
}

/** The sort that a click on the header of a column asks for. */
export function nextSorting(
  { by, order }: Sorting,
  column: Required<Column<never>>['sort'],
): Sorting {
  if (by !== column.by) return { by: column.by, order: column.first };
  return { by, order: order === 'asc' ? 'desc' : 'asc' };
}

/** The columns of `ids` in the order of the table; the first column always stands. */
export function visibleColumns<Row>(
  columns: readonly Column<Row>[],
  ids: readonly string[],
): readonly Column<Row>[] {
  return columns.filter((column, index) => index === 0 || ids.includes(column.id));
}
