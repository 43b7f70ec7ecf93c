import { sql } from 'kysely';
import type { PageRequest } from '#lib/contract/paging.ts';
import type { FindingPage, FindingRow, WorkloadFilter } from '#lib/contract/workloads.ts';
import { type FindingKind, severities } from '#lib/model/posture.ts';
import { isReasonCode, reasonOf } from '#lib/model/reasons.ts';
import { batchRows, chunks } from './bulk.ts';
import type { StoreContext } from './context.ts';
import { behind, cursorAfter, type Order, orderBy } from './cursor.ts';
import type { Sql } from './database.ts';
import { type Freshness, readClusters } from './freshness.ts';
import type { FindingRecord } from './rows.ts';
import {
  all,
  asksClass,
  asksPlace,
  classMatcher,
  containerCondition,
  placeCondition,
} from './workload-filter.ts';

/** A finding with what a list shows of its workload. */
interface Listed extends FindingRecord {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly workload_kind: string;
  readonly team: string;
}

const columns = sql`f.*, w.cluster, w.namespace, w.name as workload, w.kind as workload_kind, w.team`;

/** Gravest first, of equals the one in most pods. */
const orderOf = ({ order }: WorkloadFilter): Order<FindingRecord> => ({
  name: 'severity',
  keys: [
    { expression: sql`f.severity`, type: 'int4', value: (row) => row.severity },
    { expression: sql`f.weight`, type: 'int4', value: (row) => row.weight },
    { expression: sql`f.id`, type: 'text', value: (row) => row.id },
  ],
  descending: order === 'desc',
});

/** One page of findings; the filter is that of workloads, one row a finding. */
export async function findings(
  context: StoreContext,
  filter: WorkloadFilter,
  page: PageRequest,
): Promise<FindingPage> {
  const source = await sourceOf(context, filter);
  const order = orderOf(filter);
  const { rows } = await sql<Listed>`
    select ${columns} from (
      select f.id ${source} and ${behind(order, page.cursor)}
      order by ${orderBy(order)} limit ${page.limit + 1}) as chosen
    join finding as f on f.id = chosen.id join workload as w on w.id = f.workload_id
    order by ${orderBy(order)}`.execute(context.db);
  const count = await sql<{ total: number }>`select count(*)::int as total ${source}`.execute(
    context.db,
  );
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items: await shown(context, items),
    next: last === undefined || rows.length <= page.limit ? null : cursorAfter(order, last),
    total: count.rows[0]?.total ?? 0,
  };
}

/** Every finding of the filter in list order; see `allWorkloads` for what that promises. */
export async function* allFindings(
  context: StoreContext,
  filter: WorkloadFilter,
): AsyncGenerator<readonly FindingRow[]> {
  const source = await sourceOf(context, filter);
  const { rows } = await sql<{ id: string }>`
    select f.id ${source} order by ${orderBy(orderOf(filter))}`.execute(context.db);
  for (const part of chunks(
    rows.map(({ id }) => id),
    batchRows,
  )) {
    const found = await sql<Listed>`
      select ${columns} from finding as f join workload as w on w.id = f.workload_id
      where f.id = any(${part}::text[])`.execute(context.db);
    const byId = new Map(found.rows.map((row) => [row.id, row]));
    yield await shown(
      context,
      part.flatMap((id) => byId.get(id) ?? []),
    );
  }
}

/** The findings of one workload, gravest first. */
export async function findingsOf(context: StoreContext, workloadId: string): Promise<FindingRow[]> {
  const { rows } = await sql<Listed>`
    select ${columns} from finding as f join workload as w on w.id = f.workload_id
    where f.workload_id = ${workloadId} order by f.severity, f.id`.execute(context.db);
  return shown(context, rows);
}

/** FROM and WHERE: conditions of the finding itself, of its container and of its workload. */
async function sourceOf(context: StoreContext, filter: WorkloadFilter): Promise<Sql> {
  const conditions: Sql[] = [];
  if (asksPlace(filter))
    conditions.push(
      sql`f.workload_id in (select w.id from workload as w where ${placeCondition(filter)})`,
    );
  const own = { ...filter, finding: [], reason: [], severity: [] };
  if (filter.finding.length > 0) conditions.push(sql`f.kind = any(${filter.finding}::text[])`);
  if (filter.reason.length > 0) conditions.push(sql`f.reason = any(${filter.reason}::text[])`);
  if (filter.severity.length > 0)
    conditions.push(
      sql`f.severity = any(${filter.severity.map((one) => severities.indexOf(one))}::int[])`,
    );
  if (asksClass(own)) {
    const matches = classMatcher(own);
    const classes = await context.catalog.classes.all(context.db);
    const ids = [...classes].filter(([, facts]) => matches(facts)).map(([id]) => id);
    conditions.push(sql`f.class = any(${ids}::int[])`);
  }
  const use = containerCondition(filter);
  if (use !== undefined)
    conditions.push(sql`exists (select from image_use as u where u.id = f.use_id and ${use})`);
  return sql`from finding as f where ${all(conditions)}`;
}

async function shown(context: StoreContext, rows: readonly Listed[]): Promise<FindingRow[]> {
  const clusters = await readClusters(context, new Date());
  return rows.map((row) => shownFinding(row, clusters.get(row.cluster)));
}

function shownFinding(row: Listed, cluster: Freshness | undefined): FindingRow {
  const reason = isReasonCode(row.reason) ? row.reason : 'verifier-disagreement';
  const { title, remedy, owner } = reasonOf(reason);
  return {
    id: row.id,
    kind: row.kind as FindingKind,
    severity: severities[row.severity] ?? 'info',
    reason,
    title,
    remedy,
    owner: row.owner === '' ? owner : (row.owner as FindingRow['owner']),
    workloadId: row.workload_id,
    cluster: row.cluster,
    namespace: row.namespace,
    workload: row.workload,
    workloadKind: row.workload_kind,
    team: row.team === '' ? null : row.team,
    container: row.container,
    image: row.declared,
    digest: row.digest,
    detail: row.detail,
    pods: row.pods,
    since: row.since.toISOString(),
    stale: cluster?.stale ?? false,
  };
}
