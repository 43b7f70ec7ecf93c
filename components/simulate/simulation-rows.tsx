import { useMemo } from 'react';
import { visibleColumns } from '#components/list/column.ts';
import { ColumnMenu } from '#components/list/column-menu.tsx';
import { ExportMenu, tableFormats } from '#components/list/export-menu.tsx';
import { FilterBar } from '#components/list/filter-bar.tsx';
import { ListLayout } from '#components/list/list-layout.tsx';
import { isNarrowed, unsorted } from '#components/list/list-state.ts';
import { RowList } from '#components/list/row-list.tsx';
import { RowPanel } from '#components/list/row-panel.tsx';
import { ScopeNote } from '#components/list/scope-note.tsx';
import { useFiltered } from '#components/list/use-filtered.ts';
import { useRowChoice } from '#components/list/use-row-choice.ts';
import { formatNoun } from '#components/ui/format.ts';
import {
  type Simulation,
  type SimulationPage,
  SimulationRowFilter,
} from '#lib/contract/simulations.ts';
import { useSimulationRows } from '#lib/query/simulations.ts';
import { ChangeChips } from './change-chips.tsx';
import { simulationColumns } from './simulation-columns.tsx';
import { SimulationRowPanel } from './simulation-row-panel.tsx';
import {
  defaultColumns,
  SimulationView,
  simulationFacetList,
  simulationIdentity,
  unfiltered,
} from './simulation-view.ts';

/** Every workload of a result under the filter of the URL. */
export function SimulationRows({ simulation }: { readonly simulation: Simulation }) {
  const { id, counts } = simulation;
  const { value, dropped, change, filter, params } = useFiltered(
    SimulationView,
    SimulationRowFilter,
  );
  const choice = useRowChoice(filter);
  const list = useSimulationRows(id, filter, choice.held);
  const shown = value.columns.length === 0 ? defaultColumns : value.columns;
  const columns = useMemo(() => visibleColumns(simulationColumns, shown), [shown]);
  const filtered = isNarrowed(filter, unfiltered);
  const close = () => change({ open: undefined }, 'replace');
  const clear = () => change(unfiltered);

  return (
    <section id="workloads" className="scroll-mt-16">
      <ListLayout
        title="Workloads"
        level="section"
        actions={
          <>
            <ColumnMenu
              columns={simulationColumns}
              shown={shown}
              onChange={(ids) => change({ columns: ids as SimulationView['columns'] }, 'replace')}
              onReset={() => change({ columns: [] }, 'replace')}
            />
            <ExportMenu
              path={`/api/v1/simulations/${encodeURIComponent(id)}/rows/export`}
              filter={params}
              total={list.outdated ? undefined : list.page?.total}
              noun="workloads"
              formats={tableFormats}
            />
          </>
        }
        intro={<ScopeNote noun="These rows" cluster={value.cluster} />}
        filters={
          <FilterBar
            filter={filter}
            facets={simulationFacetList}
            counts={undefined}
            tokens={[]}
            dropped={dropped}
            example='namespace:search image:*router* "not signed"'
            chips={
              <ChangeChips
                value={filter.change}
                counts={counts}
                onChange={(next) => change({ change: next })}
              />
            }
            onChange={(patch, how) => change(patch as Partial<SimulationView>, how)}
            onClear={filtered ? clear : undefined}
          />
        }
        panel={
          value.open && (
            <RowPanel id={value.open} list={list} noun="workload" onClose={close}>
              {(row) => <SimulationRowPanel row={row} onClose={close} />}
            </RowPanel>
          )
        }
        panelTitle="Workload"
        onClosePanel={close}
      >
        <RowList
          noun="workloads"
          list={list}
          columns={columns}
          identity={simulationIdentity}
          {...unsorted}
          open={value.open}
          onOpen={(row) => change({ open: row?.id }, value.open === undefined ? 'push' : 'replace')}
          choice={choice}
          totals={totals}
          order="Newly refused first"
          filtered
          onlyTrouble={false}
          onClear={clear}
        />
      </ListLayout>
    </section>
  );
}

const totals = ({ total }: SimulationPage): string => formatNoun(total, 'workload');
