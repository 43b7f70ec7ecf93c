import clsx from 'clsx';
import type { ReactNode } from 'react';
import { useSources } from '#lib/query/sources.ts';
import type { List } from '#lib/query/use-list.ts';
import type { Column, Sorting } from './column.ts';
import { DataTable, TableSkeleton } from './data-table.tsx';
import { ListFooter } from './list-footer.tsx';
import { emptyKind } from './list-state.ts';
import { ListEmpty, ListFailed } from './list-states.tsx';
import type { RowIdentity } from './row-model.ts';
import { SelectionActions } from './selection-actions.tsx';
import type { RowChoice } from './use-row-choice.ts';

interface RowListProps<Row, P extends { readonly total: number }> {
  /** Plural: "workloads". */
  readonly noun: string;
  readonly list: List<Row, P>;
  readonly columns: readonly Column<Row>[];
  readonly identity: RowIdentity<Row>;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  readonly open: string | undefined;
  readonly onOpen: (row: Row | undefined) => void;
  readonly choice: RowChoice;
  /** The counts of the whole filter in words. */
  readonly totals: (page: P) => string;
  readonly order: string;
  readonly filtered: boolean;
  readonly onlyTrouble: boolean;
  readonly onClear: () => void;
  /** What it means that there are none at all, with every source current and nothing filtered. */
  readonly whenNone?: ReactNode;
}

/** The rows of a list in every state that they can be in. */
export function RowList<Row, P extends { readonly total: number }>(props: RowListProps<Row, P>) {
  const { noun, list, columns, choice, totals, order } = props;
  const { rows, page, pending, outdated, error } = list;
  return (
    <section
      aria-label={`List of ${noun}`}
      className={clsx(
        'min-w-0 self-start overflow-hidden rounded-md border border-line bg-surface transition-opacity max-md:overflow-visible',
        outdated && 'opacity-60',
      )}
    >
      {pending && <TableSkeleton columns={columns} label={`Reading the ${noun}`} />}
      {error !== null && page === undefined && (
        <ListFailed what={`the ${noun}`} error={error} onRetry={list.show} />
      )}
      {page !== undefined && page.total === 0 && !outdated && <Empty {...props} />}
      {page !== undefined && (page.total > 0 || outdated) && (
        <DataTable
          caption={`${totals(page)}. ${order}.`}
          columns={columns}
          source={{ ...list, total: page.total }}
          identity={props.identity}
          sorting={props.sorting}
          onSort={props.onSort}
          open={props.open}
          onOpen={props.onOpen}
          selected={choice.selected}
          onSelect={choice.select}
          onHold={choice.setHeld}
          footer={(first, last) => (
            <ListFooter
              first={first}
              last={last}
              total={totals(page)}
              outdated={outdated}
              reading={list.more && last > rows.length ? rows.length : undefined}
              order={order}
              onShow={list.changed ? list.show : undefined}
              failed={error === null ? undefined : { error, retry: list.show }}
            >
              {choice.selected.size > 0 && (
                <SelectionActions
                  rows={rows.filter((row) => choice.selected.has(props.identity.key(row)))}
                  noun={noun}
                  name={props.identity.name}
                  onClear={choice.clear}
                />
              )}
            </ListFooter>
          )}
        />
      )}
    </section>
  );
}

function Empty<Row, P extends { readonly total: number }>(props: RowListProps<Row, P>) {
  const sources = useSources().data;
  const { noun, list, filtered, onlyTrouble, onClear, whenNone } = props;
  const kind = emptyKind({ filtered, onlyTrouble, sources });
  if (kind === 'no-match' && !filtered && whenNone !== undefined) return whenNone;
  return (
    <ListEmpty kind={kind} noun={noun} sources={sources} onClear={onClear} onRetry={list.show} />
  );
}
