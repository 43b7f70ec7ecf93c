import { sql } from 'kysely';
import type { Digest } from '#lib/model/digest.ts';
import type { AdmissionFacts, Workload } from '#lib/model/workload.ts';
import type { ReviewedUse, ReviewedWorkload } from '#lib/ports/review-store.ts';
import { assignments, asTable, type Columns, chunks, columnNames } from './bulk.ts';
import { hash, statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import type { Runner, Trx } from './database.ts';
import { readJson } from './read-json.ts';
import { type NamedUse, namedNow, namedUses } from './review-reading.ts';
import { workloadOf } from './rows.ts';
import type { States, WorkloadState } from './workload-state.ts';

/** A row of `former_use`. */
interface FormerUse {
  readonly id: string;
  readonly workload_id: string;
  readonly container: string;
  readonly kind: ReviewedUse['kind'];
  readonly declared: string;
  readonly digest: string | null;
  readonly image_id: number | null;
  readonly unresolved: string | null;
  readonly rank: number;
  readonly pods: number;
  readonly last_seen: Date;
}
interface FormerRow extends FormerUse {
  readonly workload: Workload;
  readonly revision: number;
}

/** Workloads of one batch of an answer. */
const workloadsAtOnce = 500;
/** How long what is gone is remembered: as long as a simulation may look back. */
const keepDays = 90;

/**
 * Remembers the uses that are in `before` and not in `after`, with the workloads as they were. Called
 * before anything of them is written.
 */
export async function rememberFormer(
  trx: Trx,
  before: States,
  after: readonly WorkloadState[],
  at: Date,
): Promise<void> {
  const next = new Map(after.map((state) => [state.workload.id, state]));
  const gone = [...before.values()].filter((state) => loses(state, next.get(state.workload.id)));
  if (gone.length === 0) return;
  const ids = gone.map(({ workload }) => workload.id);
  const facts = await admissionFacts(trx, ids);
  const seen = await lastSeen(trx, gone, at);
  const uses = (await namedUses(trx, ids)).filter((use) => !has(next.get(use.workload_id), use));
  const listed = await listedByTag(
    trx,
    uses.map(({ id }) => id),
  );
  await saveWorkloads(trx, gone, facts);
  const rows = new Map(
    uses.map((use) => [
      idOf(use),
      { ...formerUse(use, listed.has(use.id)), last_seen: seen.get(use.workload_id) ?? at },
    ]),
  );
  for (const part of chunks([...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1))))
    await saveUses(trx, part);
}

const loses = ({ uses }: WorkloadState, next: WorkloadState | undefined): boolean =>
  next === undefined || uses.some((use) => !has(next, use));

type Shown = Pick<NamedUse, 'kind' | 'container' | 'declared' | 'digest'>;

/** The same image under the same reference; what has not run yet is the same as what then runs. */
const has = (state: WorkloadState | undefined, use: Shown): boolean =>
  state?.uses.some(
    ({ kind, container, declared, digest }) =>
      kind === use.kind &&
      container === use.container &&
      declared === use.declared &&
      (use.digest === null || digest === use.digest),
  ) ?? false;

const idOf = ({ workload_id, kind, container, declared, digest }: NamedUse): string =>
  hash(JSON.stringify([workload_id, kind, container, declared, digest]));

