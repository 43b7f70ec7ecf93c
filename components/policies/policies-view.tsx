'use client';

import { CheckChip } from '#components/list/check-chip.tsx';
import { tableFormats } from '#components/list/export-menu.tsx';
import { ListPage } from '#components/list/list-page.tsx';
import { isNarrowed } from '#components/list/list-state.ts';
import { SavedViews } from '#components/list/saved-views.tsx';
import { ScopeNote } from '#components/list/scope-note.tsx';
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
  unfilteredPolicies,
  usualPolicyColumns,
} from './policy-view.ts';
import { UnreadPanel } from './unread-panel.tsx';

/** Policies of every engine: the audit gap, the list, what controls each namespace, what was not read. */
export function PoliciesView() {
  const state = useFiltered(PolicyView, PolicyFilter);
  const { value, filter, change } = state;
  const choice = useRowChoice(filter);
  const list = usePolicies(filter, choice.held);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div>
        <ListPage
          title="Policies"
          noun="policies"
          state={state}
          list={list}
          choice={choice}
          columns={policyColumns}
          usual={usualPolicyColumns}
          identity={policyIdentity}
          orders={policyOrders}
          views={<SavedViews label="Pages of policies" views={policyTabs(value, 'policies')} />}
          intro={<Intro page={list.page} scope={value} />}
          facets={policyFacets}
          example="Words of the policy, its kind, images or cluster"
          chips={
            <CheckChip
              checked={value.gap === 'yes'}
              onChange={(on) => change({ gap: on ? 'yes' : undefined })}
            >
              Would refuse more
            </CheckChip>
          }
          filtered={isNarrowed(filter, unfilteredPolicies)}
          unfiltered={unfilteredPolicies}
          exported="/api/v1/policies/export"
          formats={tableFormats}
          totals={totals}
          whenNone={value.cluster.length > 0 ? <NoneInScope noun="policies" /> : <NoPolicies />}
          panelTitle="Policy"
          panel={(open, onClose) => <PolicyPanel key={open} id={open} onClose={onClose} />}
        />
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
