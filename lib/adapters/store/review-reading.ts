import { sql } from 'kysely';
import type { Digest } from '#lib/model/digest.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { AdmissionFacts, Workload } from '#lib/model/workload.ts';
import type {
  ReviewedImage,
  ReviewedUse,
  ReviewedWorkload,
  ReviewStore,
} from '#lib/ports/review-store.ts';
import { chunks } from './bulk.ts';
import { statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import type { Runner } from './database.ts';
import { readJson } from './read-json.ts';
import { type UseRecord, type WorkloadRecord, workloadOf } from './rows.ts';

type ReviewIndex = Awaited<ReturnType<ReviewStore['reviewIndex']>>;
type WorkloadRow = WorkloadRecord & { readonly admission: AdmissionFacts | null };

/** A use with what its tag names now. */
export interface NamedUse
  extends Pick<
    UseRecord,
    | 'id'
    | 'workload_id'
    | 'container'
    | 'kind'
    | 'declared'
    | 'registry'
    | 'problem'
    | 'pinned_digest'
    | 'pinned_image_id'
    | 'running'
    | 'digest'
    | 'image_id'
    | 'pods'
    | 'rank'
  > {
  readonly tag_state: string | null;
  readonly tag_image_id: number | null;
  readonly tag_reason: string | null;
  readonly tag_detail: string | null;
}

/** Workloads and images of one answer of the database. */
const workloadsAtOnce = 5_000;
const imagesAtOnce = 1_000;

/**
 * Revisions of everything that a review reads. Each column comes as one JSON text: of 100,000 rows
 * that costs a tenth of what the drivers spend on row after row.
 */
export async function reviewIndex({ db }: StoreContext): Promise<ReviewIndex> {
  const { rows } = await sql<Record<'clusters' | 'revisions', string | null>>`
    select json_agg(cluster)::text as clusters, json_agg(revision)::text as revisions
    from admission_reading where revision > 0`.execute(db);
  const workloads = await sql<Record<'ids' | 'revisions', string | null>>`
    select json_agg(id)::text as ids, json_agg(revision)::text as revisions from workload`.execute(
    db,
  );
  const images = await sql<Record<'ids' | 'revisions', string | null>>`
    select json_agg(id)::text as ids, json_agg(revision::text)::text as revisions
    from image`.execute(db);
  return {
    admission: pairs<string, number>(rows[0]?.clusters, rows[0]?.revisions),
    workloads: pairs<string, number>(workloads.rows[0]?.ids, workloads.rows[0]?.revisions),
    images: pairs<number, string>(images.rows[0]?.ids, images.rows[0]?.revisions),
  };
}

function pairs<K, V>(keys: string | null | undefined, values: string | null | undefined) {
  const all = JSON.parse(values ?? '[]') as V[];
  return new Map<K, V>(
    (JSON.parse(keys ?? '[]') as K[]).map((key, at) => [key, all[at] as V] as const),
  );
}

/** Workloads of these ids as admission sees them; those that are not there are left out. */
export async function reviewedWorkloads(
  { db }: StoreContext,
  ids: readonly string[],
): Promise<readonly ReviewedWorkload[]> {
  const reviewed: ReviewedWorkload[] = [];
  for (const part of chunks(ids, workloadsAtOnce)) {
    // First the workloads: a revision that is older than what was read is noticed, a newer one is not.
    const workloads = await readJson<WorkloadRow>(
      db,
      sql`select w.id, w.cluster, w.namespace, w.api_version, w.kind, w.name, w.uid, w.team, w.revision,
          a.facts as admission
        from workload as w left join workload_admission as a on a.workload_id = w.id
        where w.id = any(${part}::text[])`,
      [],
    );
    const uses = Map.groupBy(await namedUses(db, part), (use) => use.workload_id);
    for (const row of workloads)
      reviewed.push({
        workload: withAdmission(row),
        revision: row.revision,
        uses: (uses.get(row.id) ?? []).sort(inOrder).map(reviewedUse),
      });
  }
  return reviewed;
}

/** The model's form of a stored workload with what admission looks at. */
const withAdmission = (row: WorkloadRow): Workload => ({
  ...workloadOf(row),
  ...(row.admission !== null && { admission: row.admission }),
});

/** The uses of some workloads with what their tags name now. */
export const namedUses = (
  run: Runner,
  workloadIds: readonly string[],
): Promise<readonly NamedUse[]> =>
  readJson<NamedUse>(
    run,
    sql`select u.id, u.workload_id, u.container, u.kind, u.declared, u.registry, u.problem, u.pinned_digest,
        u.pinned_image_id, u.running, u.digest, u.image_id, u.pods, u.rank, t.state as tag_state,
        t.image_id as tag_image_id, t.reason as tag_reason, t.detail as tag_detail
      from image_use as u left join tag_now as t on t.id = u.tag_id
      where u.workload_id = any(${workloadIds}::text[])`,
    [],
  );

/** By container; the database would sort the uses of all workloads together. */
const inOrder = (a: NamedUse, b: NamedUse): number =>
  a.container < b.container || (a.container === b.container && a.id < b.id) ? -1 : 1;

/** A use as admission sees it: with the image that its declared reference names now. */
const reviewedUse = (use: NamedUse): ReviewedUse => ({
  container: use.container,
  kind: use.kind,
  declared: use.declared,
  pods: use.pods,
  status: statusOf(use.rank),
  ...(use.digest !== null && { digest: use.digest as Digest }),
  ...namedNow(use),
});

/** What the declared reference names now: a digest names itself, a tag what its registry said last. */
export function namedNow(use: NamedUse): Pick<ReviewedUse, 'image' | 'unresolved'> {
  if (use.registry === null)
    return { unresolved: `The reference cannot be read: ${use.problem ?? 'nobody knows why'}.` };
  const image = use.pinned_digest === null ? use.tag_image_id : use.pinned_image_id;
  if (image !== null && (use.pinned_digest !== null || use.tag_state === 'digest'))
    return { image };
  if (use.tag_state === 'gone')
    return { unresolved: 'The registry does not have the tag any more.' };
  if (use.tag_state === 'unknown') {
    const detail = use.tag_detail === null || use.tag_detail === '' ? '.' : `: ${use.tag_detail}`;
    return {
      unresolved: `The registry did not say what the tag names (${use.tag_reason})${detail}`,
    };
  }
  return { unresolved: 'The registry has not been asked yet what the tag names.' };
}

/** Images with what verification found out; those that nobody knows are left out. */
export async function reviewedImages(
  { db }: StoreContext,
  ids: readonly number[],
): Promise<readonly ReviewedImage[]> {
  const reviewed: ReviewedImage[] = [];
  for (const part of chunks(ids, imagesAtOnce)) {
    const { rows } = await sql<{ id: number; revision: string; verdict: ImageVerdict | null }>`
      select id, revision::text as revision, verdict from image
      where id = any(${part}::int[]) order by id`.execute(db);
    for (const { id, revision, verdict } of rows)
      reviewed.push({ id, revision, ...(verdict !== null && { verdict }) });
  }
  return reviewed;
}
