import { sql } from 'kysely';
import {
  imageFacets as facetNames,
  type ImageFilter,
  type ImagePage,
  type ImageRow,
} from '#lib/contract/images.ts';
import type { Facets, PageRequest } from '#lib/contract/paging.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { batchRows, chunks } from './bulk.ts';
import { rankOf, statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { behind, cursorAfter, type Order, orderBy, type SortKey } from './cursor.ts';
import { type ImageFacet, imageCondition, inUse, isPublished } from './image-filter.ts';
import { ranked } from './read-facets.ts';

/** The columns of `image` that a list needs. */
export interface ImageRecord {
  readonly id: number;
  readonly digest: string;
  readonly registry: string;
  readonly repository: string;
  readonly rank: number;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly retry_at: Date | null;
  readonly signer: string | null;
  readonly authority: string | null;
  readonly attested: boolean;
  readonly formats: readonly string[];
  readonly checked_at: Date | null;
  readonly since: Date;
}
/** Where an image is used. */
interface Usage {
  readonly id: number;
  readonly containers: number;
  readonly workloads: number;
  readonly clusters: number;
  readonly tags: readonly (string | null)[];
}
type Key = SortKey<ImageRecord & { readonly uses: number }>;

export const imageColumns = sql`i.id, i.digest, i.registry, i.repository, i.rank, i.reason, i.detail, i.retry_at,
  i.signer, i.authority, i.attested, i.formats, i.checked_at, i.since`;
const uses = sql`(select count(*)::int from image_use as u where u.image_id = i.id)`;
const neverChecked = new Date(0);

const digest: Key = { expression: sql`i.digest`, type: 'text', value: (row) => row.digest };
const registryKey: Key = {
  expression: sql`i.registry`,
  type: 'text',
  value: (row) => row.registry,
};
const repository: Key = {
  expression: sql`i.repository`,
  type: 'text',
  value: (row) => row.repository,
};

function orderOf({ sort, order }: ImageFilter): Order<ImageRecord & { readonly uses: number }> {
  const name = [repository, registryKey, digest];
  const keys: Record<ImageFilter['sort'], readonly Key[]> = {
    attention: [{ expression: sql`i.rank`, type: 'int4', value: (row) => row.rank }, ...name],
    repository: name,
    containers: [{ expression: uses, type: 'int4', value: (row) => row.uses }, ...name],
    checked: [
      {
        expression: sql`coalesce(i.checked_at, 'epoch'::timestamptz)`,
        type: 'timestamptz',
        value: (row) => (row.checked_at ?? neverChecked).toISOString(),
      },
      ...name,
    ],
  };
  return { name: sort, keys: keys[sort], descending: order === 'desc' };
}

/** One page of images in use or published. */
export async function images(
  context: StoreContext,
  filter: ImageFilter,
  page: PageRequest,
): Promise<ImagePage> {
  const order = orderOf(filter);
  const where = imageCondition(filter);
  const { rows } = await sql<ImageRecord & { uses: number }>`
    select ${imageColumns}, ${filter.sort === 'containers' ? uses : sql`0`} as uses from image as i
    where ${where} and ${behind(order, page.cursor)}
    order by ${orderBy(order)} limit ${page.limit + 1}`.execute(context.db);
  const count = await sql<{ total: number }>`
    select count(*)::int as total from image as i where ${where}`.execute(context.db);
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items: await shownImages(context, items),
    next: last === undefined || rows.length <= page.limit ? null : cursorAfter(order, last),
    total: count.rows[0]?.total ?? 0,
  };
}

/** Every image of the filter in list order; see `allWorkloads` for what that promises. */
export async function* allImages(
  context: StoreContext,
  filter: ImageFilter,
): AsyncGenerator<readonly ImageRow[]> {
  const { rows } = await sql<{ id: number }>`
    select i.id from image as i where ${imageCondition(filter)}
    order by ${orderBy(orderOf(filter))}`.execute(context.db);
  for (const part of chunks(
    rows.map(({ id }) => id),
    batchRows,
  )) {
    const found = await sql<ImageRecord>`
      select ${imageColumns} from image as i where i.id = any(${part}::int[])`.execute(context.db);
    const byId = new Map(found.rows.map((row) => [row.id, row]));
    yield await shownImages(
      context,
      part.flatMap((id) => byId.get(id) ?? []),
    );
  }
}

