import { type ReactNode, useMemo } from 'react';
import type { ExportFormat, Facets } from '#lib/contract/paging.ts';
import type { List } from '#lib/query/use-list.ts';
import { type Column, type Sorting, visibleColumns } from './column.ts';
import { ColumnMenu } from './column-menu.tsx';
import { ExportMenu } from './export-menu.tsx';
import type { Facet } from './facet-menu.tsx';
import { type BarFilter, FilterBar, type FilterToken } from './filter-bar.tsx';
import { ListLayout } from './list-layout.tsx';
import { unsorted } from './list-state.ts';
import { RowList } from './row-list.tsx';
import type { RowIdentity } from './row-model.ts';
import { SortMenu } from './sort-menu.tsx';
import type { Filtered } from './use-filtered.ts';
import type { RowChoice } from './use-row-choice.ts';

/** What every list keeps in its URL beside its filter. */
interface ListView {
  readonly open?: string | undefined;
  readonly columns: readonly string[];
  readonly sort?: string;
  readonly order?: 'asc' | 'desc';
}

/** The state of a list in its URL; what it is changed by depends on the list. */
interface ListState extends Omit<Filtered<ListView, BarFilter>, 'change'> {
  change(patch: Readonly<Record<string, unknown>>, how?: 'push' | 'replace'): void;
}

interface ListPageProps<Row, P extends { readonly total: number }> {
  readonly title: string;
  readonly level?: 'page' | 'section';
  /** Plural: "workloads". */
  readonly noun: string;
  readonly state: ListState;
  readonly list: List<Row, P>;
  readonly choice: RowChoice;
  readonly columns: readonly Column<Row>[];
  /** Columns that stand where none were chosen. */
  readonly usual: readonly string[];
  readonly identity: RowIdentity<Row>;
  /** The order in words, ascending and descending, by the field; or the one that the server has. */
  readonly orders: Readonly<Record<string, readonly [string, string]>> | string;
  readonly views?: ReactNode;
  readonly intro?: ReactNode;
  readonly facets: readonly Facet[];
  /** How many rows each value of a facet has, where the server counts them. */
  readonly counts?: Facets | undefined;
  readonly tokens?: readonly FilterToken[];
  /** What may be typed into the search. */
  readonly example: string;
  readonly chips?: ReactNode;
  readonly filtered: boolean;
  /** What "clear" takes back. */
  readonly unfiltered: Readonly<Record<string, unknown>>;
  readonly onlyTrouble?: boolean;
  /** Path of the export of the same filter. */
  readonly exported: string;
  readonly formats?: readonly ExportFormat[];
  /** The counts of the whole filter in words. */
  readonly totals: (page: P) => string;
  readonly whenNone?: ReactNode;
  /** What the panel is called. */
  readonly panelTitle: string;
  readonly panel: (open: string, onClose: () => void) => ReactNode;
}

/** A list with all that belongs to it: head, filters, rows, export, and the panel of an open row. */
export function ListPage<Row, P extends { readonly total: number }>(props: ListPageProps<Row, P>) {
  const { title, level = 'page', noun, state, list, orders, filtered } = props;
  const { value, change } = state;
  const { open } = value;
  const shown = value.columns.length === 0 ? props.usual : value.columns;
  const columns = useMemo(() => visibleColumns(props.columns, shown), [props.columns, shown]);
  const close = () => change({ open: undefined }, 'replace');
  const clear = () => change(props.unfiltered);
  const order = orderOf(state, orders);

  return (
    <ListLayout
      title={title}
      level={level}
      views={props.views}
      actions={
        <>
          <ColumnMenu
            columns={props.columns}
            shown={shown}
            onChange={(ids) => change({ columns: ids }, 'replace')}
            onReset={() => change({ columns: [] }, 'replace')}
          />
          {typeof orders !== 'string' && (
            <SortMenu value={order.sorting} orders={orders} onChange={order.onSort} />
          )}
          <ExportMenu
            path={props.exported}
            filter={state.params}
            total={list.outdated ? undefined : list.page?.total}
            noun={noun}
            {...(props.formats && { formats: props.formats })}
          />
        </>
      }
      intro={props.intro}
      filters={
        <FilterBar
          filter={state.filter}
          facets={props.facets}
          counts={props.counts}
          tokens={props.tokens ?? []}
          dropped={state.dropped}
          example={props.example}
          chips={props.chips}
          onChange={(patch, how) => change(patch, how)}
          onClear={filtered ? clear : undefined}
        />
      }
      panel={open && props.panel(open, close)}
      panelTitle={props.panelTitle}
      onClosePanel={close}
    >
      <RowList
        noun={noun}
        list={list}
        columns={columns}
        identity={props.identity}
        sorting={order.sorting}
        onSort={order.onSort}
        open={open}
        onOpen={(row) =>
          change({ open: row && props.identity.key(row) }, open === undefined ? 'push' : 'replace')
        }
        choice={props.choice}
        totals={props.totals}
        order={order.text}
        filtered={filtered}
        onlyTrouble={props.onlyTrouble ?? false}
        onClear={clear}
        whenNone={props.whenNone}
      />
    </ListLayout>
  );
}

interface Order {
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  readonly text: string;
}

function orderOf(
  { value, change }: ListState,
  orders: ListPageProps<never, never>['orders'],
): Order {
  if (typeof orders === 'string') return { ...unsorted, text: orders };
  const sorting: Sorting = { by: value.sort ?? '', order: value.order ?? 'asc' };
  return {
    sorting,
    onSort: ({ by, order }) => change({ sort: by, order }),
    text: orders[sorting.by]?.[sorting.order === 'asc' ? 0 : 1] ?? '',
  };
}
