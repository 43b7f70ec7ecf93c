import { sql } from 'kysely';
import type { PageRequest } from '#lib/contract/paging.ts';
import type { WorkloadFilter, WorkloadPage, WorkloadRow } from '#lib/contract/workloads.ts';
import { type FindingKind, findingKinds } from '#lib/model/posture.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { batchRows, chunks } from './bulk.ts';
import { statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { behind, cursorAfter, type Order, orderBy, type SortKey } from './cursor.ts';
import type { Sql } from './database.ts';
import { type Freshness, readClusters } from './freshness.ts';
import type { UseRecord, WorkloadRecord } from './rows.ts';
import { type Matches, matchWorkloads } from './workload-matches.ts';
import { worstOf } from './workload-state.ts';

/** A workload with the rank of its worst container that matches. */
interface Listed extends WorkloadRecord {
  readonly shown_rank: number;
}
type Key = SortKey<Listed>;

const id: Key = { expression: sql`w.id`, type: 'text', value: (row) => row.id };
const name: Key = { expression: sql`w.name`, type: 'text', value: (row) => row.name };
const place = (column: 'cluster' | 'namespace' | 'team'): Key => ({
  expression: sql`w.${sql.ref(column)}`,
  type: 'text',
  value: (row) => row[column],
});

/** The order of a list: total, because its last key is the id. */
function orderOf({ sort, order }: WorkloadFilter, rank: Sql): Order<Listed> {
  const keys: Record<WorkloadFilter['sort'], readonly Key[]> = {
    // Worst first, and of equals the one in most pods.
    attention: [
      { expression: rank, type: 'int4', value: (row) => row.shown_rank },
      { expression: sql`w.weight`, type: 'int4', value: (row) => row.weight },
      name,
      id,
    ],
    name: [name, id],
    cluster: [place('cluster'), place('namespace'), name, id],
    namespace: [place('namespace'), name, id],
    team: [place('team'), name, id],
    pods: [{ expression: sql`w.pods`, type: 'int4', value: (row) => row.pods }, name, id],
    since: [
      { expression: sql`w.since`, type: 'timestamptz', value: (row) => row.since.toISOString() },
      id,
    ],
  };
  return { name: sort, keys: keys[sort], descending: order === 'desc' };
}

/** One page of the list, with exact counts of all rows and containers of the filter. */
export async function workloads(
  context: StoreContext,
  filter: WorkloadFilter,
  page: PageRequest,
): Promise<WorkloadPage> {
  const matches = await matchWorkloads(context, filter);
  const order = orderOf(filter, matches.rank);
  // The rows are chosen by index alone, and then only these are read.
  const { rows } = await sql<Listed>`
    select w.*, chosen.shown_rank from (
      select w.id, ${matches.rank} as shown_rank from ${matches.source}
        and ${behind(order, page.cursor)}
      order by ${orderBy(order)} limit ${page.limit + 1}) as chosen
    join workload as w on w.id = chosen.id
    order by ${orderBy(orderOf(filter, sql`chosen.shown_rank`))}`.execute(context.db);
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items: [...(await shownRows(context, items, matches.use))],
    next: last === undefined || rows.length <= page.limit ? null : cursorAfter(order, last),
    total: matches.total,
    containers: matches.containers,
  };
}

/**
 * Every row of the filter in list order. The order is read once; rows that change meanwhile keep
 * their place, so that none is left out or doubled.
 */
export async function* allWorkloads(
  context: StoreContext,
  filter: WorkloadFilter,
): AsyncGenerator<readonly WorkloadRow[]> {
  const matches = await matchWorkloads(context, filter);
  const order = orderOf(filter, matches.rank);
  const { rows } = await sql<{ id: string }>`
    select w.id from ${matches.source} order by ${orderBy(order)}`.execute(context.db);
  const ids = rows.map((row) => row.id);
  for (const part of chunks(ids, batchRows)) {
    const found = await sql<WorkloadRecord>`
      select * from workload where id = any(${part}::text[])`.execute(context.db);
    const byId = new Map(found.rows.map((row) => [row.id, row]));
    const present = part.flatMap((one) => byId.get(one) ?? []);
    yield await shownRows(context, present, matches.use);
  }
}

/** Rows as they are shown: image, status and reason of the worst container that matches. */
export async function shownRows(
  context: StoreContext,
  rows: readonly WorkloadRecord[],
  use: Matches['use'],
): Promise<readonly WorkloadRow[]> {
  const { db, catalog } = context;
  const ids = rows.map((row) => row.id);
  const uses = await sql<UseRecord & { matching: boolean }>`
    select u.*, (${use}) as matching from image_use as u
    where u.workload_id = any(${ids}::text[])`.execute(db);
  const byWorkload = Map.groupBy(uses.rows, (row) => row.workload_id);
  const clusters = await readClusters(context, new Date());
  const containers = await catalog.containers(
    db,
    rows.map(({ profile }) => profile),
  );
  return rows.map((row) => {
    const kinds = new Set(
      containers(row.profile).flatMap(({ findings }) => findings.map(({ kind }) => kind)),
    );
    const own = byWorkload.get(row.id) ?? [];
    const worst = worstOf(own.filter(({ matching }) => matching)) ?? worstOf(own);
    return shownRow(row, worst, kinds, clusters.get(row.cluster));
  });
}

function shownRow(
  row: WorkloadRecord,
  worst: UseRecord | undefined,
  kinds: ReadonlySet<FindingKind>,
  cluster: Freshness | undefined,
): WorkloadRow {
  return {
    id: row.id,
    cluster: row.cluster,
    namespace: row.namespace,
    kind: row.kind,
    name: row.name,
    team: row.team === '' ? null : row.team,
    status: statusOf(worst?.rank ?? row.rank),
    reason: (worst?.reason ?? null) as ReasonCode | null,
    pin: worst?.pin ?? 'none',
    image: worst?.declared ?? '',
    digest: worst?.digest ?? null,
    findings: findingKinds.filter((kind) => kinds.has(kind)),
    containers: row.containers,
    verified: row.verified,
    pods: row.pods,
    since: row.since.toISOString(),
    asOf: cluster?.as_of?.toISOString() ?? null,
    stale: cluster?.stale ?? false,
  };
}
