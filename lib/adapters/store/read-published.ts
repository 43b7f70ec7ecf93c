import { sql } from 'kysely';
import type { PageRequest } from '#lib/contract/paging.ts';
import type { PublishedFilter, PublishedPage, PublishedTag } from '#lib/contract/sources.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { batchRows, chunks } from './bulk.ts';
import { rankOf, statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { behind, cursorAfter, type Order, orderBy } from './cursor.ts';
import type { Sql } from './database.ts';
import { all } from './workload-filter.ts';

interface Listed {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | null;
  readonly release: boolean;
  readonly rank: number;
  readonly reason: string | null;
  readonly running: number;
  readonly checked_at: Date | null;
}

/** The status of a tag; one whose digest could not be read could not be checked. */
export const tagRank = sql`coalesce(i.rank, ${sql.lit(rankOf('inconclusive'))})`;

const columns = sql`p.registry, p.repository, p.tag, p.digest, p.release, ${tagRank} as rank,
  case when i.id is null then 'not-checked-yet' else i.reason end as reason, i.checked_at,
  (select count(*)::int from image_use as u where u.image_id = p.image_id) as running`;

const order: Order<Listed> = {
  name: 'attention',
  keys: [
    { expression: tagRank, type: 'int4', value: (row) => row.rank },
    { expression: sql`p.registry`, type: 'text', value: (row) => row.registry },
    { expression: sql`p.repository`, type: 'text', value: (row) => row.repository },
    { expression: sql`p.tag`, type: 'text', value: (row) => row.tag },
  ],
  descending: false,
};

function sourceOf(filter: PublishedFilter): Sql {
  const conditions: Sql[] = [];
  if (filter.registry !== undefined) conditions.push(sql`p.registry = ${clean(filter.registry)}`);
  if (filter.repository !== undefined)
    conditions.push(sql`p.repository = ${clean(filter.repository)}`);
  if (filter.release !== undefined) conditions.push(sql`p.release = ${filter.release === 'true'}`);
  if (filter.status.length > 0)
    conditions.push(sql`${tagRank} = any(${filter.status.map(rankOf)}::int[])`);
  return sql`from published_tag as p left join image as i on i.id = p.image_id where ${all(conditions)}`;
}

const clean = (text: string): string => text.replaceAll('\0', '');

/** One page of published tags, worst first. */
export async function published(
  { db }: StoreContext,
  filter: PublishedFilter,
  page: PageRequest,
): Promise<PublishedPage> {
  const source = sourceOf(filter);
  const { rows } = await sql<Listed>`
    select ${columns} ${source} and ${behind(order, page.cursor)}
    order by ${orderBy(order)} limit ${page.limit + 1}`.execute(db);
  const count = await sql<{ total: number }>`select count(*)::int as total ${source}`.execute(db);
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items: items.map(shown),
    next: last === undefined || rows.length <= page.limit ? null : cursorAfter(order, last),
    total: count.rows[0]?.total ?? 0,
  };
}

/** Every published tag of the filter in list order; see `allWorkloads` for what that promises. */
export async function* allPublished(
  { db }: StoreContext,
  filter: PublishedFilter,
): AsyncGenerator<readonly PublishedTag[]> {
  const { rows } = await sql<{ key: string }>`
    select p.registry || ' ' || p.repository || ' ' || p.tag as key ${sourceOf(filter)}
    order by ${orderBy(order)}`.execute(db);
  for (const part of chunks(
    rows.map(({ key }) => key),
    batchRows,
  )) {
    const names = part.map((key) => key.split(' '));
    const found = await sql<Listed>`
      select ${columns} from published_tag as p left join image as i on i.id = p.image_id
      join unnest(${names.map(([one]) => one)}::text[], ${names.map(([, two]) => two)}::text[],
        ${names.map(([, , three]) => three)}::text[]) as n(registry, repository, tag)
        on (p.registry, p.repository, p.tag) = (n.registry, n.repository, n.tag)`.execute(db);
    const byKey = new Map(
      found.rows.map((row) => [`${row.registry} ${row.repository} ${row.tag}`, row]),
    );
    yield part.flatMap((key) => byKey.get(key) ?? []).map(shown);
  }
}

const shown = (row: Listed): PublishedTag => ({
  registry: row.registry,
  repository: row.repository,
  tag: row.tag,
  digest: row.digest,
  release: row.release,
  status: statusOf(row.rank),
  reason: row.reason as ReasonCode | null,
  running: row.running,
  checkedAt: row.checked_at?.toISOString() ?? null,
});
