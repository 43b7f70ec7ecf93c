import type { ReactNode } from 'react';
import { tableFormats } from '#components/list/export-menu.tsx';
import type { Facet } from '#components/list/facet-menu.tsx';
import { ListPage } from '#components/list/list-page.tsx';
import { isNarrowed } from '#components/list/list-state.ts';
import { RowPanel } from '#components/list/row-panel.tsx';
import { useFiltered } from '#components/list/use-filtered.ts';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { formatNoun } from '#components/ui/format.ts';
import { DecisionFilter, type DecisionPage } from '#lib/contract/decisions.ts';
import { useDecisions } from '#lib/query/policies.ts';
import { decisionColumns } from './decision-columns.tsx';
import { DecisionPanel } from './decision-panel.tsx';
import {
  type DecisionColumnId,
  DecisionView,
  decisionIdentity,
  decisionTokens,
  unfilteredDecisions,
} from './decision-view.ts';
import { isScoped, NoneInScope } from './none-in-scope.tsx';
import { OutcomeChips } from './outcome-chips.tsx';

interface DecisionListProps {
  readonly title: string;
  readonly level?: 'page' | 'section';
  readonly views?: ReactNode;
  readonly intro?: ReactNode;
  /** What the page itself asks for, whatever its URL says. */
  readonly fixed: Partial<Pick<DecisionFilter, 'policy' | 'gap'>>;
  readonly facets: readonly Facet[];
  /** Columns that stand where none were chosen. */
  readonly usual: readonly DecisionColumnId[];
  /** What it means that there are none, with every source current and nothing filtered. */
  readonly whenNone: ReactNode;
}

/** What rules say to containers: today, and if they enforced. */
export function DecisionList(props: DecisionListProps) {
  const { fixed, whenNone, ...page } = props;
  const state = useFiltered(DecisionView, DecisionFilter, fixed);
  const { value, filter, change } = state;
  const choice = useRowChoice(filter);
  const list = useDecisions(filter, choice.held);
  return (
    <ListPage
      {...page}
      noun="decisions"
      state={state}
      list={list}
      choice={choice}
      columns={decisionColumns}
      identity={decisionIdentity}
      orders="Refused by enforcing first, then most pods"
      tokens={decisionTokens(filter, list.page?.named)}
      example="Words of the workload, image, policy or reason"
      chips={
        fixed.gap === undefined && (
          <OutcomeChips value={value.enforced} onChange={(enforced) => change({ enforced })} />
        )
      }
      filtered={isNarrowed({ ...filter, ...unfilteredOf(fixed) }, unfilteredDecisions)}
      unfiltered={unfilteredDecisions}
      exported="/api/v1/decisions/export"
      formats={tableFormats}
      totals={totals}
      whenNone={isScoped(value) ? <NoneInScope noun="decisions" /> : whenNone}
      panelTitle="Decision"
      panel={(open, onClose) => (
        <RowPanel id={open} list={list} noun="decision" onClose={onClose}>
          {(row) => <DecisionPanel row={row} onClose={onClose} />}
        </RowPanel>
      )}
    />
  );
}

/** What the page itself asks for is nothing that the reader could clear. */
const unfilteredOf = (fixed: DecisionListProps['fixed']): Partial<DecisionFilter> => ({
  ...(fixed.policy && { policy: [] }),
  ...(fixed.gap && { gap: undefined }),
});

const totals = ({ total, workloads }: DecisionPage): string =>
  `${formatNoun(total, 'decision')} about ${formatNoun(workloads, 'workload')}`;
