import { useMemo } from 'react';
import { visibleColumns } from '#components/list/column.ts';
import { ColumnMenu } from '#components/list/column-menu.tsx';
import { ExportMenu, tableFormats } from '#components/list/export-menu.tsx';
import { FilterBar } from '#components/list/filter-bar.tsx';
import { ListLayout } from '#components/list/list-layout.tsx';
import { isNarrowed, unsorted } from '#components/list/list-state.ts';
import { RowList } from '#components/list/row-list.tsx';
import { RowPanel } from '#components/list/row-panel.tsx';
import { SavedViews } from '#components/list/saved-views.tsx';
import { ScopeNote } from '#components/list/scope-note.tsx';
import { useFiltered } from '#components/list/use-filtered.ts';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { MissingAdmission, NoneFound } from '#components/status/admission-sources.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { ExceptionFilter, type ExceptionPage } from '#lib/contract/policies.ts';
import { useExceptions } from '#lib/query/exceptions.ts';
import { exceptionColumns } from './exception-columns.tsx';
import { ExceptionPanel } from './exception-panel.tsx';
import {
  ExceptionView,
  exceptionColumnIds,
  exceptionFacetList,
  exceptionIdentity,
  tabLinks,
  unfilteredExceptions,
} from './exception-view.ts';

const defaultColumns = exceptionColumnIds.filter((id) => id !== 'created');

/** The ledger of exceptions across engines. */
export function ExceptionList() {
  const { value, dropped, change, filter, params } = useFiltered(ExceptionView, ExceptionFilter);
  const choice = useRowChoice(filter);
  const list = useExceptions(filter, choice.held);
  const shown = value.columns.length === 0 ? defaultColumns : value.columns;
  const columns = useMemo(() => visibleColumns(exceptionColumns, shown), [shown]);
  const filtered = isNarrowed(filter, unfilteredExceptions);
  const close = () => change({ open: undefined }, 'replace');
  const clear = () => change(unfilteredExceptions);

  return (
    <ListLayout
      title="Exceptions"
      views={<SavedViews label="Lists" views={tabLinks('exceptions', value)} />}
      actions={
        <>
          <ColumnMenu
            columns={exceptionColumns}
            shown={shown}
            onChange={(ids) => change({ columns: ids as ExceptionView['columns'] }, 'replace')}
            onReset={() => change({ columns: [] }, 'replace')}
          />
          <ExportMenu
            path="/api/v1/exceptions/export"
            filter={params}
            total={list.outdated ? undefined : list.page?.total}
            noun="exceptions"
            formats={tableFormats}
          />
        </>
      }
      intro={
        <>
          <MissingAdmission noun="exceptions" />
          <ScopeNote noun="Exceptions" namespace={value.namespace} team={value.team} />
        </>
      }
      filters={
        <FilterBar
          filter={filter}
          facets={exceptionFacetList}
          counts={undefined}
          tokens={[]}
          dropped={dropped}
          example="Words of the exception, its policy or its owner"
          onChange={(patch, how) => change(patch as Partial<ExceptionView>, how)}
          onClear={filtered ? clear : undefined}
        />
      }
      panel={
        value.open && (
          <RowPanel id={value.open} list={list} noun="exception" onClose={close}>
            {(row) => <ExceptionPanel row={row} onClose={close} />}
          </RowPanel>
        )
      }
      panelTitle="Exception"
      onClosePanel={close}
    >
      <RowList
        noun="exceptions"
        list={list}
        columns={columns}
        identity={exceptionIdentity}
        {...unsorted}
        open={value.open}
        onOpen={(row) => change({ open: row?.id }, value.open === undefined ? 'push' : 'replace')}
        choice={choice}
        totals={totals}
        order="Expired and too broad first"
        filtered={filtered}
        onlyTrouble={false}
        onClear={clear}
        whenNone={
          <NoneFound noun="exceptions" title="No exceptions">
            No policy, webhook or namespace sets a rule aside.
          </NoneFound>
        }
      />
    </ListLayout>
  );
}

const totals = ({ total }: ExceptionPage): string => formatNoun(total, 'exception');
