'use client';

import { useMemo } from 'react';
import { type Sorting, visibleColumns } from '#components/list/column.ts';
import { ColumnMenu } from '#components/list/column-menu.tsx';
import { ExportMenu } from '#components/list/export-menu.tsx';
import { FilterBar } from '#components/list/filter-bar.tsx';
import { ListLayout } from '#components/list/list-layout.tsx';
import { RowList } from '#components/list/row-list.tsx';
import { type SavedView, SavedViews } from '#components/list/saved-views.tsx';
import { SortMenu } from '#components/list/sort-menu.tsx';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { useUrlState } from '#components/list/use-url-state.ts';
import { gapHref } from '#components/status/hrefs.ts';
import { formatNoun } from '#components/ui/format.ts';
import { readUrl, writeUrl } from '#lib/contract/url-state.ts';
import { WorkloadFilter, type WorkloadPage } from '#lib/contract/workloads.ts';
import { useWorkloadFacets, useWorkloads } from '#lib/query/workloads.ts';
import { workloadColumns } from './workload-columns.tsx';
import {
  asksOnlyForTrouble,
  filterTokens,
  isFiltered,
  unfiltered,
  workloadFacetList,
} from './workload-filter.ts';
import { WorkloadPanel } from './workload-panel.tsx';
import {
  savedViews,
  shownColumns,
  WorkloadView,
  workloadIdentity,
  workloadOrders,
} from './workload-view.ts';

/** The workload list: filters, rows, and the panel of the row that is open. */
export function WorkloadsView() {
  const { value, dropped, change } = useUrlState(WorkloadView);
  // Opening a panel or choosing columns is no other filter.
  const text = writeUrl(WorkloadFilter, value).toString();
  const filter = useMemo(() => readUrl(WorkloadFilter, new URLSearchParams(text)).value, [text]);
  const choice = useRowChoice(filter);
  const list = useWorkloads(filter, choice.held);
  const counts = useWorkloadFacets(filter);
  const shown = shownColumns(value);
  const columns = useMemo(() => visibleColumns(workloadColumns, shown), [shown]);
  const sorting: Sorting = { by: value.sort, order: value.order };
  const onSort = ({ by, order }: Sorting) => change({ sort: by as WorkloadFilter['sort'], order });
  const close = () => change({ open: undefined }, 'replace');
  const clear = () => change(unfiltered);

  return (
    <ListLayout
      title="Workloads"
      views={<SavedViews views={[...savedViews(value), auditGap(value)]} />}
      actions={
        <>
          <ColumnMenu
            columns={workloadColumns}
            shown={shown}
            onChange={(ids) => change({ columns: ids as WorkloadView['columns'] }, 'replace')}
            onReset={() => change({ columns: [] }, 'replace')}
          />
          <SortMenu value={sorting} orders={workloadOrders} onChange={onSort} />
          <ExportMenu
            path="/api/v1/workloads/export"
            filter={new URLSearchParams(text)}
            total={list.outdated ? undefined : list.page?.total}
            noun="workloads"
          />
        </>
      }
      filters={
        <FilterBar
          filter={filter}
          facets={workloadFacetList}
          counts={counts}
          tokens={filterTokens(filter)}
          dropped={dropped}
          example="namespace:search image:*router*"
          onChange={(patch, how) => change(patch as Partial<WorkloadView>, how)}
          onClear={isFiltered(filter) ? clear : undefined}
        />
      }
      panel={value.open && <WorkloadPanel key={value.open} id={value.open} onClose={close} />}
      panelTitle="Workload"
      onClosePanel={close}
    >
      <RowList
        noun="workloads"
        list={list}
        columns={columns}
        identity={workloadIdentity}
        sorting={sorting}
        onSort={onSort}
        open={value.open}
        onOpen={(row) => change({ open: row?.id }, value.open === undefined ? 'push' : 'replace')}
        choice={choice}
        totals={totals}
        order={workloadOrders[value.sort][value.order === 'asc' ? 0 : 1]}
        filtered={isFiltered(filter)}
        onlyTrouble={asksOnlyForTrouble(filter)}
        onClear={clear}
      />
    </ListLayout>
  );
}

/** The same fleet by what admission would refuse: a list of its own, because its rows are decisions. */
const auditGap = ({ cluster, namespace, team }: WorkloadFilter): SavedView => ({
  name: 'Audit gap',
  href: gapHref({ cluster, namespace, team }),
  current: false,
});

const totals = ({ total, containers }: WorkloadPage): string =>
  `${formatNoun(total, 'workload')}, ${formatNoun(containers, 'container')}`;
