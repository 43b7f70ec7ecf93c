import { sql } from 'kysely';
import type { Digest } from '#lib/model/digest.ts';
import type { TagNow } from '#lib/model/posture.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { ImageVerdict, Signer } from '#lib/model/verdict.ts';
import type { StoredUse, WorkloadToJudge } from '#lib/ports.ts';
import { rankOf, statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import type { Runner } from './database.ts';
import { toUse, type UseRecord, type WorkloadRecord, workloadOf } from './rows.ts';

/** What is known of an image, as a use needs it. */
interface KnownVerdict {
  readonly id: number;
  readonly rank: number;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly retry_at: Date | null;
  readonly authority: string | null;
  readonly signer: Signer | null;
  readonly checked: boolean;
}

/** A use with what is known of its images and its tag. */
export interface JoinedUse extends UseRecord {
  readonly tag_state: string | null;
  readonly tag_digest: string | null;
  readonly tag_image_id: number | null;
  readonly tag_reason: string | null;
  readonly tag_detail: string | null;
  readonly tag_checked_at: Date | null;
  /** The tag names an index that lists what runs. */
  readonly tag_covers: boolean;
}

/** Workloads whose facts are newer than their judgement, oldest mark first. */
export async function workloadsToJudge(
  { db, marks }: StoreContext,
  limit: number,
): Promise<readonly WorkloadToJudge[]> {
  const marked = await sql<WorkloadRecord & { mark: number }>`
    select w.*, j.mark from (select * from to_judge order by mark limit ${limit}) as j
    join workload as w on w.id = j.workload_id order by j.mark`.execute(db);
  const ids = marked.rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const uses = await joinedUses(db, ids);
  const verdicts = await knownVerdicts(
    db,
    uses.flatMap(({ image_id, other_image_id, tag_image_id }) => [
      image_id,
      other_image_id,
      tag_image_id,
    ]),
  );
  const byWorkload = Map.groupBy(uses, (row) => row.workload_id);
  return marked.rows.map((row) => {
    marks.set(row.id, row.mark);
    return {
      workload: workloadOf(row),
      uses: (byWorkload.get(row.id) ?? []).map((use) => toJudge(use, row.cluster, verdicts)),
    };
  });
}

/** The uses of some workloads with what is known of their tags. */
export async function joinedUses(
  run: Runner,
  workloadIds: readonly string[],
): Promise<readonly JoinedUse[]> {
  const { rows } = await sql<JoinedUse>`
    select u.*, t.state as tag_state, t.digest as tag_digest, t.image_id as tag_image_id,
      t.reason as tag_reason, t.detail as tag_detail, t.checked_at as tag_checked_at,
      coalesce(i.platforms @> jsonb_build_array(jsonb_build_object('digest', u.digest)), false)
        as tag_covers
    from image_use as u left join tag_now as t on t.id = u.tag_id
    left join image as i on i.id = t.image_id
    where u.workload_id = any(${workloadIds}::text[]) order by u.id`.execute(run);
  return rows;
}

async function knownVerdicts(
  db: StoreContext['db'],
  ids: readonly (number | null)[],
): Promise<ReadonlyMap<number, KnownVerdict>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  const { rows } = await sql<KnownVerdict>`
    select id, rank, reason, detail, retry_at, authority, verdict->'signer' as signer,
      checked_at is not null as checked
    from image where id = any(${wanted}::int[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

function toJudge(
  row: JoinedUse,
  cluster: string,
  verdicts: ReadonlyMap<number, KnownVerdict>,
): WorkloadToJudge['uses'][number] {
  const image = imageOf(row, verdicts);
  const tagNow = tagNowOf(row);
  const moved = tagNow.state === 'moved' ? verdicts.get(row.tag_image_id ?? 0) : undefined;
  const use: StoredUse = { ...toUse(row), id: row.id, cluster };
  return {
    ...use,
    ...(image !== undefined && { verdict: verdictOf(image) }),
    tagNow,
    ...(moved?.checked === true && { tagNowStatus: statusOf(moved.rank) }),
  };
}

/** The image that decides a use: what runs, or for a template at rest what its digest or tag names. */
export function imageOf<T extends { readonly rank: number }>(
  row: Pick<JoinedUse, 'running' | 'pods' | 'image_id' | 'other_image_id' | 'tag_image_id'>,
  images: ReadonlyMap<number, T>,
): T | undefined {
  if (row.running === 'digest')
    return decisive(images.get(row.image_id ?? 0), images.get(row.other_image_id ?? 0));
  if (row.running !== 'pending' || row.pods > 0) return;
  return images.get(row.image_id ?? row.tag_image_id ?? 0);
}

/**
 * The image whose verdict counts for a use: that of the pod spec's repository, unless only the one
 * from which it was pulled is verified (a mirror that holds the signatures).
 */
function decisive<T extends { readonly rank: number }>(
  own: T | undefined,
  other: T | undefined,
): T | undefined {
  const verified = rankOf('verified');
  if (own === undefined) return other;
  return own.rank !== verified && other?.rank === verified ? other : own;
}

function verdictOf(row: KnownVerdict): NonNullable<WorkloadToJudge['uses'][number]['verdict']> {
  return {
    status: statusOf(row.rank),
    ...(row.reason !== null && { reason: row.reason as ReasonCode }),
    ...(row.detail !== null && { detail: row.detail }),
    ...(row.signer !== null && { signer: row.signer }),
    ...(row.authority !== null && { authority: row.authority }),
    ...(row.retry_at !== null && { retryAt: row.retry_at.toISOString() }),
  } satisfies Partial<ImageVerdict>;
}

/** Where the tag of a use points now, seen from what runs. */
export function tagNowOf(
  row: Pick<
    JoinedUse,
    'tag_id' | 'digest' | 'tag_state' | 'tag_digest' | 'tag_reason' | 'tag_detail' | 'tag_covers'
  >,
): TagNow {
  if (row.tag_id === null || row.tag_state === null) return { state: 'not-asked' };
  if (row.tag_state === 'gone') return { state: 'gone' };
  if (row.tag_state === 'unknown')
    return {
      state: 'unknown',
      reason: row.tag_reason as ReasonCode,
      detail: row.tag_detail ?? '',
    };
  // Nothing runs yet, so nothing can have moved away from it.
  if (row.digest === null) return { state: 'not-asked' };
  const same = row.tag_digest === row.digest || row.tag_covers;
  return same ? { state: 'same' } : { state: 'moved', digest: row.tag_digest as Digest };
}
