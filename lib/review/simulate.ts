import type {
  Simulation,
  SimulationCounts,
  SimulationRequest,
  SimulationRow,
} from '#lib/contract/simulations.ts';
import type { DecisionOutcome, RuleDecision } from '#lib/model/policy.ts';
import type { NextEvent } from '#lib/policy/admission.ts';
import { nextEvent } from '#lib/policy/next-event.ts';
import type { ReviewedWorkload } from '#lib/ports/review-store.ts';
import { decideWorkload } from './evaluate.ts';
import type { ReviewedCluster } from './fleet.ts';
import { shortHash } from './object-id.ts';
import type { SupposedCluster } from './suppose.ts';

const strictness: readonly DecisionOutcome[] = [
  'refuse',
  'error',
  'not-evaluated',
  'warn',
  'admit',
];

/** The rule that decides over a workload today: the strictest. Undefined where none is about it. */
function deciding(decisions: readonly RuleDecision[]): RuleDecision | undefined {
  for (const outcome of strictness) {
    const found = decisions.find(({ today }) => today === outcome);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What would become of one workload that admission is asked about; undefined where no rule is about it. */
export function simulateWorkload(
  { cluster, admission, factsOfUse }: SupposedCluster,
  input: ReviewedWorkload,
  before: readonly RuleDecision[],
): SimulationRow | undefined {
  const after = decideWorkload(admission, input, cluster.labelsOf, factsOfUse);
  const now = deciding(before);
  const then = deciding(after);
  if (now === undefined && then === undefined) return undefined;
  const change = changeOf(now?.today ?? 'admit', then?.today ?? 'admit');
  const telling = then ?? now;
  return telling && rowOf(input, change, telling, now, then, nextEvent(input.workload));
}

function changeOf(today: DecisionOutcome, supposed: DecisionOutcome): SimulationRow['change'] {
  if (supposed === 'refuse') return today === 'refuse' ? 'still-refused' : 'newly-refused';
  if (supposed === 'error') return today === 'error' ? 'unchanged' : 'newly-error';
  if (supposed === 'not-evaluated')
    return today === 'not-evaluated' ? 'unchanged' : 'not-evaluated';
  return today === 'refuse' ? 'newly-admitted' : 'unchanged';
}

function rowOf(
  { workload, uses, lastSeen }: ReviewedWorkload,
  change: SimulationRow['change'],
  telling: RuleDecision,
  now: RuleDecision | undefined,
  then: RuleDecision | undefined,
  event: NextEvent,
): SimulationRow {
  return {
    id: shortHash([workload.id, lastSeen ?? '', telling.container, telling.image]),
    change,
    cluster: workload.cluster,
    namespace: workload.namespace,
    workloadId: workload.id,
    workload: workload.name,
    workloadKind: workload.kind,
    team: workload.team ?? null,
    container: telling.container,
    image: telling.image,
    policy: telling.policy.name,
    rule: telling.rule,
    today: now?.today ?? 'admit',
    supposed: then?.today ?? 'admit',
    why: telling.why,
    event: event.event,
    eventDetail: event.detail,
    pods: uses.reduce(
      (sum, { pods, container }) => (container === telling.container ? sum + pods : sum),
      0,
    ),
    lastSeen: lastSeen ?? null,
  };
}

/** What an engine would have said before the change to a workload that runs no more. */
export const decidedBefore = (
  { admission, labelsOf, factsOfUse }: ReviewedCluster,
  input: ReviewedWorkload,
): readonly RuleDecision[] => decideWorkload(admission, input, labelsOf, factsOfUse);

/** Whether a request is about a namespace of a supposed cluster. */
export const concerns = (
  { namespaces }: SupposedCluster,
  request: SimulationRequest,
  namespace: string,
): boolean =>
  namespaces?.has(namespace) !== false &&
  (request.namespaces.length === 0 || request.namespaces.includes(namespace));

type Summary = Pick<Simulation, 'counts' | 'byOwner' | 'byReason' | 'byEvent'>;

const shownReasons = 50;

/** What the rows come to. Owners, reasons and events are those of what would newly not get in. */
export function summaryOf(rows: readonly SimulationRow[]): Summary {
  const count = (change: SimulationRow['change']) =>
    rows.filter((row) => row.change === change).length;
  const counts: SimulationCounts = {
    workloads: rows.length,
    newlyRefused: count('newly-refused'),
    newlyAdmitted: count('newly-admitted'),
    stillRefused: count('still-refused'),
    newlyError: count('newly-error'),
    notEvaluated: count('not-evaluated'),
    unchanged: count('unchanged'),
  };
  const hit = rows.filter(({ change }) => change === 'newly-refused' || change === 'newly-error');
  return {
    counts,
    byOwner: tally(hit, ({ team }) => team).map(([team, workloads]) => ({ team, workloads })),
    byReason: tally(hit, ({ why }) => why)
      .slice(0, shownReasons)
      .map(([why, workloads]) => ({ why, workloads })),
    byEvent: tally(hit, ({ event }) => event).map(([event, workloads]) => ({ event, workloads })),
  };
}

function tally<T, K>(rows: readonly T[], keyOf: (row: T) => K): readonly (readonly [K, number])[] {
  return [...Map.groupBy(rows, keyOf)]
    .map(([key, own]) => [key, own.length] as const)
    .sort(([a, m], [b, n]) => n - m || (String(a) < String(b) ? -1 : 1));
}
