import { sql } from 'kysely';
import type { ScanRow, SourceRow, SourceState } from '#lib/contract/sources.ts';
import type { TrustRoot } from '#lib/model/authority.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { RegistryStatus } from '#lib/ports/registry.ts';
import type { StoreContext } from './context.ts';
import { type Freshness, readClusters } from './freshness.ts';

/** What is stored of a registry: the port's status with its times as text. */
export interface StoredRegistry {
  readonly host: string;
  readonly declared: boolean;
  readonly status:
    | (Omit<RegistryStatus, 'lastSuccessAt' | 'lastFailure' | 'budget'> & {
        readonly lastSuccessAt?: string;
        readonly lastFailure?: {
          readonly at: string;
          readonly reason: ReasonCode;
          readonly detail: string;
          readonly retryAt?: string;
        };
        readonly budget?: {
          readonly limit: number;
          readonly remaining: number;
          readonly resetAt?: string;
        };
      })
    | null;
}
type StoredTrustRoot = Omit<TrustRoot, 'json'>;

/** Everything whose age matters: clusters, registries, trust roots. */
export async function sources(
  context: StoreContext,
  now: Date = new Date(),
): Promise<readonly SourceRow[]> {
  const clusters = await readClusters(context, now);
  const registries = await readRegistryStates(context);
  const roots = await sql<{ facts: StoredTrustRoot }>`
    select facts from trust_root order by name`.execute(context.db);
  return [
    ...[...clusters.values()].map(clusterSource),
    ...registries.map(registrySource),
    ...roots.rows.map(({ facts }) => trustRootSource(facts)),
  ];
}

/** Registries that were contacted, are declared or are named by an image. */
export async function readRegistryStates({ db }: StoreContext): Promise<readonly StoredRegistry[]> {
  const { rows } = await sql<StoredRegistry>`
    select coalesce(r.host, i.registry) as host, coalesce(r.declared, false) as declared, r.status
    from registry as r full join (select distinct registry from image) as i on i.registry = r.host
    order by 1`.execute(db);
  return rows;
}

const clusterSource = (cluster: Freshness): SourceRow => ({
  kind: 'cluster',
  id: cluster.id,
  name: cluster.name,
  state: cluster.state,
  asOf: cluster.as_of?.toISOString() ?? null,
  reason: cluster.reason as ReasonCode | null,
  detail: cluster.detail,
  retryAt: cluster.retry_at?.toISOString() ?? null,
});

/** The newest word of a registry decides: a failure that a success followed is over. */
export function registryState({ status }: StoredRegistry): SourceState {
  if (status === null || (status.lastSuccessAt === undefined && status.lastFailure === undefined))
    return 'waiting';
  if (!failing(status)) return 'current';
  return status.lastFailure?.reason === 'registry-ratelimited' ? 'limited' : 'failed';
}

const failing = (status: NonNullable<StoredRegistry['status']>): boolean =>
  status.lastFailure !== undefined &&
  (status.lastSuccessAt === undefined || status.lastFailure.at > status.lastSuccessAt);

/** The failure that counts now, if any. */
export const registryFailure = ({ status }: StoredRegistry) =>
  status !== null && failing(status) ? status.lastFailure : undefined;

function registrySource(row: StoredRegistry): SourceRow {
  const failure = registryFailure(row);
  return {
    kind: 'registry',
    id: row.host,
    name: row.host,
    state: registryState(row),
    asOf: row.status?.lastSuccessAt ?? null,
    reason: failure?.reason ?? null,
    detail: failure?.detail ?? null,
    retryAt: failure?.retryAt ?? null,
  };
}

const trustRootSource = (root: StoredTrustRoot): SourceRow => ({
  kind: 'trust-root',
  id: root.name,
  name: root.name,
  state: root.stale === undefined ? 'current' : 'stale',
  asOf: root.asOf,
  reason: root.stale === undefined ? null : 'trustroot-stale',
  detail: root.stale?.detail ?? null,
  retryAt: null,
});

export async function scan({ db }: StoreContext, id: string): Promise<ScanRow | undefined> {
  const { rows } = await sql<{ facts: ScanRow }>`
    select facts from scan where id = ${id}`.execute(db);
  return rows[0]?.facts;
}

/** Newest first. */
export async function scans({ db }: StoreContext, limit: number): Promise<readonly ScanRow[]> {
  const { rows } = await sql<{ facts: ScanRow }>`
    select facts from scan order by started_at desc, id desc limit ${limit}`.execute(db);
  return rows.map(({ facts }) => facts);
}
