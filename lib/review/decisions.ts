import type { DecisionFilter, DecisionPage, DecisionRow } from '#lib/contract/decisions.ts';
import type { Page, PageRequest } from '#lib/contract/paging.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import type { RuleDecision } from '#lib/model/policy.ts';
import { bypassAffects, bypassOf, exceptionCovers, exceptionOf } from './affected.ts';
import { isGap, type WorkloadReview, worstStatus } from './evaluate.ts';
import { type Fleet, type ReviewedCluster, remembered } from './fleet.ts';
import { objectId, objectName, shortHash } from './object-id.ts';
import { isWanted, matchesText, pageOf, type SortKey, sortRows } from './pages.ts';

/** One page of decisions, what would be refused first. */
export function listDecisions(
  fleet: Fleet,
  filter: DecisionFilter,
  page: PageRequest,
): DecisionPage {
  const { rows, workloads } = decisionRows(fleet, filter);
  const { items, ...rest }: Page<DecisionRow> = pageOf(rows, keyOf, page);
  return { ...rest, items: [...items], workloads, named: namedBy(fleet, filter) };
}

/** What a filter names by ids, as people would say it. */
function namedBy(
  fleet: Fleet,
  { workload: [workload], bypass, exception }: DecisionFilter,
): DecisionPage['named'] {
  const clusters = [...fleet.clusters.values()];
  const first = <T>(
    id: string | undefined,
    find: (cluster: ReviewedCluster, id: string) => T | undefined,
    say: (found: T) => string,
  ): string | null => {
    if (id === undefined) return null;
    for (const cluster of clusters) {
      const found = find(cluster, id);
      if (found !== undefined) return say(found);
    }
    return null;
  };
  return {
    workload: first(
      workload,
      ({ workloads }, id) => workloads.get(id),
      ({ input: { workload: one } }) => `${one.namespace} / ${one.name}`,
    ),
    bypass: first(bypass, bypassOf, ({ name }) => name),
    exception: first(
      exception,
      exceptionOf,
      ({ object, scope }) => `${objectName(object)}: ${scope}`,
    ),
  };
}

/** Every decision of a filter, in the order of the list. */
export const allDecisions = (fleet: Fleet, filter: DecisionFilter): readonly DecisionRow[] =>
  decisionRows(fleet, filter).rows;

interface Rows {
  readonly rows: readonly DecisionRow[];
  readonly workloads: number;
}

const decisionRows = (fleet: Fleet, filter: DecisionFilter): Rows =>
  remembered(fleet, `decisions ${JSON.stringify(fieldsOf(filter))}`, () => {
    const rows = [...fleet.clusters.values()]
      .filter(({ id }) => isWanted(filter.cluster, id))
      .flatMap((cluster) => rowsOfCluster(cluster, filter));
    return {
      rows: sortRows(rows, keyOf),
      workloads: new Set(rows.map(({ workloadId }) => workloadId)).size,
    };
  });

/** The filter alone: a query also holds where its page begins. */
const fieldsOf = (filter: DecisionFilter): DecisionFilter => ({
  cluster: filter.cluster,
  namespace: filter.namespace,
  team: filter.team,
  policy: filter.policy,
  workload: filter.workload,
  engine: filter.engine,
  mode: filter.mode,
  today: filter.today,
  enforced: filter.enforced,
  gap: filter.gap,
  bypass: filter.bypass,
  exception: filter.exception,
  q: filter.q,
});

function rowsOfCluster(cluster: ReviewedCluster, filter: DecisionFilter): readonly DecisionRow[] {
  const affected = affectedBy(cluster, filter);
  return [...cluster.workloads.values()]
    .filter((review) => isInScope(review, filter) && affected(review))
    .flatMap((review) =>
      review.decisions
        .filter((decision) => isAsked(decision, filter))
        .map((decision) => decisionRow(cluster, review, decision))
        .filter((row) => matchesRow(row, filter.q)),
    );
}

/** Whether a workload is of the clusters, namespaces and teams of a scope. */
export const isInScope = (
  { input: { workload } }: Pick<WorkloadReview, 'input'>,
  scope: Scope & { readonly workload?: readonly string[] },
): boolean =>
  isWanted(scope.cluster, workload.cluster) &&
  isWanted(scope.namespace, workload.namespace) &&
  isWanted(scope.team, workload.team ?? '') &&
  isWanted(scope.workload ?? [], workload.id);

const isAsked = (decision: RuleDecision, filter: DecisionFilter): boolean =>
  isWanted(filter.engine, decision.engine) &&
  isWanted(filter.mode, decision.mode) &&
  isWanted(filter.today, decision.today) &&
  isWanted(filter.enforced, decision.enforced) &&
  (filter.gap === undefined || isGap(decision)) &&
  (filter.policy.length === 0 || filter.policy.includes(objectId(decision.policy)));

function affectedBy(
  cluster: ReviewedCluster,
  { bypass, exception }: DecisionFilter,
): (review: WorkloadReview) => boolean {
  const tests = [
    ...(bypass === undefined ? [] : [bypassAffects(cluster, bypass)]),
    ...(exception === undefined ? [] : [exceptionCovers(cluster, exception)]),
  ];
  return (review) => tests.every((test) => test(review));
}

const matchesRow = (row: DecisionRow, q: string | undefined): boolean =>
  matchesText(q, row.workload, row.namespace, row.team, row.image, row.policy, row.rule, row.why);

function decisionRow(
  { asOf, stale }: ReviewedCluster,
  { input, event }: WorkloadReview,
  decision: RuleDecision,
): DecisionRow {
  const { workload, uses } = input;
  const { rule, container, containerKind, image } = decision;
  const policyId = objectId(decision.policy);
  return {
    id: shortHash([workload.id, policyId, rule, container, containerKind, image]),
    cluster: workload.cluster,
    namespace: workload.namespace,
    workloadId: workload.id,
    workload: workload.name,
    workloadKind: workload.kind,
    team: workload.team ?? null,
    container,
    containerKind,
    image,
    status: worstStatus(uses, container) ?? 'inconclusive',
    policyId,
    policy: decision.policy.name,
    engine: decision.engine,
    rule,
    mode: decision.mode,
    today: decision.today,
    enforced: decision.enforced,
    why: decision.why,
    engineMayDiffer: decision.engineMayDiffer ?? null,
    event: event.event,
    eventDetail: event.detail,
    pods: uses.reduce((sum, use) => (use.container === container ? sum + use.pods : sum), 0),
    asOf,
    stale,
  };
}

const weights = { refuse: 1, error: 2, 'not-evaluated': 3, warn: 4, admit: 5 } as const;

/** The audit gap first, then what is refused, could not be checked, and the rest; most pods first. */
const keyOf = (row: DecisionRow): SortKey => [
  isGap(row) ? 0 : weights[row.enforced],
  -row.pods,
  row.cluster,
  row.namespace,
  row.workload,
  row.container,
  row.policy,
  row.id,
];
