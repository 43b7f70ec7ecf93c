import { sql } from 'kysely';
import type {
  ClusterRow,
  RegistryDetail,
  RegistryRow,
  RepositoryRow,
} from '#lib/contract/sources.ts';
import type { Counts } from '#lib/contract/words.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import { statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { TallyMap } from './counts.ts';
import { type Freshness, readClusters } from './freshness.ts';
import { inUse, isPublished } from './image-filter.ts';
import { readJson } from './read-json.ts';
import { tagRank } from './read-published.ts';
import {
  readRegistryStates,
  registryFailure,
  registryState,
  type StoredRegistry,
} from './read-sources.ts';
import { type RunningSums, runningCounts, runningSums } from './running-counts.ts';

/** All clusters with what was found in them. */
export async function clusters(context: StoreContext): Promise<readonly ClusterRow[]> {
  const states = await readClusters(context, new Date());
  const places = await readJson<{ cluster: string; workloads: number; pods: number }>(
    context.db,
    sql`select cluster, namespace, count(*)::int as workloads, sum(pods)::int as pods from workload
      group by cluster, namespace`,
    [],
  );
  const placesOf = Map.groupBy(places, ({ cluster }) => cluster);
  const sums = await readJson<RunningSums & { readonly cluster: string }>(
    context.db,
    sql`select w.cluster, ${runningSums} from workload as w join profile as p on p.id = w.profile
      group by w.cluster`,
    [],
  );
  const running = Map.groupBy(sums, ({ cluster }) => cluster);
  return [...states.values()].map((state) =>
    clusterRow(state, placesOf.get(state.id) ?? [], runningCounts(running.get(state.id) ?? [])),
  );
}

const clusterRow = (
  state: Freshness,
  places: readonly { readonly workloads: number; readonly pods: number }[],
  counts: Counts,
): ClusterRow => ({
  id: state.id,
  name: state.name,
  kind: state.kind,
  server: state.server,
  version: state.version,
  state: state.state,
  watching: state.watching,
  asOf: state.as_of?.toISOString() ?? null,
  reason: state.reason as ReasonCode | null,
  detail: state.detail,
  retryAt: state.retry_at?.toISOString() ?? null,
  problems: state.problems.map((problem) => ({ ...problem })),
  namespaces: places.length,
  workloads: places.reduce((sum, { workloads }) => sum + workloads, 0),
  pods: places.reduce((sum, { pods }) => sum + pods, 0),
  counts,
});

/** Every registry that is declared, was contacted or is named by an image. */
export async function registries(context: StoreContext): Promise<readonly RegistryRow[]> {
  const { db } = context;
  const images = await sql<{ registry: string; rank: number; images: number }>`
    select i.registry, i.rank, count(*)::int as images from image as i where ${inUse} or ${isPublished}
    group by i.registry, i.rank`.execute(db);
  const tags = await sql<{ registry: string; rank: number; tags: number }>`
    select p.registry, ${tagRank} as rank, count(*)::int as tags from published_tag as p
    left join image as i on i.id = p.image_id where p.release group by 1, 2`.execute(db);
  const repositories = await sql<{ registry: string; repositories: number }>`
    select registry, count(distinct repository)::int as repositories from (
      select i.registry, i.repository from image as i where ${inUse} or ${isPublished}
      union all select registry, repository from repository) as named
    group by registry`.execute(db);
  const imageTallies = new TallyMap();
  for (const row of images.rows) imageTallies.of(row.registry).add(statusOf(row.rank), row.images);
  const tagTallies = new TallyMap();
  for (const row of tags.rows) tagTallies.of(row.registry).add(statusOf(row.rank), row.tags);
  const named = new Map(repositories.rows.map((row) => [row.registry, row.repositories]));
  const refused = await sql<{ registry: string; refused: number }>`
    select registry, count(*)::int as refused from repository where reason is not null
    group by registry`.execute(db);
  const refusals = new Map(refused.rows.map((row) => [row.registry, row.refused]));
  const states = await readRegistryStates(context);
  return states.map((state) => ({
    ...registryRow(state),
    images: imageTallies.counts(state.host),
    releaseTags: tagTallies.counts(state.host),
    repositories: named.get(state.host) ?? 0,
    unreadRepositories: refusals.get(state.host) ?? 0,
  }));
}

function registryRow(
  stored: StoredRegistry,
): Omit<RegistryRow, 'images' | 'releaseTags' | 'repositories' | 'unreadRepositories'> {
  const { host, declared, status } = stored;
  const failure = registryFailure(stored);
  return {
    host,
    declared,
    state: registryState(stored),
    credentials: status?.credentials ?? null,
    insecure: status?.insecure ?? false,
    referrersApi: status?.referrersApi ?? null,
    requests: status?.requests ?? 0,
    failures: status?.failures ?? 0,
    rateLimited: status?.rateLimited ?? 0,
    budget:
      status?.budget === undefined
        ? null
        : { ...status.budget, resetAt: status.budget.resetAt ?? null },
    lastSuccessAt: status?.lastSuccessAt ?? null,
    reason: failure?.reason ?? null,
    detail: failure?.detail ?? null,
    retryAt: failure?.retryAt ?? null,
  };
}

/** One registry with its repositories: declared ones, and those that running images name. */
export async function registry(
  context: StoreContext,
  host: string,
): Promise<RegistryDetail | undefined> {
  const row = (await registries(context)).find((one) => one.host === host);
  return row === undefined
    ? undefined
    : { registry: row, repositories: await repositoriesOf(context, host) };
}

async function repositoriesOf({ db }: StoreContext, host: string): Promise<RepositoryRow[]> {
  const { rows } = await sql<{
    repository: string;
    tags: number | null;
    skipped_tags: number | null;
    as_of: Date | null;
    reason: ReasonCode | null;
    detail: string | null;
    running: number;
  }>`
    select repository, r.tags, r.skipped_tags, r.as_of, r.reason, r.detail, coalesce(n.running, 0) as running
    from (select * from repository where registry = ${host}) as r
    full join (select i.repository, count(u.id)::int as running from image as i
      join image_use as u on u.image_id = i.id where i.registry = ${host} group by i.repository) as n
      using (repository)
    order by repository`.execute(db);
  const tags = await sql<{ repository: string; rank: number; tags: number }>`
    select p.repository, ${tagRank} as rank, count(*)::int as tags from published_tag as p
    left join image as i on i.id = p.image_id where p.registry = ${host} and p.release
    group by 1, 2`.execute(db);
  const tallies = new TallyMap();
  for (const row of tags.rows) tallies.of(row.repository).add(statusOf(row.rank), row.tags);
  return rows.map((row) => ({
    registry: host,
    repository: row.repository,
    releaseTags: tallies.counts(row.repository),
    tags: row.tags ?? 0,
    skippedTags: row.skipped_tags ?? 0,
    running: row.running,
    asOf: row.as_of?.toISOString() ?? null,
    reason: row.reason,
    detail: row.detail,
  }));
}
