'use client';

import { SavedViews } from '#components/list/saved-views.tsx';
import { useScope } from '#components/shell/use-scope.ts';
import { MissingAdmission } from '#components/status/admission-sources.tsx';
import { decisionsHref, policiesHref } from '#components/status/hrefs.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { usePolicyNames } from '#lib/query/policies.ts';
import { DecisionList } from './decision-list.tsx';
import { type DecisionColumnId, decisionFacets } from './decision-view.ts';
import { policyTabs } from './policy-tabs.ts';

const usual: readonly DecisionColumnId[] = [
  'cluster',
  'container',
  'today',
  'enforced',
  'why',
  'policy',
  'mode',
  'event',
  'status',
  'pods',
];

/** What gets in today and would be refused if its policy enforced, over the whole fleet. */
export function GapView() {
  const { scope } = useScope();
  const facets = decisionFacets(usePolicyNames());
  return (
    <DecisionList
      title="Audit gap"
      views={<SavedViews label="Pages of policies" views={policyTabs(scope, 'gap')} />}
      intro={
        <>
          <p className="-mt-2 mb-3 max-w-[84ch] text-body text-ink-2">
            What its policy lets in today and would refuse if it enforced, and what would meet the
            refusal next. Workloads that another policy refuses today stand here too; the figure of
            the audit gap leaves them out.
          </p>
          <MissingAdmission noun="decisions" />
        </>
      }
      fixed={{ gap: 'yes' }}
      facets={facets}
      usual={usual}
      whenNone={
        <EmptyState
          title="No refusal is known"
          action={
            <ButtonLink href={decisionsHref({ ...scope, enforced: ['error', 'not-evaluated'] })}>
              See what could not be told
            </ButtonLink>
          }
        >
          Nothing that gets in today is known to be refused by enforcing. What could not be checked
          or not be evaluated stands in a list of its own.
        </EmptyState>
      }
    />
  );
}

/** Every decision of every policy. */
export function DecisionsView() {
  const { scope } = useScope();
  const facets = decisionFacets(usePolicyNames());
  return (
    <DecisionList
      title="Decisions"
      views={<SavedViews label="Pages of policies" views={policyTabs(scope, 'decisions')} />}
      intro={<MissingAdmission noun="decisions" />}
      fixed={{}}
      facets={facets}
      usual={usual}
      whenNone={
        <EmptyState
          title="No decisions"
          action={<ButtonLink href={policiesHref(scope)}>See the policies</ButtonLink>}
        >
          No policy that we can read is about any workload that we know of.
        </EmptyState>
      }
    />
  );
}