/** Those of some uses that run a platform image of the index that their tag names. */
async function listedByTag(trx: Trx, useIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select u.id from image_use as u join tag_now as t on t.id = u.tag_id
    join image as i on i.id = t.image_id
    where u.id = any(${useIds}::text[])
      and i.platforms @> jsonb_build_array(jsonb_build_object('digest', u.digest))`.execute(trx);
  return new Set(rows.map(({ id }) => id));
}

/**
 * What admission was asked about is what then ran, unless that was pulled through an index; of what
 * never ran, what its reference named.
 */
function formerUse(use: NamedUse, listed: boolean): Omit<FormerUse, 'last_seen'> {
  const ran = use.pinned_digest === null && use.image_id !== null && !listed;
  const { image, unresolved } = ran ? { image: use.image_id } : namedNow(use);
  return {
    id: idOf(use),
    workload_id: use.workload_id,
    container: use.container,
    kind: use.kind,
    declared: use.declared,
    digest: use.digest,
    image_id: image ?? null,
    unresolved: unresolved ?? null,
    rank: use.rank,
    pods: use.pods,
  };
}

async function admissionFacts(
  trx: Trx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AdmissionFacts>> {
  const { rows } = await sql<{ id: string; facts: AdmissionFacts }>`
    select workload_id as id, facts from workload_admission
    where workload_id = any(${ids}::text[])`.execute(trx);
  return new Map(rows.map(({ id, facts }) => [id, facts]));
}

/** When each workload was last seen as it was: with the last good reading of its cluster, not later. */
async function lastSeen(
  trx: Trx,
  states: readonly WorkloadState[],
  at: Date,
): Promise<ReadonlyMap<string, Date>> {
  const names = [...new Set(states.map(({ workload }) => workload.cluster))];
  const { rows } = await sql<{ id: string; seen: Date }>`
    select id, least(as_of, ${at.toISOString()}::timestamptz) as seen from cluster
    where id = any(${names}::text[])`.execute(trx);
  const clusters = new Map(rows.map(({ id, seen }) => [id, seen]));
  return new Map(states.map(({ workload }) => [workload.id, clusters.get(workload.cluster) ?? at]));
}

async function saveWorkloads(
  trx: Trx,
  states: readonly WorkloadState[],
  facts: ReadonlyMap<string, AdmissionFacts>,
): Promise<void> {
  const rows = states
    .map(({ workload }) => workload)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((record) => {
      const admission = facts.get(record.id);
      const workload = { ...workloadOf(record), ...(admission !== undefined && { admission }) };
      return { workload, revision: record.revision };
    });
  for (const part of chunks(rows))
    await sql`
      insert into former_workload (id, cluster, revision, workload)
      select * from ${asTable(part, {
        id: ['text', ({ workload }) => workload.id],
        cluster: ['text', ({ workload }) => workload.cluster],
        revision: ['int4', ({ revision }) => revision],
        workload: ['jsonb', ({ workload }) => workload],
      })} as input
      on conflict (id) do update set revision = excluded.revision, workload = excluded.workload`.execute(
      trx,
    );
}

const useColumns: Columns<FormerUse> = {
  id: ['text', (row) => row.id],
  workload_id: ['text', (row) => row.workload_id],
  container: ['text', (row) => row.container],
  kind: ['text', (row) => row.kind],
  declared: ['text', (row) => row.declared],
  digest: ['text', (row) => row.digest],
  image_id: ['int4', (row) => row.image_id],
  unresolved: ['text', (row) => row.unresolved],
  rank: ['int4', (row) => row.rank],
  pods: ['int4', (row) => row.pods],
  last_seen: ['timestamptz', (row) => row.last_seen],
};

async function saveUses(trx: Trx, rows: readonly FormerUse[]): Promise<void> {
  await sql`
    insert into former_use (${columnNames(useColumns)}) select * from ${asTable(rows, useColumns)} as input
    on conflict (id) do update set ${assignments(useColumns, ['id'])}`.execute(trx);
}

/**
 * What was there after `since` and is not now, by workload, in batches. Uses that went together are
 * together; a reference that names the same image as before is there still, whether it runs or not.
 */
export async function* formerWorkloads(
  { db }: StoreContext,
  since: Date,
): AsyncGenerator<readonly ReviewedWorkload[]> {
  const after = sql`${since.toISOString()}::timestamptz`;
  for (let last = ''; ; ) {
    const page = await sql<{ id: string }>`
      select distinct workload_id as id from former_use
      where workload_id > ${last} and last_seen > ${after}
      order by workload_id limit ${workloadsAtOnce}`.execute(db);
    const ids = page.rows.map(({ id }) => id);
    const former = grouped(await formerRows(db, ids, since));
    if (former.length > 0) yield former;
    if (ids.length < workloadsAtOnce) return;
    last = ids.at(-1) ?? last;
  }
}

const formerRows = (run: Runner, ids: readonly string[], since: Date) =>
  readJson<FormerRow>(
    run,
    sql`select f.*, w.workload, w.revision
      from former_use as f join former_workload as w on w.id = f.workload_id
      where f.workload_id = any(${ids}::text[]) and f.last_seen > ${since.toISOString()}::timestamptz
        and not exists (
          select from image_use as u left join tag_now as t on t.id = u.tag_id
          where u.workload_id = f.workload_id and u.kind = f.kind and u.container = f.container
            and u.declared = f.declared and (f.digest is null or u.digest = f.digest
              or u.pinned_image_id = f.image_id or (u.running <> 'digest' and t.image_id = f.image_id)))
      order by f.workload_id, f.last_seen desc, f.container, f.kind, f.declared, f.id`,
    ['last_seen'],
  );

const grouped = (rows: readonly FormerRow[]): readonly ReviewedWorkload[] =>
  [
    ...Map.groupBy(rows, (row) => `${row.last_seen.toISOString()} ${row.workload_id}`).values(),
  ].flatMap((uses) => {
    const [first] = uses;
    if (first === undefined) return [];
    const { workload, revision, last_seen } = first;
    return [{ workload, revision, uses: uses.map(reviewedUse), lastSeen: last_seen.toISOString() }];
  });

const reviewedUse = (row: FormerRow): ReviewedUse => ({
  container: row.container,
  kind: row.kind,
  declared: row.declared,
  pods: row.pods,
  status: statusOf(row.rank),
  ...(row.digest !== null && { digest: row.digest as Digest }),
  ...(row.image_id !== null && { image: row.image_id }),
  ...(row.unresolved !== null && { unresolved: row.unresolved }),
});

/** Forgets what was last seen too long ago. */
export async function pruneFormer(run: Runner): Promise<void> {
  await sql`delete from former_use where last_seen < now() - make_interval(days => ${keepDays})`.execute(
    run,
  );
  await sql`delete from former_workload as w
    where not exists (select from former_use as f where f.workload_id = w.id)`.execute(run);
}

/** Removes what was in clusters that are no longer configured. */
export async function forgetFormerExcept(trx: Trx, clusters: readonly string[]): Promise<void> {
  await sql`
    with gone as (delete from former_workload where cluster <> all(${clusters}::text[]) returning id)
    delete from former_use where workload_id in (select id from gone)`.execute(trx);
}
