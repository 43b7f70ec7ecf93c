import type { DecisionOutcome, PolicyMode } from '#lib/model/policy.ts';
import type { DemandOutcome, ImageTruth } from './image-truth.ts';
import type { PlannedContainer, PlannedWorkload } from './plan.ts';
import type {
  PlannedAdmission,
  PlannedDecisionRow,
  PlannedEngine,
  PlannedException,
  PlannedPolicy,
} from './planned-admission.ts';

type Rules = Pick<PlannedAdmission, 'engines' | 'policies' | 'exceptions'>;

/** Whether the API server asks an engine about a namespace. */
export const isAsked = ({ asked }: PlannedEngine, namespace: string): boolean =>
  'only' in asked ? asked.only.includes(namespace) : !asked.except.includes(namespace);

/** Whether a policy is about a namespace, whatever images it names. */
export const isAbout = ({ namespace: own, only }: PlannedPolicy, namespace: string): boolean =>
  (own === undefined || own === namespace || isSetting(own)) &&
  (only === undefined || only.includes(namespace));

/** The settings of an engine lie in its own namespace, and hold in all. */
const isSetting = (namespace: string): boolean => namespace === 'connaisseur';

/** The mode of a policy in a namespace. */
export const modeIn = ({ mode, overrides }: PlannedPolicy, namespace: string): PolicyMode =>
  overrides.find(({ namespaces }) => namespaces.includes(namespace))?.mode ?? mode;

const verifyingEngines: readonly string[] = ['portieris', 'connaisseur', 'kubewarden', 'openshift'];

/** Whether a policy asks for signatures; others control nothing that a signature could tell. */
export const verifies = ({ engine, kind, demand }: PlannedPolicy): boolean =>
  demand.kind === 'signature' ||
  demand.kind === 'provenance' ||
  kind === 'RatifyVerification' ||
  verifyingEngines.includes(engine);

/** Whether a policy names an image. */
export const isNamed = ({ prefixes }: PlannedPolicy, declared: string): boolean =>
  prefixes.some((prefix) => declared.startsWith(prefix));

/** Whether a policy names an image and leaves it out. */
export const isSkipped = ({ skips }: PlannedPolicy, declared: string): boolean =>
  skips.some((prefix) => declared.startsWith(prefix));

/** Whether an exception that counts is about a workload under a policy. */
export const isExcepted = (
  { policy, namespaces, workload, honoured }: PlannedException,
  about: Pick<PlannedPolicy, 'engine' | 'name'>,
  { namespace, name }: PlannedWorkload,
): boolean =>
  honoured &&
  about.engine === 'kyverno' &&
  about.name === policy &&
  (namespaces === undefined || namespaces.includes(namespace)) &&
  (workload === undefined || name.startsWith(workload));

/** What every policy of a cluster says of a workload, in the order of the policies. */
export function decisionsOf(
  { engines, policies, exceptions }: Rules,
  truth: ImageTruth,
  workload: PlannedWorkload,
): PlannedDecisionRow[] {
  const rows = engines.flatMap((engine) => {
    const own = policies.filter((policy) => policy.engine === engine.engine);
    const asked = isAsked(engine, workload.namespace);
    return workload.containers.flatMap((container) =>
      (engine.engine === 'policy-controller'
        ? imagePolicies(engine, own, truth, container, workload)
        : own
            .filter((policy) => isAbout(policy, workload.namespace))
            .filter((policy) => isNamed(policy, container.declared))
            .map((policy) => decide(policy, truth, container, workload))
      ).map((row) => (asked ? row : { ...row, mode: 'none' as const, today: 'admit' as const })),
    );
  });
  const excepted = (row: PlannedDecisionRow): boolean =>
    exceptions.some((one) => isExcepted(one, { engine: row.engine, name: row.policy }, workload));
  return rows.map((row) => {
    // A static pod is started by its node, which asks nobody.
    if (workload.kind === 'StaticPod') return { ...row, today: 'admit', enforced: 'admit' };
    return excepted(row) ? { ...row, mode: 'none', today: 'admit' } : row;
  });
}

