'use client';

import { useMemo } from 'react';
import { type Sorting, visibleColumns } from '#components/list/column.ts';
import { ColumnMenu } from '#components/list/column-menu.tsx';
import { ExportMenu } from '#components/list/export-menu.tsx';
import { FilterBar } from '#components/list/filter-bar.tsx';
import { ListLayout } from '#components/list/list-layout.tsx';
import { RowList } from '#components/list/row-list.tsx';
import { SavedViews } from '#components/list/saved-views.tsx';
import { SortMenu } from '#components/list/sort-menu.tsx';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { useUrlState } from '#components/list/use-url-state.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatNoun } from '#components/ui/format.ts';
import { PolicyFilter, type PolicyPage } from '#lib/contract/policies.ts';
import { readUrl, writeUrl } from '#lib/contract/url-state.ts';
import { usePolicies } from '#lib/query/policies.ts';
import { CheckChip } from './check-chip.tsx';
import { ControlPanel } from './control-panel.tsx';
import { EnginesPanel } from './engines-panel.tsx';
import { GapPanel, MissingNote } from './gap-panel.tsx';
import { policyColumns } from './policy-columns.tsx';
import { PolicyPanel } from './policy-panel.tsx';
import { policyTabs } from './policy-tabs.ts';
import {
  isPolicyFiltered,
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
  const { value, dropped, change } = useUrlState(PolicyView);
  // Opening a panel or choosing columns is no other filter.
  const text = writeUrl(PolicyFilter, value).toString();
  const filter = useMemo(() => readUrl(PolicyFilter, new URLSearchParams(text)).value, [text]);
  const choice = useRowChoice(filter);
  const list = usePolicies(filter, choice.held);
  const shown = shownPolicyColumns(value);
  const columns = useMemo(() => visibleColumns(policyColumns, shown), [shown]);
  const sorting: Sorting = { by: value.sort, order: value.order };
  const onSort = ({ by, order }: Sorting) => change({ sort: by as PolicyFilter['sort'], order });
  const close = () => change({ open: undefined }, 'replace');
  const clear = () => change(unfilteredPolicies);
  const filtered = isPolicyFiltered(filter);

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
                filter={new URLSearchParams(text)}
                total={list.outdated ? undefined : list.page?.total}
                noun="policies"
                formats={['csv', 'json', 'ndjson']}
              />
            </>
          }
          intro={<Intro page={list.page} cluster={value.cluster} wider={widerThanScope(value)} />}
          filters={
            <FilterBar
              filter={filter}
              facets={policyFacets}
              counts={undefined}
              tokens={[]}
              dropped={dropped}
              example="verify image:ghcr.io*"
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
            whenNone={<NoPolicies page={list.page} />}
          />
        </ListLayout>
      </div>
      <ControlPanel
        scope={value}
        modes={value.strongest}
        onModes={(strongest) => change({ strongest }, 'replace')}
      />
      {list.page && <UnreadPanel unread={list.page.unread} />}
    </div>
  );
}

interface IntroProps {
  readonly page: PolicyPage | undefined;
  readonly cluster: PolicyFilter['cluster'];
  /** The scope of the top bar names namespaces or teams, by which policies are not narrowed. */
  readonly wider: boolean;
}

function Intro({ page, cluster, wider }: IntroProps) {
  return (
    <div className="mb-4">
      {page && <MissingNote missing={page.missing} />}
      {wider && (
        <p role="status" className="mb-3 text-ink-2">
          Policies and their figures are those of whole clusters: the namespaces and teams chosen
          above do not narrow them.
        </p>
      )}
      <div className="grid gap-4 lg:grid-cols-2">
        <GapPanel page={page} scope={{ cluster }} />
        <EnginesPanel engines={page?.engines} />
      </div>
    </div>
  );
}

const widerThanScope = ({ namespace, team }: PolicyView): boolean =>
  namespace.length > 0 || team.length > 0;

/** No policy at all: a fact only where every cluster could be read. */
function NoPolicies({ page }: { readonly page: PolicyPage | undefined }) {
  if (page !== undefined && page.missing.length > 0)
    return (
      <EmptyState title="Cannot tell" role="status">
        No policy lies in what could be read, and not everything could be read.
      </EmptyState>
    );
  return (
    <EmptyState title="No policies">
      No engine that we know has a policy in these clusters: whatever is deployed there gets in.
    </EmptyState>
  );
}

const totals = ({ total }: PolicyPage): string => formatNoun(total, 'policy', 'policies');
