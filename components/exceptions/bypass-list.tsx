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
import { BypassFilter, type BypassPage } from '#lib/contract/exceptions.ts';
import { useBypasses } from '#lib/query/exceptions.ts';
import { bypassColumns } from './bypass-columns.tsx';
import { BypassPanel } from './bypass-panel.tsx';
import {
  BypassView,
  bypassColumnIds,
  bypassFacetList,
  bypassIdentity,
  tabLinks,
  unfilteredBypasses,
} from './exception-view.ts';

/** The ways past the engines that webhooks, selectors and missing parts leave open. */
export function BypassList() {
  const state = useFiltered(BypassView, BypassFilter);
  const { value, filter } = state;
  const choice = useRowChoice(filter);
  const list = useBypasses(filter, choice.held);
  return (
    <ListPage
      title="Exceptions"
      noun="ways past the engines"
      state={state}
      list={list}
      choice={choice}
      columns={bypassColumns}
      usual={bypassColumnIds}
      identity={bypassIdentity}
      orders="Most severe first"
      views={<SavedViews label="Lists" views={tabLinks('bypasses', value)} />}
      intro={
        <>
          <MissingAdmission noun="ways past the engines" />
          <ScopeNote noun="Ways past the engines" namespace={value.namespace} team={value.team} />
        </>
      }
      facets={bypassFacetList}
      example="Words of the webhook, its object or the cause"
      filtered={isNarrowed(filter, unfilteredBypasses)}
      unfiltered={unfilteredBypasses}
      exported="/api/v1/bypasses/export"
      formats={tableFormats}
      totals={totals}
      whenNone={
        <NoneFound noun="ways past the engines" title="No way past the engines">
          Every webhook that we read answers, fails closed and covers every namespace.
        </NoneFound>
      }
      panelTitle="Way past an engine"
      panel={(open, onClose) => (
        <RowPanel id={open} list={list} noun="way past an engine" onClose={onClose}>
          {(row) => <BypassPanel row={row} onClose={onClose} />}
        </RowPanel>
      )}
    />
  );
}

const totals = ({ total }: BypassPage): string => formatNoun(total, 'way', 'ways');
