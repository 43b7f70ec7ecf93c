import { sql } from 'kysely';
import type { Digest } from '#lib/model/digest.ts';
import type { TagNow } from '#lib/model/posture.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { ImageVerdict, Signer } from '#lib/model/verdict.ts';
import type { PlatformChild, StoredUse, WorkloadToJudge } from '#lib/ports/scan-store.ts';
import { rankOf, statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import type { Runner } from './database.ts';
import { readJson } from './read-json.ts';
import { toUse, type UseRecord, workloadOf } from './rows.ts';
import { type IndexRecord, indexColumn, inheritanceOf } from './signed-indexes.ts';
import { readStates } from './workload-state.ts';

/** What is known of an image, as a use needs it. */
export interface KnownImage {
  readonly id: number;
  readonly rank: number;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly retry_at: Date | null;
  readonly authority: string | null;
  readonly signer: Signer | null;
  readonly checked_at: Date | null;
  readonly platforms: readonly PlatformChild[];
  readonly digest: string;
  readonly index: IndexRecord | null;
}

/** What is known of a tag. */
interface KnownTag {
  readonly id: number;
  readonly state: string | null;
  readonly digest: string | null;
  readonly image_id: number | null;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly checked_at: Date | null;
}

/** What is known of the images and tags of some uses. */
export interface Knowledge {
  readonly images: ReadonlyMap<number, KnownImage>;
  readonly tags: ReadonlyMap<number, KnownTag>;
}

/** Most states kept between reading and judging; beyond it they are read again. */
const mostHandedOut = 10_000;

/** Workloads whose facts are newer than their judgement, oldest mark first. */
export async function workloadsToJudge(
  { db, handedOut }: StoreContext,
  limit: number,
): Promise<readonly WorkloadToJudge[]> {
  const marked = await sql<{ id: string; mark: number }>`
    select w.id, j.mark from to_judge as j join workload as w on w.id = j.workload_id
    order by j.mark limit ${limit}`.execute(db);
  const states = await readStates(
    db,
    marked.rows.map(({ id }) => id),
  );
  const knowledge = await knowledgeOf(
    db,
    [...states.values()].flatMap(({ uses }) => uses),
  );
  if (handedOut.size > mostHandedOut) handedOut.clear();
  return marked.rows.flatMap(({ id, mark }) => {
    const state = states.get(id);
    if (state === undefined) return [];
    handedOut.set(id, { mark, state });
    const { workload, uses } = state;
    return [
      {
        workload: workloadOf(workload),
        uses: uses.map((use) => toJudge(use, workload.cluster, knowledge)),
      },
    ];
  });
}

/** Reads what is known of the images and tags of some uses. */
export async function knowledgeOf(run: Runner, uses: readonly UseRecord[]): Promise<Knowledge> {
  const present = (ids: readonly (number | null)[]) =>
    [...new Set(ids)].filter((id) => id !== null);
  const tags = await readJson<KnownTag>(
    run,
    sql`select id, state, digest, image_id, reason, detail, checked_at from tag_now
      where id = any(${present(uses.map(({ tag_id }) => tag_id))}::int[])`,
    ['checked_at'],
  );
  const imageIds = present([
    ...uses.flatMap(({ image_id, other_image_id }) => [image_id, other_image_id]),
    ...tags.map(({ image_id }) => image_id),
  ]);
  const images = await readJson<KnownImage>(
    run,
    sql`select i.id, i.rank, i.reason, i.detail, i.retry_at, i.authority, i.verdict->'signer' as signer,
      i.checked_at, i.platforms, i.digest, ${indexColumn} from image as i
      where i.id = any(${imageIds}::int[])`,
    ['retry_at', 'checked_at'],
  );
  return {
    images: new Map(images.map((row) => [row.id, row])),
    tags: new Map(tags.map((row) => [row.id, row])),
  };
}

function toJudge(
  row: UseRecord,
  cluster: string,
  knowledge: Knowledge,
): WorkloadToJudge['uses'][number] {
  const image = imageOf(row, knowledge);
  const tagNow = tagNowOf(row, knowledge);
  const named = tagOf(row, knowledge)?.image_id ?? null;
  const moved =
    tagNow.state === 'moved' && named !== null ? knowledge.images.get(named) : undefined;
  const use: StoredUse = { ...toUse(row), id: row.id, cluster };
  return {
    ...use,
    ...(image !== undefined && { verdict: verdictOf(image) }),
    tagNow,
    ...(moved !== undefined && moved.checked_at !== null && { tagNowStatus: statusOf(moved.rank) }),
  };
}

/** The tag under which a use is declared, as far as it was asked for. */
export const tagOf = ({ tag_id }: UseRecord, { tags }: Knowledge): KnownTag | undefined =>
  tag_id === null ? undefined : tags.get(tag_id);

/** The image that decides a use: what runs, or for a template at rest what its digest or tag names. */
export function imageOf(row: UseRecord, knowledge: Knowledge): KnownImage | undefined {
  const { images } = knowledge;
  if (row.running === 'digest')
    return decisive(images.get(row.image_id ?? 0), images.get(row.other_image_id ?? 0));
  if (row.running !== 'pending' || row.pods > 0) return;
  return images.get(row.image_id ?? tagOf(row, knowledge)?.image_id ?? 0);
}

/**
 * The image whose verdict counts for a use: that of the pod spec's repository, unless only the one
 * from which it was pulled is verified (a mirror that holds the signatures).
 */
function decisive(
  own: KnownImage | undefined,
  other: KnownImage | undefined,
): KnownImage | undefined {
  const verified = rankOf('verified');
  if (own === undefined) return other;
  return own.rank !== verified && other?.rank === verified ? other : own;
}

function verdictOf(row: KnownImage): NonNullable<WorkloadToJudge['uses'][number]['verdict']> {
  return {
    status: statusOf(row.rank),
    ...(row.reason !== null && { reason: row.reason as ReasonCode }),
    ...(row.detail !== null && { detail: row.detail }),
    ...(row.signer !== null && { signer: row.signer }),
    ...(row.authority !== null && { authority: row.authority }),
    ...(row.retry_at !== null && { retryAt: row.retry_at.toISOString() }),
    ...(row.index !== null &&
      row.rank !== rankOf('verified') && { inheritedFrom: inheritanceOf(row.digest, row.index) }),
  } satisfies Partial<ImageVerdict>;
}

/** Where the tag of a use points now, seen from what runs. */
export function tagNowOf(row: UseRecord, knowledge: Knowledge): TagNow {
  const tag = tagOf(row, knowledge);
  if (tag === undefined || tag.state === null) return { state: 'not-asked' };
  if (tag.state === 'gone') return { state: 'gone' };
  if (tag.state === 'unknown')
    return { state: 'unknown', reason: tag.reason as ReasonCode, detail: tag.detail ?? '' };
  // Nothing runs yet, so nothing can have moved away from it.
  if (row.digest === null) return { state: 'not-asked' };
  // A runtime may report the platform's image of the index that the tag names.
  const listed = knowledge.images.get(tag.image_id ?? 0)?.platforms ?? [];
  const same = tag.digest === row.digest || listed.some(({ digest }) => digest === row.digest);
  return same ? { state: 'same' } : { state: 'moved', digest: tag.digest as Digest };
}
