import { tableFormats } from '#components/list/export-menu.tsx';
import { ListPage } from '#components/list/list-page.tsx';
import { isNarrowed } from '#components/list/list-state.ts';
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
  const state = useFiltered(SimulationView, SimulationRowFilter);
  const { value, filter, change } = state;
  const choice = useRowChoice(filter);
  const list = useSimulationRows(id, filter, choice.held);
  return (
    <section id="workloads" className="scroll-mt-16">
      <ListPage
        title="Workloads"
        level="section"
        noun="workloads"
        state={state}
        list={list}
        choice={choice}
        columns={simulationColumns}
        usual={defaultColumns}
        identity={simulationIdentity}
        orders="Newly refused first"
        intro={<ScopeNote noun="These rows" cluster={value.cluster} />}
        facets={simulationFacetList}
        example='namespace:search image:*router* "not signed"'
        chips={
          <ChangeChips
            value={filter.change}
            counts={counts}
            onChange={(next) => change({ change: next })}
          />
        }
        filtered={isNarrowed(filter, unfiltered)}
        unfiltered={unfiltered}
        exported={`/api/v1/simulations/${encodeURIComponent(id)}/rows/export`}
        formats={tableFormats}
        totals={totals}
        panelTitle="Workload"
        panel={(open, onClose) => (
          <RowPanel id={open} list={list} noun="workload" onClose={onClose}>
            {(row) => <SimulationRowPanel row={row} onClose={onClose} />}
          </RowPanel>
        )}
      />
    </section>
  );
}

const totals = ({ total }: SimulationPage): string => formatNoun(total, 'workload');
