import { ownUid } from '#lib/lab/cluster/names.ts';
import type { KubernetesObject } from '#lib/lab/kubernetes/kubernetes-object.ts';
import type { PlannedWorkload } from '#lib/lab/plan/plan.ts';
import type { PlannedAdmission, PlannedDecisionRow } from '#lib/lab/plan/planned-admission.ts';
import type { EngineResult } from '#lib/model/engine-report.ts';
import { metadataOf } from './admission-object.ts';

/** A workload with what the policies of its cluster say of it, and how its pods are called. */
export interface Decided {
  readonly workload: PlannedWorkload;
  readonly rows: readonly PlannedDecisionRow[];
  readonly podName: (place: number) => string;
}

/** A result that the engine writes about one object, under one policy. */
interface Result {
  readonly policy: string;
  readonly kind: string;
  readonly result: EngineResult;
  readonly at: string;
  /** The image at which the engine gave up, if it did. */
  readonly image: string;
}

const hourMs = 3_600_000;

/** The last background scan: one runs every hour. */
export const lastScan = (): string =>
  new Date(Math.floor(Date.now() / hourMs) * hourMs).toISOString();

/** What a report is about. */
interface Scope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * The reports of Kyverno about a workload: one about what makes its pods, or about each pod where
 * Kyverno does not know the maker. They agree with what is so, but for what was planned otherwise.
 */
export function reportsOf(
  admission: PlannedAdmission,
  decided: Decided,
): readonly KubernetesObject[] {
  const results = resultsOf(admission, decided);
  if (results.length === 0) return [];
  return scopesOf(decided).map((scope) => reportObject(admission, scope, results));
}

function resultsOf(admission: PlannedAdmission, { workload, rows }: Decided): readonly Result[] {
  const own = rows.filter(({ engine }) => engine === 'kyverno');
  const byPolicy = Map.groupBy(own, (row) => `${row.policyKind}/${row.policy}`);
  return [...byPolicy.values()].flatMap((said): Result[] => {
    const [{ policy, policyKind, policyNamespace }] = said as [PlannedDecisionRow];
    const planted = admission.disagreements.find(
      (one) =>
        one.policy === policy &&
        one.namespace === workload.namespace &&
        one.workload === workload.name,
    );
    if (planted?.result === 'none') return [];
    const result = planted?.result ?? resultOf(said);
    return [
      {
        policy: policyNamespace === null ? policy : `${policyNamespace}/${policy}`,
        kind: policyKind,
        result,
        at: planted?.at ?? lastScan(),
        image: blamedImage(workload, said, planted === undefined ? result : 'pass'),
      },
    ];
  });
}

const enforcedOf: Partial<Record<EngineResult, PlannedDecisionRow['enforced']>> = {
  fail: 'refuse',
  error: 'error',
};

/** The first image of which the result is true. */
function blamedImage(
  { containers }: PlannedWorkload,
  said: readonly PlannedDecisionRow[],
  result: EngineResult,
): string {
  const wanted = enforcedOf[result] ?? 'admit';
  const blamed = said.find(({ mode, enforced }) => mode !== 'none' && enforced === wanted);
  return containers.find(({ name }) => name === blamed?.container)?.declared ?? '';
}

/** Rules that are set aside are reported as skipped; else the worst container counts. */
function resultOf(said: readonly PlannedDecisionRow[]): EngineResult {
  const heeded = said.filter(({ mode }) => mode !== 'none');
  if (heeded.length === 0) return 'skip';
  if (heeded.some(({ enforced }) => enforced === 'refuse')) return 'fail';
  return heeded.some(({ enforced }) => enforced === 'error') ? 'error' : 'pass';
}

const apiVersions: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
};

function scopesOf({ workload, podName }: Decided): readonly Scope[] {
  const { namespace, kind, name } = workload;
  const apiVersion = apiVersions[kind];
  if (apiVersion !== undefined)
    return [{ apiVersion, kind, namespace, name, uid: ownUid(workload, kind) }];
  return Array.from({ length: workload.pods }, (_, place) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    name: podName(place),
    uid: ownUid(workload, 'Pod', `-${place}`),
  }));
}

function reportObject(
  { cluster, reports }: PlannedAdmission,
  scope: Scope,
  results: readonly Result[],
): KubernetesObject {
  const kind = reports === 'openreports.io' ? 'Report' : 'PolicyReport';
  const count = (word: EngineResult) => results.filter(({ result }) => result === word).length;
  const { apiVersion, kind: owner, name, uid } = scope;
  return {
    metadata: metadataOf(
      cluster,
      kind,
      { namespace: scope.namespace, name: uid },
      {
        labels: { 'app.kubernetes.io/managed-by': 'kyverno' },
        ownerReferences: [{ apiVersion, kind: owner, name, uid }],
      },
    ),
    ...(reports === 'openreports.io' && { source: 'kyverno' }),
    scope,
    results: results.map((one) => resultObject(one, owner)),
    summary: Object.fromEntries(
      (['pass', 'fail', 'warn', 'error', 'skip'] as const).map((word) => [word, count(word)]),
    ),
  };
}

/** As Kyverno writes it; a policy in CEL has the message of its own validation. */
function messageOf({ result, image }: Result, isCel: boolean): string {
  if (result === 'skip') return 'rule is skipped due to policy exception';
  if (isCel) return result === 'pass' ? 'success' : 'the image is not signed by us';
  if (result === 'pass') return 'verified image signatures';
  const why =
    result === 'error' ? 'GET: DENIED: requested access is denied' : 'no signatures found';
  return `failed to verify image ${image}: .attestors[0].entries[0].keys: ${why}`;
}

/** Rules about pods are reported under another name for what makes pods. */
function resultObject(one: Result, about: string) {
  const { policy, kind, result, at } = one;
  const isCel = kind.endsWith('ImageValidatingPolicy');
  const prefixes: Readonly<Record<string, string>> = { Pod: '', CronJob: 'autogen-cronjob-' };
  return {
    source: isCel ? 'KyvernoImageValidatingPolicy' : 'kyverno',
    policy,
    rule: isCel ? policy : `${prefixes[about] ?? 'autogen-'}check-signature`,
    result,
    scored: true,
    message: messageOf(one, isCel),
    timestamp: { seconds: Date.parse(at) / 1000, nanos: 0 },
    properties: { process: 'background scan' },
  };
}
