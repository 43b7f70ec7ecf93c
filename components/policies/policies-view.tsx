'use client';

import { useMemo } from 'react';
import { CheckChip } from '#components/list/check-chip.tsx';
import { type Sorting, visibleColumns } from '#components/list/column.ts';
import { ColumnMenu } from '#components/list/column-menu.tsx';
import { ExportMenu, tableFormats } from '#components/list/export-menu.tsx';
import { FilterBar } from '#components/list/filter-bar.tsx';
import { ListLayout } from '#components/list/list-layout.tsx';
import { isNarrowed } from '#components/list/list-state.ts';
import { RowList } from '#components/list/row-list.tsx';
import { SavedViews } from '#components/list/saved-views.tsx';
import { ScopeNote } from '#components/list/scope-note.tsx';
import { SortMenu } from '#components/list/sort-menu.tsx';
import { useFiltered } from '#components/list/use-filtered.ts';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { MissingAdmission, NoneFound } from '#components/status/admission-sources.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { PolicyFilter, type PolicyPage } from '#lib/contract/policies.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import { usePolicies } from '#lib/query/policies.ts';
import { ControlPanel } from './control-panel.tsx';
import { EnginesPanel } from './engines-panel.tsx';
import { GapPanel } from './gap-panel.tsx';
import { NoneInScope } from './none-in-scope.tsx';
import { policyColumns } from './policy-columns.tsx';
import { PolicyPanel } from './policy-panel.tsx';
import { policyTabs } from './policy-tabs.ts';
import {
  PolicyView,
  policyFacets,
  policyIdentity,
  policyOrders,
  shownPolicyColumns,
  unfilteredPolicies,
} from './policy-view.ts';
import { UnreadPanel } from './unread-panel.tsx';

/** Policies of every engine: the audit gap, the list, what controls each namespace, what was not read. */
export function PoliciesView() {
  const { value, dropped, change, filter, params } = useFiltered(PolicyView, PolicyFilter);
  const choice = useRowChoice(filter);
  const list = usePolicies(filter, choice.held);
  const shown = shownPolicyColumns(value);
  const columns = useMemo(() => visibleColumns(policyColumns, shown), [shown]);
  const sorting: Sorting = { by: value.sort, order: value.order };
  const onSort = ({ by, order }: Sorting) => change({ sort: by as PolicyFilter['sort'], order });
  const close = () => change({ open: undefined }, 'replace');
  const clear = () => change(unfilteredPolicies);
  const filtered = isNarrowed(filter, unfilteredPolicies);

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div>
        <ListLayout
          title="Policies"
          views={<SavedViews label="Pages of policies" views={policyTabs(value, 'policies')} />}
          actions={
            <>
              <ColumnMenu
                columns={policyColumns}
                shown={shown}
                onChange={(ids) => change({ columns: ids as PolicyView['columns'] }, 'replace')}
                onReset={() => change({ columns: [] }, 'replace')}
              />
              <SortMenu value={sorting} orders={policyOrders} onChange={onSort} />
              <ExportMenu
                path="/api/v1/policies/export"
                filter={params}
                total={list.outdated ? undefined : list.page?.total}
                noun="policies"
                formats={tableFormats}
              />
            </>
          }
          intro={<Intro page={list.page} scope={value} />}
          filters={
            <FilterBar
              filter={filter}
              facets={policyFacets}
              counts={undefined}
              tokens={[]}
              dropped={dropped}
              example="Words of the policy, its kind, images or cluster"
              chips={
                <CheckChip
                  checked={value.gap === 'yes'}
                  onChange={(on) => change({ gap: on ? 'yes' : undefined })}
                >
                  Would refuse more
                </CheckChip>
              }
              onChange={(patch, how) => change(patch as Partial<PolicyView>, how)}
              onClear={filtered ? clear : undefined}
            />
          }
          panel={value.open && <PolicyPanel key={value.open} id={value.open} onClose={close} />}
          panelTitle="Policy"
          onClosePanel={close}
        >
          <RowList
            noun="policies"
            list={list}
            columns={columns}
            identity={policyIdentity}
            sorting={sorting}
            onSort={onSort}
            open={value.open}
            onOpen={(row) =>
              change({ open: row?.id }, value.open === undefined ? 'push' : 'replace')
            }
            choice={choice}
            totals={totals}
            order={policyOrders[value.sort][value.order === 'asc' ? 0 : 1]}
            filtered={filtered}
            onlyTrouble={false}
            onClear={clear}
            whenNone={value.cluster.length > 0 ? <NoneInScope noun="policies" /> : <NoPolicies />}
          />
        </ListLayout>
      </div>
      {/* Below a list of any length: it stands once the list does, and does not move. */}
      {!list.pending && (
        <ControlPanel
          scope={value}
          modes={value.strongest}
          onModes={(strongest) => change({ strongest }, 'replace')}
        />
      )}
      {list.page && <UnreadPanel unread={list.page.unread} />}
    </div>
  );
}

interface IntroProps {
  readonly page: PolicyPage | undefined;
  readonly scope: Scope;
}

function Intro({ page, scope: { cluster, namespace, team } }: IntroProps) {
  return (
    <div className="mb-4">
      <MissingAdmission noun="policies and their figures" />
      <ScopeNote noun="Policies and their figures" namespace={namespace} team={team} />
      <div className="grid gap-4 lg:grid-cols-2">
        <GapPanel page={page} scope={{ cluster }} />
        <EnginesPanel engines={page?.engines} />
      </div>
    </div>
  );
}

function NoPolicies() {
  return (
    <NoneFound noun="policies" title="No policies">
      The engines that run have no policy: whatever is deployed there gets in.
    </NoneFound>
  );
}

const totals = ({ total }: PolicyPage): string => formatNoun(total, 'policy', 'policies');
