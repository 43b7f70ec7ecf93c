import { sql } from 'kysely';
import { asTable } from './bulk.ts';
import { rankOf } from './container-class.ts';
import type { Write } from './transaction.ts';

/** A digest in a repository. */
export interface KeyedImage {
  readonly registry: string;
  readonly repository: string;
  readonly digest: string;
}
/** A tag in a repository. */
export interface KeyedTag {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}
interface Ids<K> {
  get(key: K | undefined): number | undefined;
}

/** Ids that were met: rows of images and tags are never deleted, so an id stays true. */
export class KnownIds {
  readonly #ids = new Map<string, number>();

  get(key: string): number | undefined {
    return this.#ids.get(key);
  }

  add(ids: ReadonlyMap<string, number>): void {
    // Enough for any fleet we measured; beyond it the cache starts anew instead of growing.
    if (this.#ids.size + ids.size > mostKnown) this.#ids.clear();
    for (const [key, id] of ids) this.#ids.set(key, id);
  }
}

const mostKnown = 200_000;

const keyOf = (key: KeyedImage | KeyedTag): string =>
  'digest' in key
    ? `${key.registry}/${key.repository}@${key.digest}`
    : `${key.registry}/${key.repository}:${key.tag}`;

/** Ids of images; those that nothing referred to before are written as not checked yet. */
export function internImages(
  write: Write,
  known: KnownIds,
  images: readonly KeyedImage[],
  at: Date,
): Promise<Ids<KeyedImage>> {
  return intern<KeyedImage>(
    write,
    known,
    'image',
    'digest',
    images,
    (input) => sql`
    insert into image (registry, repository, digest, rank, reason, since)
    select registry, repository, digest, ${rankOf('inconclusive')}, 'not-checked-yet', ${at.toISOString()}::timestamptz
    from ${input} as input on conflict do nothing`,
  );
}

/** Ids of tags; new ones have not been asked for. */
export function internTags(
  write: Write,
  known: KnownIds,
  tags: readonly KeyedTag[],
): Promise<Ids<KeyedTag>> {
  return intern<KeyedTag>(
    write,
    known,
    'tag_now',
    'tag',
    tags,
    (input) => sql`
    insert into tag_now (registry, repository, tag)
    select registry, repository, tag from ${input} as input on conflict do nothing`,
  );
}

async function intern<K extends KeyedImage | KeyedTag>(
  { trx, onCommit }: Write,
  known: KnownIds,
  table: 'image' | 'tag_now',
  column: 'digest' | 'tag',
  keys: readonly K[],
  insert: (input: ReturnType<typeof asTable>) => ReturnType<typeof sql>,
): Promise<Ids<K>> {
  const ids = new Map<string, number>();
  const unique = new Map(
    keys.map((key) => [keyOf(key), key] as const).filter(([key]) => known.get(key) === undefined),
  );
  const input = (rows: readonly K[]) =>
    asTable(rows, {
      registry: ['text', (key) => key.registry],
      repository: ['text', (key) => key.repository],
      [column]: ['text', (key) => ('digest' in key ? key.digest : key.tag)],
    });
  const look = async (rows: readonly K[]) => {
    const found = await sql<K & { id: number }>`
      select t.id, t.registry, t.repository, t.${sql.ref(column)}
      from ${input(rows)} as input join ${sql.ref(table)} as t
      using (registry, repository, ${sql.ref(column)})`.execute(trx);
    for (const row of found.rows) ids.set(keyOf(row), row.id);
  };
  const result = {
    get: (key: K | undefined) =>
      key === undefined ? undefined : (known.get(keyOf(key)) ?? ids.get(keyOf(key))),
  };
  if (unique.size === 0) return result;
  onCommit(() => known.add(ids));
  await look([...unique.values()]);
  // In key order, so that two writers cannot lock each other.
  const missing = [...unique].filter(([key]) => !ids.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (missing.length === 0) return result;
  const rows = missing.map(([, row]) => row);
  await insert(input(rows)).execute(trx);
  await look(rows);
  return result;
}
