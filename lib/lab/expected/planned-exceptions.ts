import {
  isAbout,
  isAsked,
  isExcepted,
  isNamed,
  isSkipped,
} from '#lib/lab/plan/admission-decisions.ts';
import type { PlannedWorkload } from '#lib/lab/plan/plan.ts';
import type {
  PlannedAdmission,
  PlannedEngine,
  PlannedException,
  PlannedExceptionRow,
  PlannedPolicy,
} from '#lib/lab/plan/planned-admission.ts';
import { hosts } from '#lib/lab/plan/zones.ts';
import type { ExceptionFault } from '#lib/model/admission.ts';

/** A day before which what has expired did so, and after which the rest does; far from any run of a lab. */
const someDay = '2026-11-01T00:00:00Z';

/** The image that the trust policy of the lab's Ratify lets through unexamined. */
export const unexaminedByRatify = `${hosts.mirror}/classic/wiki`;

/** Every way in which the policies of a cluster are set aside, with how many workloads rely on it. */
export function plannedExceptions(
  admission: PlannedAdmission,
  workloads: readonly PlannedWorkload[],
): PlannedExceptionRow[] {
  return admission.engines.flatMap((engine) => {
    const own = admission.policies.filter((policy) => policy.engine === engine.engine);
    const asked = workloads.filter(({ namespace }) => isAsked(engine, namespace));
    const row = (
      kind: PlannedExceptionRow['kind'],
      object: string | null,
      count: number,
      faults: readonly ExceptionFault[] = [],
    ): PlannedExceptionRow => ({
      cluster: admission.cluster,
      engine: engine.engine,
      kind,
      object,
      namespace: null,
      faults: [...faults, ...(count === 0 ? (['unused'] as const) : [])].sort(),
      workloads: count,
    });
    const using = (uses: (declared: string, workload: PlannedWorkload) => boolean): number =>
      asked.filter((workload) =>
        workload.containers.some(({ declared }) => uses(declared, workload)),
      ).length;
    const named = (policy: PlannedPolicy) => (declared: string, workload: PlannedWorkload) =>
      isAbout(policy, workload.namespace) && isNamed(policy, declared);
    return [
      ...(engine.engine === 'kyverno'
        ? kyvernoRows(admission.exceptions, own, row, using, named)
        : []),
      ...own
        .filter(({ demand }) => demand.kind === 'static-pass')
        .map((policy) => row('static-pass', objectText(policy), using(named(policy)))),
      ...own
        .filter(({ engine: of, mode }) => of === 'gatekeeper' && mode === 'audit')
        .map((policy) => row('dry-run', objectText(policy), using(named(policy)))),
      ...(own.some(({ kind }) => kind === 'RatifyVerification')
        ? [
            row(
              'notation-skip',
              'Verifier verifier-notation',
              using((declared) => declared.startsWith(unexaminedByRatify)),
            ),
          ]
        : []),
      ...(engine.noMatch === 'allow' || engine.noMatch === 'warn'
        ? [
            row(
              'no-match-allow',
              'ConfigMap cosign-system/config-policy-controller',
              using((declared) => !own.some((policy) => isNamed(policy, declared))),
            ),
          ]
        : []),
      ...admission.webhooks
        .filter((one) => one.engine === engine.engine && one.failurePolicy === 'Ignore')
        .map(({ kind, configuration }) =>
          row('failure-policy-ignore', `${kind} ${configuration}`, asked.length),
        ),
      ...leftOut(admission, engine, workloads),
    ];
  });
}

const objectText = ({ kind, namespace, name }: PlannedPolicy): string =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;

type Row = (
  kind: PlannedExceptionRow['kind'],
  object: string,
  count: number,
  faults?: readonly ExceptionFault[],
) => PlannedExceptionRow;
type Uses = (declared: string, workload: PlannedWorkload) => boolean;

function kyvernoRows(
  exceptions: readonly PlannedException[],
  policies: readonly PlannedPolicy[],
  row: Row,
  using: (uses: Uses) => number,
  named: (policy: PlannedPolicy) => Uses,
): PlannedExceptionRow[] {
  return [
    ...exceptions.map((exception) => {
      const count = using((declared, workload) =>
        policies.some(
          (policy) =>
            isExcepted(exception, policy, workload) &&
            named(policy)(declared, workload) &&
            !isSkipped(policy, declared),
        ),
      );
      const object = `PolicyException ${exception.namespace}/${exception.name}`;
      return row('policy-exception', object, count, faultsOf(exception));
    }),
    ...policies
      .filter(({ skips }) => skips.length > 0)
      .map((policy) =>
        row(
          'skip-image-references',
          objectText(policy),
          using(
            (declared, workload) =>
              named(policy)(declared, workload) && isSkipped(policy, declared),
          ),
        ),
      ),
  ];
}

const faultsOf = (exception: PlannedException): readonly ExceptionFault[] => {
  const { owner, expiresAt, namespaces, workload, honoured } = exception;
  return [
    ...(owner === undefined ? (['no-owner'] as const) : []),
    ...(expiresAt === undefined ? (['no-expiry'] as const) : []),
    ...(expiresAt !== undefined && expiresAt < someDay ? (['expired'] as const) : []),
    ...(namespaces === undefined && workload === undefined ? (['too-broad'] as const) : []),
    ...(honoured ? [] : (['not-honoured'] as const)),
  ];
};

/** Namespaces of which an engine with webhooks is not asked. */
function leftOut(
  { cluster, webhooks }: PlannedAdmission,
  engine: PlannedEngine,
  workloads: readonly PlannedWorkload[],
): PlannedExceptionRow[] {
  if (!webhooks.some((one) => one.engine === engine.engine)) return [];
  const byNamespace = Map.groupBy(workloads, ({ namespace }) => namespace);
  return [...byNamespace]
    .filter(([namespace]) => !isAsked(engine, namespace))
    .map(([namespace, inside]) => ({
      cluster,
      engine: engine.engine,
      kind: engine.engine === 'policy-controller' ? 'not-opted-in' : 'exempt-namespace',
      object: null,
      namespace,
      faults: [],
      workloads: inside.length,
    }));
}
