import { sql } from 'kysely';
import type { Digest } from '#lib/model/digest.ts';
import type { Inheritance, Signer } from '#lib/model/verdict.ts';
import type { PlatformChild } from '#lib/ports/scan-store.ts';
import { rankOf } from './container-class.ts';
import type { Trx } from './database.ts';

/**
 * Ties platform images to a verified index that lists them, and unties them from one that is verified
 * no longer; returns whose tie changed. Which children an index has was read from its own bytes, which
 * matched its digest. Called with the images whose verdicts changed, be they children or indexes.
 */
export async function tieToIndexes(
  trx: Trx,
  changed: readonly number[],
): Promise<readonly number[]> {
  if (changed.length === 0) return [];
  const { rows } = await sql<{ id: number }>`
    with near as (
      select id from image where id = any(${changed}::int[])
      union
      select c.id from image as p
      cross join lateral jsonb_array_elements(p.platforms) as child
      join image as c on c.digest = child->>'digest' and c.registry = p.registry and c.repository = p.repository
      where p.id = any(${changed}::int[]) and p.platforms <> '[]'
      union
      select c.id from image as c where c.index_id = any(${changed}::int[])
    ), tied as (
      select c.id, (
        select p.id from image as p
        where p.registry = c.registry and p.repository = c.repository and p.rank = ${rankOf('verified')}
          and p.platforms @> jsonb_build_array(jsonb_build_object('digest', c.digest))
        order by p.digest limit 1) as index_id
      from near join image as c on c.id = near.id
    )
    update image as i set index_id = t.index_id from tied as t
    where i.id = t.id and i.index_id is distinct from t.index_id returning i.id`.execute(trx);
  return rows.map(({ id }) => id);
}

/** The index of an image `i`, as JSON; null where no signed index lists it. */
export const indexColumn = sql`(
  select jsonb_build_object('digest', p.digest, 'authority', p.authority, 'signer', p.verdict->'signer',
    'platforms', p.platforms)
  from image as p where p.id = i.index_id) as "index"`;

/** What {@link indexColumn} selects. */
export interface IndexRecord {
  readonly digest: Digest;
  readonly authority: string | null;
  readonly signer: Signer | null;
  readonly platforms: readonly PlatformChild[];
}

/** The model's form: what the image has from the signed index that lists it. */
export function inheritanceOf(child: string, index: IndexRecord): Inheritance {
  const { digest, authority, signer, platforms } = index;
  const platform = platforms.find((one) => one.digest === child)?.platform;
  return {
    index: digest,
    platform: platform ?? 'unspecified',
    ...(authority !== null && { authority }),
    ...(signer !== null && { signer }),
  };
}
