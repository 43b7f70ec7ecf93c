import { sql } from 'kysely';
import type { ScanRow } from '#lib/contract/sources.ts';
import type { TrustRoot } from '#lib/model/authority.ts';
import type { RegistryStatus } from '#lib/ports/registry.ts';
import type { ClusterState } from '#lib/ports/scan-store.ts';
import { asTable, storable, toJson } from './bulk.ts';
import { rankOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { write } from './transaction.ts';

const time = (at: Date | undefined) => sql`${at?.toISOString() ?? null}::timestamptz`;
const text = (value: string | undefined) => (value === undefined ? null : storable(value));

/** Writes how a cluster stands; a state without a time keeps the time of the last good reading. */
export async function saveCluster({ db }: StoreContext, state: ClusterState): Promise<void> {
  await sql`
    insert into cluster (id, name, kind, server, version, state, watching, as_of, reason, detail, retry_at, problems)
    values (${state.id}, ${state.name}, ${state.kind}, ${text(state.server)}, ${text(state.version)}, ${state.state},
      ${state.watching}, ${time(state.asOf)}, ${state.reason ?? null}, ${text(state.detail)}, ${time(state.retryAt)},
      ${toJson(state.problems)}::jsonb)
    on conflict (id) do update set name = excluded.name, kind = excluded.kind,
      server = coalesce(excluded.server, cluster.server), version = coalesce(excluded.version, cluster.version),
      state = excluded.state, watching = excluded.watching, as_of = coalesce(excluded.as_of, cluster.as_of),
      reason = excluded.reason, detail = excluded.detail, retry_at = excluded.retry_at,
      problems = excluded.problems`.execute(db);
}

/** Writes what registries told us, and which are declared. */
export async function saveRegistries(
  { db }: StoreContext,
  states: readonly RegistryStatus[],
  declared: readonly string[],
): Promise<void> {
  const known = new Map(states.map((state) => [state.host, state]));
  const hosts = [...new Set([...known.keys(), ...declared])].sort();
  await write(db, async ({ trx }) => {
    await sql`
      insert into registry (host, declared, status)
      select * from ${asTable(hosts, {
        host: ['text', (host) => host],
        declared: ['bool', (host) => declared.includes(host)],
        status: ['jsonb', (host) => known.get(host)],
      })} as input
      on conflict (host) do update set declared = excluded.declared,
        status = coalesce(excluded.status, registry.status)`.execute(trx);
    await sql`update registry set declared = false
      where declared and host <> all(${declared}::text[])`.execute(trx);
  });
}

/** Makes these trust roots the present ones. Only what is shown is kept, not the material. */
export async function saveTrustRoots(
  { db }: StoreContext,
  roots: readonly TrustRoot[],
): Promise<void> {
  await write(db, async ({ trx }) => {
    await sql`delete from trust_root where name <> all(${roots.map(({ name }) => name)}::text[])`.execute(
      trx,
    );
    await sql`
      insert into trust_root (name, facts)
      select * from ${asTable(roots, {
        name: ['text', ({ name }) => name],
        facts: ['jsonb', ({ json: _material, ...facts }) => facts],
      })} as input
      on conflict (name) do update set facts = excluded.facts`.execute(trx);
  });
}

/** Writes a scan as it stands. */
export async function saveScan({ db }: StoreContext, scan: ScanRow): Promise<void> {
  await sql`
    insert into scan (id, state, started_at, facts)
    values (${scan.id}, ${scan.state}, ${scan.startedAt}::timestamptz, ${toJson(scan)}::jsonb)
    on conflict (id) do update set state = excluded.state, facts = excluded.facts`.execute(db);
}

/** Writes the point of this day for every finest scope. */
export async function saveCoverage({ db }: StoreContext, at: Date): Promise<void> {
  const day = at.toISOString().slice(0, 10);
  const count = (status: Parameters<typeof rankOf>[0]) =>
    sql`count(*) filter (where u.rank = ${sql.lit(rankOf(status))})::int`;
  await write(db, async ({ trx }) => {
    // The point is the last state of the day: what is not there any more leaves it.
    await sql`delete from coverage_point where day = ${day}`.execute(trx);
    await sql`
      insert into coverage_point (day, cluster, namespace, team, at, verified, inconclusive, untrusted, unsigned, invalid)
      select ${day}, w.cluster, w.namespace, w.team, ${time(at)}, ${count('verified')}, ${count('inconclusive')},
        ${count('untrusted')}, ${count('unsigned')}, ${count('invalid')}
      from image_use as u join workload as w on w.id = u.workload_id where u.pods > 0
      group by w.cluster, w.namespace, w.team
      on conflict do nothing`.execute(trx);
  });
}
