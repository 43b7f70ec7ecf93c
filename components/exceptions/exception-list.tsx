import { tableFormats } from '#components/list/export-menu.tsx';
import { ListPage } from '#components/list/list-page.tsx';
import { isNarrowed } from '#components/list/list-state.ts';
import { RowPanel } from '#components/list/row-panel.tsx';
import { SavedViews } from '#components/list/saved-views.tsx';
import { ScopeNote } from '#components/list/scope-note.tsx';
import { useFiltered } from '#components/list/use-filtered.ts';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { MissingAdmission, NoneFound } from '#components/status/admission-sources.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { ExceptionFilter, type ExceptionPage } from '#lib/contract/exceptions.ts';
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

const usual = exceptionColumnIds.filter((id) => id !== 'created');

/** The ledger of exceptions across engines. */
export function ExceptionList() {
  const state = useFiltered(ExceptionView, ExceptionFilter);
  const { value, filter } = state;
  const choice = useRowChoice(filter);
  const list = useExceptions(filter, choice.held);
  return (
    <ListPage
      title="Exceptions"
      noun="exceptions"
      state={state}
      list={list}
      choice={choice}
      columns={exceptionColumns}
      usual={usual}
      identity={exceptionIdentity}
      orders="Expired and too broad first"
      views={<SavedViews label="Lists" views={tabLinks('exceptions', value)} />}
      intro={
        <>
          <MissingAdmission noun="exceptions" />
          <ScopeNote noun="Exceptions" namespace={value.namespace} team={value.team} />
        </>
      }
      facets={exceptionFacetList}
      example="Words of the exception, its policy or its owner"
      filtered={isNarrowed(filter, unfilteredExceptions)}
      unfiltered={unfilteredExceptions}
      exported="/api/v1/exceptions/export"
      formats={tableFormats}
      totals={totals}
      whenNone={
        <NoneFound noun="exceptions" title="No exceptions">
          No policy, webhook or namespace sets a rule aside.
        </NoneFound>
      }
      panelTitle="Exception"
      panel={(open, onClose) => (
        <RowPanel id={open} list={list} noun="exception" onClose={onClose}>
          {(row) => <ExceptionPanel row={row} onClose={onClose} />}
        </RowPanel>
      )}
    />
  );
}

const totals = ({ total }: ExceptionPage): string => formatNoun(total, 'exception');
