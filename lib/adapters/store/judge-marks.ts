import { sql } from 'kysely';
import type { StoreContext } from './context.ts';
import type { Trx } from './database.ts';
import { write } from './transaction.ts';

/** Says that these workloads must be judged, again if they are being judged right now. */
export async function markToJudge(trx: Trx, workloadIds: readonly string[]): Promise<void> {
  await sql`
    insert into to_judge (workload_id, mark)
    select id, nextval('judge_mark') from unnest(${workloadIds}::text[]) as t(id) order by id
    on conflict (workload_id) do update set mark = excluded.mark`.execute(trx);
}

/** The same for all workloads. */
export async function judgeAgain({ db }: StoreContext): Promise<void> {
  await write(db, async ({ trx }) => {
    await sql`
      insert into to_judge (workload_id, mark) select id, nextval('judge_mark') from workload order by id
      on conflict (workload_id) do update set mark = excluded.mark`.execute(trx);
  });
}

/**
 * The same for all workloads that use one of these images, or a tag that now names one. The tags are an
 * array, so that a first scan finds their users by index too: before statistics a join reads the table.
 */
export async function markUsersOfImages(trx: Trx, imageIds: readonly number[]): Promise<void> {
  if (imageIds.length === 0) return;
  await sql`
    insert into to_judge (workload_id, mark)
    select workload_id, nextval('judge_mark') from (
      select workload_id from image_use where image_id = any(${imageIds}::int[])
      union select workload_id from image_use where other_image_id = any(${imageIds}::int[])
      union select workload_id from image_use where tag_id = any(array(
        select id from tag_now where image_id = any(${imageIds}::int[])))
      order by workload_id) as users
    on conflict (workload_id) do update set mark = excluded.mark`.execute(trx);
}

/** The same for all workloads that use one of these tags. */
export async function markUsersOfTags(trx: Trx, tagIds: readonly number[]): Promise<void> {
  if (tagIds.length === 0) return;
  await sql`
    insert into to_judge (workload_id, mark)
    select workload_id, nextval('judge_mark') from (
      select distinct workload_id from image_use where tag_id = any(${tagIds}::int[])
      order by workload_id) as users
    on conflict (workload_id) do update set mark = excluded.mark`.execute(trx);
}
