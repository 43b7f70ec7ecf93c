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
import { BypassFilter, type BypassPage } from '#lib/contract/policies.ts';
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
  const { value, dropped, change, filter, params } = useFiltered(BypassView, BypassFilter);
  const choice = useRowChoice(filter);
  const list = useBypasses(filter, choice.held);
  const shown = value.columns.length === 0 ? bypassColumnIds : value.columns;
  const columns = useMemo(() => visibleColumns(bypassColumns, shown), [shown]);
  const filtered = isNarrowed(filter, unfilteredBypasses);
  const close = () => change({ open: undefined }, 'replace');
  const clear = () => change(unfilteredBypasses);

  return (
    <ListLayout
      title="Exceptions"
      views={<SavedViews label="Lists" views={tabLinks('bypasses', value)} />}
      actions={
        <>
          <ColumnMenu
            columns={bypassColumns}
            shown={shown}
            onChange={(ids) => change({ columns: ids as BypassView['columns'] }, 'replace')}
            onReset={() => change({ columns: [] }, 'replace')}
          />
          <ExportMenu
            path="/api/v1/bypasses/export"
            filter={params}
            total={list.outdated ? undefined : list.page?.total}
            noun="ways"
            formats={tableFormats}
          />
        </>
      }
      intro={
        <>
          <MissingAdmission noun="ways past the engines" />
          <ScopeNote noun="Ways past the engines" namespace={value.namespace} team={value.team} />
        </>
      }
      filters={
        <FilterBar
          filter={filter}
          facets={bypassFacetList}
          counts={undefined}
          tokens={[]}
          dropped={dropped}
          example="Words of the webhook, its object or the cause"
          onChange={(patch, how) => change(patch as Partial<BypassView>, how)}
          onClear={filtered ? clear : undefined}
        />
      }
      panel={
        value.open && (
          <RowPanel id={value.open} list={list} noun="way past an engine" onClose={close}>
            {(row) => <BypassPanel row={row} onClose={close} />}
          </RowPanel>
        )
      }
      panelTitle="Way past an engine"
      onClosePanel={close}
    >
      <RowList
        noun="ways past the engines"
        list={list}
        columns={columns}
        identity={bypassIdentity}
        {...unsorted}
        open={value.open}
        onOpen={(row) => change({ open: row?.id }, value.open === undefined ? 'push' : 'replace')}
        choice={choice}
        totals={totals}
        order="Most severe first"
        filtered={filtered}
        onlyTrouble={false}
        onClear={clear}
        whenNone={
          <NoneFound noun="ways past the engines" title="No way past the engines">
            Every webhook that we read answers, fails closed and covers every namespace.
          </NoneFound>
        }
      />
    </ListLayout>
  );
}

const totals = ({ total }: BypassPage): string => formatNoun(total, 'way', 'ways');
