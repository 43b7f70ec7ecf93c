import { sql } from 'kysely';
import type { SourceState } from '#lib/contract/sources.ts';
import type { ReadProblem } from '#lib/ports/cluster.ts';
import type { ClusterState } from '#lib/ports/scan-store.ts';
import type { StoreContext } from './context.ts';

/** A row of `cluster`. */
export interface ClusterRecord {
  readonly id: string;
  readonly name: string;
  readonly kind: ClusterState['kind'];
  readonly server: string | null;
  readonly version: string | null;
  readonly state: SourceState;
  readonly watching: boolean;
  readonly as_of: Date | null;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly retry_at: Date | null;
  readonly problems: readonly ReadProblem[];
}

/** A cluster with what its age makes of it. */
export interface Freshness extends ClusterRecord {
  /** What we show of it may be old. */
  readonly stale: boolean;
}

/** All clusters; one that has not reported for too long is stale, whatever it last said. */
export async function readClusters(
  { db, staleAfterMs }: StoreContext,
  now: Date,
): Promise<ReadonlyMap<string, Freshness>> {
  const { rows } = await sql<ClusterRecord>`select * from cluster order by name, id`.execute(db);
  return new Map(rows.map((row) => [row.id, aged(row, staleAfterMs, now)]));
}

function aged(row: ClusterRecord, staleAfterMs: number, now: Date): Freshness {
  if (row.state === 'failed' || row.state === 'stale') return { ...row, stale: true };
  if (!isLive(row) || row.as_of === null || now.getTime() - row.as_of.getTime() <= staleAfterMs)
    return { ...row, stale: false };
  return { ...row, state: 'stale', reason: row.reason ?? 'cluster-stale', stale: true };
}

/** A file is as old as it is: nothing newer is expected of it. */
export const isLive = ({ kind }: Pick<ClusterRecord, 'kind'>): boolean =>
  kind === 'kubeconfig' || kind === 'in-cluster';
