import {
  decisionsOf,
  isAbout,
  isAsked,
  isSkipped,
  modeIn,
  verifies,
} from '#lib/lab/plan/admission-decisions.ts';
import { imageTruth } from '#lib/lab/plan/image-truth.ts';
import type { LabPlan, PlannedWorkload } from '#lib/lab/plan/plan.ts';
import type {
  PlannedAdmission,
  PlannedAdmissionRows,
  PlannedControlRow,
  PlannedDecisionRow,
  PlannedDisagreementRow,
  PlannedGapRow,
} from '#lib/lab/plan/planned-admission.ts';
import type { DisagreementKind } from '#lib/model/admission.ts';
import { policyModes } from '#lib/model/policy.ts';
import { plannedBypasses } from './planned-bypasses.ts';
import { plannedExceptions } from './planned-exceptions.ts';

/** What a complete review of the admission of a lab must come to, told by its plan alone. */
export function plannedAdmissionRows(plan: LabPlan): PlannedAdmissionRows {
  const truth = imageTruth(plan.images, plan.repositories);
  const byCluster = Map.groupBy(plan.workloads, ({ cluster }) => cluster);
  const clusters = plan.admission.map((admission) => {
    const workloads = byCluster.get(admission.cluster) ?? [];
    const namespaces = [...new Set(workloads.map(({ namespace }) => namespace))].sort();
    const decided = workloads.map((workload) => ({
      workload,
      rows: decisionsOf(admission, truth, workload),
    }));
    return { admission, namespaces, decided };
  });
  return {
    engines: clusters.flatMap(({ admission }) => enginesOf(admission)),
    decisions: clusters.flatMap(({ decided }) => decided.flatMap(({ rows }) => rows)),
    gap: clusters.flatMap(({ decided }) => decided.flatMap(({ rows }) => gapOf(rows))),
    control: clusters.flatMap(({ admission, namespaces }) => controlOf(admission, namespaces)),
    disagreements: clusters.flatMap(({ admission, decided }) =>
      decided.flatMap((one) => disagreementsOf(admission, one.workload, one.rows)),
    ),
    exceptions: clusters.flatMap(({ admission, decided }) => plannedExceptions(admission, decided)),
    bypasses: clusters.flatMap(({ admission, namespaces }) =>
      plannedBypasses(admission, namespaces),
    ),
  };
}

const enginesOf = ({ cluster, engines }: PlannedAdmission): PlannedAdmissionRows['engines'] =>
  engines.flatMap(({ engine, version, namespace, workload }) =>
    version === undefined || namespace === undefined || workload === undefined
      ? []
      : [{ cluster, engine, version, namespace, workload }],
  );

function gapOf(rows: readonly PlannedDecisionRow[]): PlannedGapRow[] {
  const open = rows.filter(
    ({ mode, today, enforced }) => mode !== 'none' && enforced === 'refuse' && today !== 'refuse',
  );
  const byPolicy = Map.groupBy(open, (row) =>
    [row.policyGroup, row.policyKind, row.policyNamespace, row.policy].join('/'),
  );
  return [...byPolicy.values()].map((group) => {
    const [{ container: _, mode: __, enforced: ___, ...first }] = group as [PlannedDecisionRow];
    const warns = group.some(({ today }) => today === 'warn');
    return {
      ...first,
      today: warns ? 'warn' : 'admit',
      containers: group.map(({ container }) => container),
    };
  });
}

/** The strongest mode of the verifying policies about a namespace, where the engine is asked about it. */
const controlOf = (
  { cluster, engines, policies }: PlannedAdmission,
  namespaces: readonly string[],
): PlannedControlRow[] =>
  namespaces.flatMap((namespace) =>
    engines.map((engine) => {
      const modes = policies
        .filter((policy) => policy.engine === engine.engine && verifies(policy))
        .filter((policy) => isAbout(policy, namespace))
        .map((policy) => modeIn(policy, namespace));
      const strongest = policyModes.find((mode) => modes.includes(mode)) ?? 'none';
      const mode = isAsked(engine, namespace) ? strongest : 'none';
      return { cluster, namespace, engine: engine.engine, mode };
    }),
  );

/** What must be so of a container for a false report to be about it. */
const concerns: Readonly<Record<DisagreementKind, PlannedDecisionRow['enforced']>> = {
  'passes-and-we-refute': 'refuse',
  'fails-and-we-prove': 'admit',
  'passes-and-we-could-not-check': 'error',
  'verified-nothing': 'admit',
  silent: 'admit',
  stale: 'admit',
  'defect-suspected': 'admit',
};

function disagreementsOf(
  { disagreements, policies }: PlannedAdmission,
  workload: PlannedWorkload,
  rows: readonly PlannedDecisionRow[],
): PlannedDisagreementRow[] {
  const planted = disagreements.filter(
    (one) => one.namespace === workload.namespace && one.workload === workload.name,
  );
  return planted.flatMap(({ kind, policy, result }) => {
    const planned = policies.find((one) => one.name === policy && one.engine === 'kyverno');
    const declared = new Map(workload.containers.map((one) => [one.name, one.declared]));
    return (
      rows
        .filter((row) => row.policy === policy && row.policyKind === planned?.kind)
        .filter((row) => kind === 'silent' || row.enforced === concerns[kind])
        .filter((row) => !planned || !isSkipped(planned, declared.get(row.container) ?? ''))
        // A failure names the image at which the engine gave up: the first one.
        .slice(0, result === 'fail' ? 1 : undefined)
        .map(({ cluster, namespace, engine, container, workloadKind }) => ({
          kind,
          cluster,
          namespace,
          workload: workload.name,
          workloadKind,
          engine,
          policy,
          container,
        }))
    );
  });
}
