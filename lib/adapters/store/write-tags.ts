import { sql } from 'kysely';
import type { PublishedReading, ScanStore } from '#lib/ports/scan-store.ts';
import { asTable, chunks } from './bulk.ts';
import type { StoreContext } from './context.ts';
import { internImages, internTags, type KeyedImage } from './intern.ts';
import { markUsersOfTags } from './judge-marks.ts';
import { write } from './transaction.ts';

type TagItem = Parameters<ScanStore['saveTags']>[0][number];

/** Writes where tags point now and marks the workloads for which that changes anything. */
export async function saveTags(
  { db, ids: known }: StoreContext,
  items: readonly TagItem[],
  at: Date,
): Promise<void> {
  for (const part of chunks(items))
    await write(db, async (running) => {
      const { trx } = running;
      const ids = await internTags(running, known, part);
      const rows = new Map(part.map((item) => [ids.get(item) as number, item]));
      // What a tag names now is what runs next: it is checked like what runs.
      const images = await internImages(running, known, part.flatMap(namedImage), at);
      const input = asTable([...rows], {
        id: ['int4', ([id]) => id],
        state: ['text', ([, { now }]) => now.state],
        digest: ['text', ([, { now }]) => ('digest' in now ? now.digest : null)],
        image_id: ['int4', ([, item]) => images.get(namedImage(item)[0])],
        reason: ['text', ([, { now }]) => ('reason' in now ? now.reason : null)],
        detail: ['text', ([, { now }]) => ('detail' in now ? now.detail : null)],
      });
      await sql`select id from tag_now where id = any(${[...rows.keys()]}::int[]) order by id for update`.execute(
        trx,
      );
      const changed = await sql<{ id: number }>`
        update tag_now as t set state = n.state, digest = n.digest, image_id = n.image_id, reason = n.reason, detail = n.detail
        from ${input} as n where t.id = n.id
          and (t.state, t.digest, t.reason, t.detail) is distinct from (n.state, n.digest, n.reason, n.detail)
        returning t.id`.execute(trx);
      await sql`update tag_now set checked_at = ${at.toISOString()}::timestamptz
        where id = any(${[...rows.keys()]}::int[])`.execute(trx);
      await markUsersOfTags(
        trx,
        changed.rows.map(({ id }) => id),
      );
    });
}

const namedImage = ({ registry, repository, now }: TagItem): readonly KeyedImage[] =>
  now.state === 'digest' ? [{ registry, repository, digest: now.digest }] : [];

/** Makes a reading of a declared repository its present: tags that are not in it are gone. */
export async function savePublished(
  { db, ids: known }: StoreContext,
  reading: PublishedReading,
): Promise<void> {
  const { registry, repository } = reading;
  await write(db, async (running) => {
    const { trx } = running;
    const readAt = reading.readAt.toISOString();
    await sql`
      insert into repository (registry, repository, tags, skipped_tags, as_of, reason, detail)
      values (${registry}, ${repository}, ${reading.tags}, ${reading.skippedTags}, ${readAt}::timestamptz,
        ${reading.reason ?? null}, ${reading.detail ?? null})
      on conflict (registry, repository) do update set tags = excluded.tags,
        skipped_tags = excluded.skipped_tags, as_of = excluded.as_of, reason = excluded.reason,
        detail = excluded.detail`.execute(trx);
    // A reading that failed says nothing about tags: what was known stays, with its age.
    if (reading.reason !== undefined && reading.images.length === 0) return;
    const keyed = reading.images.flatMap(({ digest }) =>
      digest === undefined ? [] : [{ registry, repository, digest }],
    );
    const ids = await internImages(running, known, keyed, reading.readAt);
    const tags = reading.images.map(({ tag }) => tag);
    // Only a whole reading can say that a tag is gone.
    if (reading.reason === undefined)
      await sql`delete from published_tag where registry = ${registry} and repository = ${repository}
        and tag <> all(${tags}::text[])`.execute(trx);
    const unique = [...new Map(reading.images.map((image) => [image.tag, image])).values()];
    for (const part of chunks(unique))
      await sql`
        insert into published_tag (registry, repository, tag, digest, image_id, release)
        select ${registry}, ${repository}, tag, digest, image_id, release from ${asTable(part, {
          tag: ['text', ({ tag }) => tag],
          digest: ['text', ({ digest }) => digest],
          image_id: ['int4', ({ digest }) => digest && ids.get({ registry, repository, digest })],
          release: ['bool', ({ release }) => release],
        })} as input order by tag
        on conflict (registry, repository, tag) do update set digest = excluded.digest,
          image_id = excluded.image_id, release = excluded.release
        where (published_tag.digest, published_tag.image_id, published_tag.release)
          is distinct from (excluded.digest, excluded.image_id, excluded.release)`.execute(trx);
  });
}
