import type { ReactNode } from 'react';
import type { Column, Sorting } from './column.ts';

/** The rows of a list as far as they are loaded, and how to get on. */
export interface RowSource<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly more: boolean;
  readonly fetching: boolean;
  readonly fetchMore: () => void;
}

/** What a row is called and where it leads. */
export interface RowIdentity<Row> {
  readonly key: (row: Row) => string;
  readonly name: (row: Row) => string;
  readonly href: (row: Row) => string;
}

export interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly source: RowSource<Row>;
  readonly identity: RowIdentity<Row>;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  /** Key of the row whose panel is open. */
  readonly open: string | undefined;
  readonly onOpen: (row: Row | undefined) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (key: string, on: boolean) => void;
  /** True while the pointer or the keyboard is in the rows: nothing may move then. */
  readonly onHold: (held: boolean) => void;
  /** Written below the rows; is told which of them are in sight. */
  readonly footer: (first: number, last: number) => ReactNode;
}
