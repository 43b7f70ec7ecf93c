import type { DecisionRow } from './decisions.ts';
import type { DisagreementRow } from './disagreements.ts';
import type { BypassRow, ExceptionRow } from './exceptions.ts';
import type { TableSource } from './export-text.ts';
import type { PolicyRow } from './policies.ts';
import type { SimulationRow } from './simulations.ts';

/** A policy as a line of a table: its counts stand beside its name. */
export type PolicyLine = Omit<PolicyRow, 'counts' | 'problems'> & PolicyRow['counts'];

/** Rows that are there already, as one batch. */
export async function* oneBatch<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  yield rows;
}

/** A policy with its counts beside its name. */
export const policyLine = ({ counts, problems: _, ...row }: PolicyRow): PolicyLine => ({
  ...row,
  ...counts,
});

export const policyTable = (
  rows: AsyncIterable<readonly PolicyLine[]>,
): TableSource<PolicyLine> => ({
  name: 'sealwatch-policies',
  rows,
  columns: [
    'cluster',
    'engine',
    'group',
    'kind',
    'namespace',
    'name',
    'mode',
    'otherModes',
    'verifies',
    'images',
    'workloads',
    'wouldRefuse',
    'refusedToday',
    'wouldError',
    'notEvaluated',
    'unevaluated',
    'createdAt',
    'asOf',
    'stale',
    'id',
  ],
});

export const decisionTable = (
  rows: AsyncIterable<readonly DecisionRow[]>,
): TableSource<DecisionRow> => ({
  name: 'sealwatch-decisions',
  rows,
  columns: [
    'cluster',
    'namespace',
    'workloadKind',
    'workload',
    'team',
    'container',
    'containerKind',
    'image',
    'status',
    'engine',
    'policy',
    'rule',
    'mode',
    'today',
    'enforced',
    'why',
    'engineMayDiffer',
    'event',
    'eventDetail',
    'pods',
    'asOf',
    'stale',
    'id',
  ],
});

export const bypassTable = (rows: AsyncIterable<readonly BypassRow[]>): TableSource<BypassRow> => ({
  name: 'sealwatch-bypasses',
  rows,
  columns: [
    'cluster',
    'engine',
    'code',
    'severity',
    'effect',
    'name',
    'object',
    'why',
    'remedy',
    'workloads',
    'asOf',
    'stale',
    'id',
  ],
});

export const exceptionTable = (
  rows: AsyncIterable<readonly ExceptionRow[]>,
): TableSource<ExceptionRow> => ({
  name: 'sealwatch-exceptions',
  rows,
  columns: [
    'cluster',
    'engine',
    'kind',
    'object',
    'policy',
    'scope',
    'owner',
    'expiresAt',
    'createdAt',
    'faults',
    'workloads',
    'why',
    'asOf',
    'stale',
    'id',
  ],
});

export const disagreementTable = (
  rows: AsyncIterable<readonly DisagreementRow[]>,
): TableSource<DisagreementRow> => ({
  name: 'sealwatch-disagreements',
  rows,
  columns: [
    'kind',
    'cluster',
    'namespace',
    'workloadKind',
    'workload',
    'team',
    'container',
    'image',
    'digest',
    'engine',
    'engineVersion',
    'policy',
    'rule',
    'engineSays',
    'engineAt',
    'weSay',
    'status',
    'why',
    'source',
    'remedy',
    'asOf',
    'stale',
    'id',
  ],
});

export const simulationTable = (
  rows: AsyncIterable<readonly SimulationRow[]>,
): TableSource<SimulationRow> => ({
  name: 'sealwatch-simulation',
  rows,
  columns: [
    'change',
    'cluster',
    'namespace',
    'workloadKind',
    'workload',
    'team',
    'container',
    'image',
    'policy',
    'rule',
    'today',
    'supposed',
    'why',
    'event',
    'eventDetail',
    'pods',
    'lastSeen',
    'id',
  ],
});
