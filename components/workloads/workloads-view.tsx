'use client';

import { ListPage } from '#components/list/list-page.tsx';
import { type SavedView, SavedViews } from '#components/list/saved-views.tsx';
import { useFiltered } from '#components/list/use-filtered.ts';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { gapHref } from '#components/status/hrefs.ts';
import { formatNoun } from '#components/ui/format.ts';
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
  usualColumns,
  WorkloadView,
  workloadIdentity,
  workloadOrders,
} from './workload-view.ts';

/** The workload list: filters, rows, and the panel of the row that is open. */
export function WorkloadsView() {
  const state = useFiltered(WorkloadView, WorkloadFilter);
  const { value, filter } = state;
  const choice = useRowChoice(filter);
  const list = useWorkloads(filter, choice.held);
  const counts = useWorkloadFacets(filter);
  return (
    <ListPage
      title="Workloads"
      noun="workloads"
      state={state}
      list={list}
      choice={choice}
      columns={workloadColumns}
      usual={usualColumns}
      identity={workloadIdentity}
      orders={workloadOrders}
      views={<SavedViews views={[...savedViews(value), auditGap(value)]} />}
      facets={workloadFacetList}
      counts={counts}
      tokens={filterTokens(filter)}
      example="namespace:search image:*router*"
      filtered={isFiltered(filter)}
      unfiltered={unfiltered}
      onlyTrouble={asksOnlyForTrouble(filter)}
      exported="/api/v1/workloads/export"
      totals={totals}
      panelTitle="Workload"
      panel={(open, onClose) => <WorkloadPanel key={open} id={open} onClose={onClose} />}
    />
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
