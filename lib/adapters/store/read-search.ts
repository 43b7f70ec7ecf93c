import { sql } from 'kysely';
import type { SearchResult } from '#lib/contract/overview.ts';
import { parseSearch } from '#lib/contract/search.ts';
import { shortDigest } from '#lib/model/digest.ts';
import type { StoreContext } from './context.ts';
import { readClusters } from './freshness.ts';
import { imageCondition } from './image-filter.ts';
import { readRegistryStates } from './read-sources.ts';
import { containerCondition, likePattern, noFilter, placeCondition } from './workload-filter.ts';

type Hit = SearchResult['items'][number];

/** What the palette finds: clusters and registries by name first, they are few; then workloads and images. */
export async function search(
  context: StoreContext,
  text: string,
  limit: number,
): Promise<SearchResult> {
  const { words, terms } = parseSearch(text);
  if (words.length + terms.length === 0) return { items: [] };
  const sources = terms.length === 0 ? await sourceHits(context, words) : [];
  const [workloads, images] = [
    await workloadHits(context, text, limit),
    await imageHits(context, text, limit),
  ];
  // Both kinds have a place, however many there are of the other.
  const half = Math.ceil((limit - sources.length) / 2);
  const some = workloads.slice(0, Math.max(half, limit - sources.length - images.length));
  return { items: [...sources, ...some, ...images].slice(0, limit) };
}

async function sourceHits(
  context: StoreContext,
  words: readonly string[],
): Promise<readonly Hit[]> {
  const named = (name: string) =>
    words.every((word) => name.toLowerCase().includes(word.replaceAll('*', '')));
  const clusters = [...(await readClusters(context, new Date())).values()];
  const registries = await readRegistryStates(context);
  return [
    ...clusters
      .filter(({ id, name }) => named(`${name} ${id}`))
      .map(
        ({ id, name, state }): Hit => ({
          kind: 'cluster',
          title: name,
          subtitle: state,
          href: `/workloads?cluster=${encodeURIComponent(id)}`,
        }),
      ),
    ...registries
      .filter(({ host }) => named(host))
      .map(
        ({ host }): Hit => ({
          kind: 'registry',
          title: host,
          subtitle: 'registry',
          href: `/registries/${encodeURIComponent(host)}`,
        }),
      ),
  ].slice(0, 4);
}

async function workloadHits(
  { db }: StoreContext,
  text: string,
  limit: number,
): Promise<readonly Hit[]> {
  const filter = { ...noFilter, q: text };
  const use = containerCondition(filter);
  const used =
    use === undefined
      ? sql`true`
      : sql`exists (select from image_use as u where u.workload_id = w.id and ${use})`;
  const first = likePattern(`${parseSearch(text).words[0] ?? ''}*`);
  const { rows } = await sql<{ id: string; name: string; kind: string; place: string }>`
    select w.id, w.name, w.kind, w.cluster || ' / ' || w.namespace as place from workload as w
    where ${placeCondition(filter)} and ${used}
    order by lower(w.name) like ${first} desc, w.rank, w.name, w.id limit ${limit}`.execute(db);
  return rows.map(({ id, name, kind, place }) => ({
    kind: 'workload',
    title: name,
    subtitle: `${kind} in ${place}`,
    href: `/workloads/${encodeURIComponent(id)}`,
  }));
}

async function imageHits(
  { db }: StoreContext,
  text: string,
  limit: number,
): Promise<readonly Hit[]> {
  const condition = imageCondition({
    q: text,
    status: [],
    reason: [],
    registry: [],
    repository: [],
    authority: [],
    signer: [],
    format: [],
    cluster: [],
    namespace: [],
    team: [],
    origin: [],
    sort: 'attention',
    order: 'asc',
  });
  const { rows } = await sql<{ digest: string; name: string }>`
    select i.digest, i.registry || '/' || i.repository as name from image as i where ${condition}
    order by i.rank, i.repository, i.digest limit ${limit}`.execute(db);
  return rows.map(({ digest, name }) => ({
    kind: 'image',
    title: name,
    subtitle: shortDigest(digest),
    href: `/images/${encodeURIComponent(digest)}`,
  }));
}
