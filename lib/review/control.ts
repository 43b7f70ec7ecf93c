import type { ControlFilter, ControlMatrix, ControlRow } from '#lib/contract/decisions.ts';
import type { ControlCell } from '#lib/model/admission.ts';
import { engines, policyModes } from '#lib/model/policy.ts';
import { type Fleet, type ReviewedCluster, remembered } from './fleet.ts';
import { isWanted, sortRows } from './pages.ts';

/** Which engine controls which namespace, and how; weakest control and most workloads first. */
export function controlMatrix(fleet: Fleet, filter: ControlFilter): ControlMatrix {
  const items = allRows(fleet).filter(
    (row) =>
      isWanted(filter.cluster, row.cluster) &&
      isWanted(filter.namespace, row.namespace) &&
      isWanted(filter.mode, row.strongest),
  );
  const count = (mode: ControlRow['strongest']) =>
    items.filter(({ strongest }) => strongest === mode).length;
  const present = new Set(items.flatMap(({ cells }) => cells.map(({ engine }) => engine)));
  return {
    items,
    engines: engines.filter((engine) => present.has(engine)),
    totals: Object.fromEntries(policyModes.map((mode) => [mode, count(mode)])) as Record<
      ControlRow['strongest'],
      number
    >,
  };
}

const allRows = (fleet: Fleet): readonly ControlRow[] =>
  remembered(fleet, 'control', () =>
    sortRows([...fleet.clusters.values()].flatMap(rowsOfCluster), (row) => [
      -policyModes.indexOf(row.strongest),
      -row.workloads,
      row.cluster,
      row.namespace,
    ]),
  );

/** Namespaces that were read, and those in which something runs though they could not be read. */
function rowsOfCluster({ id, admission, workloads, asOf, stale }: ReviewedCluster): ControlRow[] {
  const control = admission.control();
  const counts = new Map<string, number>();
  for (const { input } of workloads.values()) {
    const { namespace } = input.workload;
    counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return [...new Set([...control.keys(), ...counts.keys()])].map((namespace) => {
    const cells = control.get(namespace) ?? [];
    const strongest = policyModes.find((mode) => cells.some((cell) => cell.mode === mode));
    return {
      cluster: id,
      namespace,
      workloads: counts.get(namespace) ?? 0,
      strongest: strongest ?? 'none',
      why: strongest === undefined || strongest === 'none' ? whyNone(cells, asOf) : null,
      cells: cells.map(({ engine, mode, why }) => ({ engine, mode, why: why ?? null })),
      asOf,
      stale,
    };
  });
}

function whyNone(cells: readonly ControlCell[], asOf: string | null): string {
  if (asOf === null) return 'the admission objects of the cluster were not read yet';
  const reasons = cells.flatMap(({ engine, why }) =>
    why === undefined ? [] : `${engine}: ${why}`,
  );
  return reasons.length === 0
    ? 'no admission engine was found in this cluster'
    : reasons.join('; ');
}
