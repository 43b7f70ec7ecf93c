import { type ReactNode, useMemo } from 'react';
import { visibleColumns } from '#components/list/column.ts';
import { ColumnMenu } from '#components/list/column-menu.tsx';
import { ExportMenu, tableFormats } from '#components/list/export-menu.tsx';
import type { Facet } from '#components/list/facet-menu.tsx';
import { FilterBar } from '#components/list/filter-bar.tsx';
import { ListLayout } from '#components/list/list-layout.tsx';
import { isNarrowed, unsorted } from '#components/list/list-state.ts';
import { RowList } from '#components/list/row-list.tsx';
import { RowPanel } from '#components/list/row-panel.tsx';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { useUrlState } from '#components/list/use-url-state.ts';
import { formatNoun } from '#components/ui/format.ts';
import { DecisionFilter, type DecisionPage } from '#lib/contract/policies.ts';
import { readUrl, writeUrl } from '#lib/contract/url-state.ts';
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
  const { title, level = 'page', views, intro, fixed, facets, usual, whenNone } = props;
  const { value, dropped, change } = useUrlState(DecisionView);
  const text = writeUrl(DecisionFilter, { ...value, ...fixed }).toString();
  const filter = useMemo(() => readUrl(DecisionFilter, new URLSearchParams(text)).value, [text]);
  const choice = useRowChoice(filter);
  const list = useDecisions(filter, choice.held);
  const shown = value.columns.length === 0 ? usual : value.columns;
  const columns = useMemo(() => visibleColumns(decisionColumns, shown), [shown]);
  const filtered = isNarrowed({ ...filter, ...unfilteredOf(fixed) }, unfilteredDecisions);
  const close = () => change({ open: undefined }, 'replace');
  const clear = () => change(unfilteredDecisions);

  return (
    <ListLayout
      title={title}
      level={level}
      views={views}
      actions={
        <>
          <ColumnMenu
            columns={decisionColumns}
            shown={shown}
            onChange={(ids) => change({ columns: ids as DecisionColumnId[] }, 'replace')}
            onReset={() => change({ columns: [] }, 'replace')}
          />
          <ExportMenu
            path="/api/v1/decisions/export"
            filter={new URLSearchParams(text)}
            total={list.outdated ? undefined : list.page?.total}
            noun="decisions"
            formats={tableFormats}
          />
        </>
      }
      intro={intro}
      filters={
        <FilterBar
          filter={filter}
          facets={facets}
          counts={undefined}
          tokens={decisionTokens(filter)}
          dropped={dropped}
          example="Words of the workload, image, policy or reason"
          chips={
            fixed.gap === undefined && (
              <OutcomeChips value={value.enforced} onChange={(enforced) => change({ enforced })} />
            )
          }
          onChange={(patch, how) => change(listsOf(patch), how)}
          onClear={filtered ? clear : undefined}
        />
      }
      panel={
        value.open && (
          <RowPanel id={value.open} list={list} noun="decision" onClose={close}>
            {(row) => <DecisionPanel row={row} onClose={close} />}
          </RowPanel>
        )
      }
      panelTitle="Decision"
      onClosePanel={close}
    >
      <RowList
        noun="decisions"
        list={list}
        columns={columns}
        identity={decisionIdentity}
        {...unsorted}
        open={value.open}
        onOpen={(row) => change({ open: row?.id }, value.open === undefined ? 'push' : 'replace')}
        choice={choice}
        totals={totals}
        order="Refused by enforcing first, then most pods"
        filtered={filtered}
        onlyTrouble={false}
        onClear={clear}
        whenNone={isScoped(value) ? <NoneInScope noun="decisions" /> : whenNone}
      />
    </ListLayout>
  );
}

/** What the page itself asks for is nothing that the reader could clear. */
const unfilteredOf = (fixed: DecisionListProps['fixed']): Partial<DecisionFilter> => ({
  ...(fixed.policy && { policy: [] }),
  ...(fixed.gap && { gap: undefined }),
});

/** A token that is removed comes as undefined; a list of the filter is then empty. */
const listsOf = (patch: Readonly<Record<string, unknown>>): Partial<DecisionView> =>
  'workload' in patch ? { ...patch, workload: [] } : patch;

const totals = ({ total, workloads }: DecisionPage): string =>
  `${formatNoun(total, 'decision')} about ${formatNoun(workloads, 'workload')}`;
