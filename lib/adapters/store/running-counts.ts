import { sql } from 'kysely';
import { verdictStatuses } from '#lib/model/verdict.ts';
import { StatusTally } from './counts.ts';
import type { Sql } from './database.ts';

/** Running containers by rank of status, as `runningSums` names them. */
export type RunningSums = Readonly<Record<`running_${number}`, number>>;

/** Sums of running containers by rank over workloads joined with their `profile` as `p`. */
export const runningSums: Sql = sql.join(
  verdictStatuses.map(
    (_status, rank) =>
      sql`sum(p.running[${sql.lit(rank + 1)}])::int as ${sql.ref(`running_${rank}`)}`,
  ),
);

/** The sums as counts by status. */
export function runningCounts(rows: readonly RunningSums[]): ReturnType<StatusTally['counts']> {
  const tally = new StatusTally();
  for (const row of rows)
    for (const [rank, status] of verdictStatuses.entries())
      tally.add(status, row[`running_${rank}`] ?? 0);
  return tally.counts();
}