/** Images per value of every facet, under all other filters but not the facet's own. */
export async function imageFacets(context: StoreContext, filter: ImageFilter): Promise<Facets> {
  const facets: Facets = {};
  for (const facet of facetNames) facets[facet] = ranked(await facetCounts(context, filter, facet));
  return facets;
}

async function facetCounts(
  { db }: StoreContext,
  filter: ImageFilter,
  facet: ImageFacet,
): Promise<ReadonlyMap<string, number>> {
  const where = imageCondition(filter, facet);
  if (facet === 'origin') {
    const { rows } = await sql<{ running: number; published: number }>`
      select count(*) filter (where ${inUse})::int as running,
        count(*) filter (where ${isPublished})::int as published
      from image as i where ${where}`.execute(db);
    return new Map(Object.entries(rows[0] ?? {}).filter(([, count]) => count > 0));
  }
  if (facet === 'format') {
    const { rows } = await sql<{ value: string; count: number }>`
      select f.value, count(*)::int as count from image as i, jsonb_array_elements_text(i.formats) as f(value)
      where ${where} group by f.value`.execute(db);
    return new Map(rows.map(({ value, count }) => [value, count]));
  }
  const column = facet === 'status' ? 'rank' : facet;
  const { rows } = await sql<{ value: string | number | null; count: number }>`
    select i.${sql.ref(column)} as value, count(*)::int as count from image as i where ${where}
    group by 1`.execute(db);
  return new Map(
    rows.flatMap(({ value, count }) =>
      value === null ? [] : [[typeof value === 'number' ? statusOf(value) : value, count] as const],
    ),
  );
}

/** Rows as they are shown, with where each is used. */
export async function shownImages(
  { db }: StoreContext,
  rows: readonly ImageRecord[],
): Promise<ImageRow[]> {
  const ids = rows.map(({ id }) => id);
  const used = await sql<Usage>`
    select x.id, count(*)::int as containers, count(distinct w.id)::int as workloads,
      count(distinct w.cluster)::int as clusters, array_agg(distinct x.tag) as tags
    from (select image_id as id, workload_id, tag from image_use where image_id = any(${ids}::int[])
      union all select other_image_id, workload_id, null from image_use
        where other_image_id = any(${ids}::int[])) as x
    join workload as w on w.id = x.workload_id group by x.id`.execute(db);
  const tagged = await sql<{ id: number; tags: string[] }>`
    select image_id as id, array_agg(tag) as tags from published_tag
    where image_id = any(${ids}::int[]) group by image_id`.execute(db);
  const usage = new Map(used.rows.map((row) => [row.id, row]));
  const published = new Map(tagged.rows.map((row) => [row.id, row.tags]));
  return rows.map((row) => shownImage(row, usage.get(row.id), published.get(row.id)));
}

function shownImage(
  row: ImageRecord,
  usage: Usage | undefined,
  publishedTags: readonly string[] | undefined,
): ImageRow {
  const tags = [...(usage?.tags ?? []), ...(publishedTags ?? [])].filter((tag) => tag !== null);
  return {
    digest: row.digest,
    registry: row.registry,
    repository: row.repository,
    tags: [...new Set(tags)].sort(),
    status: statusOf(row.rank),
    reason: row.reason as ReasonCode | null,
    signer: row.signer,
    authority: row.authority,
    attested: row.attested,
    formats: [...row.formats],
    containers: usage?.containers ?? 0,
    workloads: usage?.workloads ?? 0,
    clusters: usage?.clusters ?? 0,
    published: publishedTags !== undefined,
    checkedAt: row.checked_at?.toISOString() ?? null,
    retryAt: row.retry_at?.toISOString() ?? null,
    since: row.since.toISOString(),
  };
}

/** Images verified by each authority name. */
export async function authorityUse({ db }: StoreContext): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ authority: string; images: number }>`
    select authority, count(*)::int as images from image as i
    where authority is not null and rank = ${rankOf('verified')} and (${inUse} or ${isPublished})
    group by authority`.execute(db);
  return new Map(rows.map(({ authority, images: count }) => [authority, count]));
}