function decide(
  policy: PlannedPolicy,
  truth: ImageTruth,
  container: PlannedContainer,
  workload: PlannedWorkload,
): PlannedDecisionRow {
  if (isSkipped(policy, container.declared))
    return rowOf(policy, container, workload, 'none', 'admit');
  const outcome = isUnseen(policy, container)
    ? 'admit'
    : judgedTogether(policy, container, workload)
        .map(({ declared }) => truth.outcome(policy.demand, declared))
        .reduce<DemandOutcome>((worst, one) => (worst === 'refuse' ? worst : one), 'admit');
  return rowOf(policy, container, workload, modeIn(policy, workload.namespace), outcome);
}

/** Rules of Gatekeeper's library look at containers, and an image volume is none. */
const isUnseen = ({ engine, demand }: PlannedPolicy, { kind }: PlannedContainer): boolean =>
  engine === 'gatekeeper' && demand.kind !== 'engine-only' && kind === 'image-volume';

/** Containers of which one decides for all: an expression over a pod says yes or no to the whole of it. */
const judgedTogether = (
  { demand }: PlannedPolicy,
  container: PlannedContainer,
  { containers }: PlannedWorkload,
): readonly PlannedContainer[] =>
  'mainOnly' in demand ? containers.filter(({ kind }) => kind === 'main') : [container];

/**
 * policy-controller: every policy that names the image; where none does, its settings decide. First it
 * must know the digest.
 */
function imagePolicies(
  { noMatch = 'deny' }: PlannedEngine,
  policies: readonly PlannedPolicy[],
  truth: ImageTruth,
  container: PlannedContainer,
  workload: PlannedWorkload,
): PlannedDecisionRow[] {
  const settings = {
    engine: 'policy-controller',
    group: '',
    kind: 'ConfigMap',
    namespace: 'cosign-system',
    name: 'config-policy-controller',
  } as const;
  const own = (mode: PolicyMode, outcome: DemandOutcome) => [
    rowOf(settings, container, workload, mode, outcome),
  ];
  if (!truth.resolves(container.declared)) return own('enforce', 'error');
  const naming = policies.filter((policy) => isNamed(policy, container.declared));
  if (naming.length > 0) return naming.map((policy) => decide(policy, truth, container, workload));
  return own(noMatch === 'warn' ? 'warn' : 'enforce', noMatch === 'allow' ? 'admit' : 'refuse');
}

const rowOf = (
  { engine, group, kind, namespace, name }: Omit<PlannedPolicy, keyof Unnamed>,
  container: PlannedContainer,
  workload: PlannedWorkload,
  mode: PolicyMode,
  enforced: DemandOutcome,
): PlannedDecisionRow => ({
  cluster: workload.cluster,
  namespace: workload.namespace,
  workload: workload.name,
  workloadKind: shownKind(workload),
  engine,
  policyGroup: group,
  policyKind: kind,
  policyNamespace: namespace ?? null,
  policy: name,
  container: container.name,
  mode,
  today: todayOf(mode, enforced, isOpaque(engine)),
  enforced,
});
type Unnamed = Omit<PlannedPolicy, 'engine' | 'group' | 'kind' | 'namespace' | 'name'>;

/** The kind of a workload as an inventory has it: a static pod is told by its mirror. */
export const shownKind = ({ kind }: PlannedWorkload): string =>
  kind === 'StaticPod' ? 'Pod' : kind;

/** Engines below enforcement of which nothing is known let everything in; others tell what they could not do. */
const isOpaque = (engine: PlannedPolicy['engine']): boolean =>
  engine !== 'kyverno' && engine !== 'policy-controller';

/** What is refused today: below enforcement nothing, and what an engine cannot look at stays an error. */
function todayOf(mode: PolicyMode, enforced: DemandOutcome, opaque: boolean): DecisionOutcome {
  if (mode === 'enforce' || enforced === 'admit') return enforced;
  if (mode === 'none' || (mode === 'audit' && opaque)) return 'admit';
  if (enforced !== 'refuse') return enforced;
  return mode === 'warn' ? 'warn' : 'admit';
}
