import { sql } from 'kysely';
import type { ScanStore, Subject, TagSubject } from '#lib/ports/scan-store.ts';
import type { StoreContext } from './context.ts';

type DueSubjects = Awaited<ReturnType<ScanStore['dueSubjects']>>;
type DueTags = Awaited<ReturnType<ScanStore['dueTags']>>;

/** That an image `i` is in use, published, or named by a tag in use. */
export const inDemand = sql`(exists (select from image_use where image_id = i.id)
      or exists (select from image_use where other_image_id = i.id)
      or exists (select from image_use where pinned_image_id = i.id)
      or exists (select from published_tag where image_id = i.id)
      or exists (select from tag_now as t join image_use as u on u.tag_id = t.id where t.image_id = i.id))`;

/** Subjects in use, published or named by a tag in use that were never checked, may be tried again, or are too old. */
export async function dueSubjects(
  { db }: StoreContext,
  options: Parameters<ScanStore['dueSubjects']>[0],
): Promise<DueSubjects> {
  const due = sql`
    from image as i where (i.checked_at is null
      or i.retry_at <= ${options.now.toISOString()}::timestamptz
      or i.checked_at < ${options.checkedBefore.toISOString()}::timestamptz)
    and ${inDemand}`;
  const page = await sql<Subject & { id: number }>`
    select i.id, i.registry, i.repository, i.digest ${due} and i.id > ${after(options.after)}
    order by i.id limit ${options.limit}`.execute(db);
  const count = await sql<{ total: number }>`select count(*)::int as total ${due}`.execute(db);
  return {
    items: page.rows.map(({ registry, repository, digest }) => ({ registry, repository, digest })),
    next: next(page.rows, options.limit),
    total: count.rows[0]?.total ?? 0,
  };
}

/** Tags in use that were never asked for, or not since. */
export async function dueTags(
  { db }: StoreContext,
  options: Parameters<ScanStore['dueTags']>[0],
): Promise<DueTags> {
  const due = sql`
    from tag_now as t where (t.checked_at is null
      or t.checked_at < ${options.checkedBefore.toISOString()}::timestamptz)
    and exists (select from image_use where tag_id = t.id)`;
  const page = await sql<TagSubject & { id: number }>`
    select t.id, t.registry, t.repository, t.tag ${due} and t.id > ${after(options.after)}
    order by t.id limit ${options.limit}`.execute(db);
  const count = await sql<{ total: number }>`select count(*)::int as total ${due}`.execute(db);
  return {
    items: page.rows.map(({ registry, repository, tag }) => ({ registry, repository, tag })),
    next: next(page.rows, options.limit),
    total: count.rows[0]?.total ?? 0,
  };
}

/** The position behind which a page begins; anything that is no position begins at the start. */
function after(position: string | undefined): number {
  const id = Number(position ?? 0);
  return Number.isSafeInteger(id) ? id : 0;
}

function next(rows: readonly { readonly id: number }[], limit: number): string | null {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? null : String(last.id);
}
