import {
  isAbout,
  isAsked,
  isExcepted,
  isNamed,
  isSkipped,
} from '#lib/lab/plan/admission-decisions.ts';
import { unexaminedByRatify } from '#lib/lab/plan/admission-policies.ts';
import type { PlannedWorkload } from '#lib/lab/plan/plan.ts';
import type {
  PlannedAdmission,
  PlannedDecisionRow,
  PlannedEngine,
  PlannedException,
  PlannedExceptionRow,
  PlannedPolicy,
} from '#lib/lab/plan/planned-admission.ts';
import type { ExceptionFault } from '#lib/model/admission.ts';

/** A day before which what has expired did so, and after which the rest does; far from any run of a lab. */
const someDay = '2026-11-01T00:00:00Z';

/** A workload with what the policies of its cluster say of it. */
interface Decided {
  readonly workload: PlannedWorkload;
  readonly rows: readonly PlannedDecisionRow[];
}

/** Every way in which the policies of a cluster are set aside, with how many workloads rely on it. */
export const plannedExceptions = (
  admission: PlannedAdmission,
  decided: readonly Decided[],
): PlannedExceptionRow[] =>
  admission.engines.flatMap((engine) => exceptionsOf(admission, engine, decided));

function exceptionsOf(
  admission: PlannedAdmission,
  engine: PlannedEngine,
  decided: readonly Decided[],
): PlannedExceptionRow[] {
  const own = admission.policies.filter((policy) => policy.engine === engine.engine);
  // Of others, the engine would say nothing if it were asked.
  const concerned = decided
    .filter(({ rows }) => rows.some((row) => row.engine === engine.engine))
    .map(({ workload }) => workload);
  const asked = concerned.filter(({ namespace }) => isAsked(engine, namespace));
  const row: Row = (kind, object, count, faults = []) => ({
    cluster: admission.cluster,
    engine: engine.engine,
    kind,
    object,
    namespace: null,
    faults: [...faults, ...(count === 0 ? (['unused'] as const) : [])].sort(),
    workloads: count,
  });
  const using = (uses: Uses): number =>
    asked.filter((workload) => workload.containers.some(({ declared }) => uses(declared, workload)))
      .length;
  return [
    ...(engine.engine === 'kyverno' ? kyvernoRows(admission.exceptions, own, row, using) : []),
    ...laxRows(engine, own, row, using),
    ...admission.webhooks
      .filter((one) => one.engine === engine.engine && one.failurePolicy === 'Ignore')
      .map(({ kind, configuration }) =>
        row('failure-policy-ignore', `${kind} ${configuration}`, asked.length),
      ),
    ...leftOut(admission, engine, decided).map(({ namespace, kind }) => {
      const inside = concerned.filter((workload) => workload.namespace === namespace);
      return { ...row(kind, null, inside.length), namespace };
    }),
  ];
}

type Row = (
  kind: PlannedExceptionRow['kind'],
  object: string | null,
  count: number,
  faults?: readonly ExceptionFault[],
) => PlannedExceptionRow;
type Uses = (declared: string, workload: PlannedWorkload) => boolean;

const named =
  (policy: PlannedPolicy): Uses =>
  (declared, { namespace }) =>
    isAbout(policy, namespace) && isNamed(policy, declared);

/** What settings and policies of an engine let in by themselves. */
const laxRows = (
  { noMatch = 'deny', ratify }: PlannedEngine,
  policies: readonly PlannedPolicy[],
  row: Row,
  using: (uses: Uses) => number,
): PlannedExceptionRow[] => [
  ...policies
    .filter(({ demand }) => demand.kind === 'static-pass')
    .map((policy) => row('static-pass', objectText(policy), using(named(policy)))),
  ...policies
    .filter(({ engine, mode }) => engine === 'gatekeeper' && mode === 'audit')
    .map((policy) => row('dry-run', objectText(policy), using(named(policy)))),
  ...(ratify
    ? [
        row(
          'notation-skip',
          'Verifier verifier-notation',
          using((declared) => declared.startsWith(unexaminedByRatify)),
        ),
      ]
    : []),
  ...(noMatch === 'deny'
    ? []
    : [
        row(
          'no-match-allow',
          'ConfigMap cosign-system/config-policy-controller',
          using((declared) => !policies.some((policy) => isNamed(policy, declared))),
        ),
      ]),
];

const objectText = ({ kind, namespace, name }: PlannedPolicy): string =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;

function kyvernoRows(
  exceptions: readonly PlannedException[],
  policies: readonly PlannedPolicy[],
  row: Row,
  using: (uses: Uses) => number,
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
  { webhooks }: PlannedAdmission,
  engine: PlannedEngine,
  decided: readonly Decided[],
): readonly Pick<PlannedExceptionRow, 'kind' | 'namespace'>[] {
  if (!webhooks.some((one) => one.engine === engine.engine)) return [];
  return [...new Set(decided.map(({ workload }) => workload.namespace))]
    .filter((namespace) => !isAsked(engine, namespace))
    .map((namespace) => ({
      kind: engine.engine === 'policy-controller' ? 'not-opted-in' : 'exempt-namespace',
      namespace,
    }));
}
