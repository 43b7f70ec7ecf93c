import { sql } from 'kysely';
import type { CoverageRow, Overview, TrendPoint } from '#lib/contract/overview.ts';
import type { Counts } from '#lib/contract/words.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';
import { statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { TallyMap } from './counts.ts';
import type { Sql } from './database.ts';
import { type Freshness, readClusters } from './freshness.ts';
import { needs, type RegistryGroup, type WorkloadGroup } from './needs.ts';
import { readJson } from './read-json.ts';
import {
  readRegistryStates,
  registryFailure,
  type StoredRegistry,
  sources,
} from './read-sources.ts';
import { type RunningSums, runningCounts, runningSums } from './running-counts.ts';
import { asksPlace, noFilter, placeCondition } from './workload-filter.ts';
import { profileCounts } from './workload-matches.ts';

const dayMs = 24 * 60 * 60 * 1000;
const trendDays = 30;

/** Running containers of a namespace, or of a team. */
interface PlaceSums extends RunningSums {
  readonly cluster: string | null;
  readonly namespace: string | null;
  readonly team: string | null;
}

/** Everything that the first page shows, for a part of the fleet. */
export async function overview(context: StoreContext, scope: Scope, now: Date): Promise<Overview> {
  const where = placeCondition({ ...noFilter, ...scope });
  const places = await readPlaces(context, where);
  const byPlace = places.filter(({ cluster }) => cluster !== null);
  const registries = await readRegistryGroups(context, scope);
  const clusters = await readClusters(context, now);
  const shown = scope.cluster.length === 0 ? clusters : chosen(clusters, scope.cluster);
  const trend = await readTrend(context, scope, now);
  const asOfs = [...shown.values()].flatMap(({ as_of }) => as_of ?? []);
  return {
    counts: runningCounts(byPlace),
    before: trend.before,
    trend: trend.points,
    ...(await needs(context, scope, await readGroups(context, where), registries)),
    byCluster: clusterRows(byPlace, shown, scope),
    byRegistry: registryRows(registries, await readRegistryStates(context)),
    byTeam: teamRows(places.filter(({ cluster }) => cluster === null)),
    sources: [...(await sources(context, now))],
    releaseTags: await releaseCounts(context),
    scanned: await scannedOnce(context),
    // The oldest: nothing on the page is older than it says.
    asOf: asOfs.length === 0 ? null : new Date(Math.min(...asOfs.map(Number))).toISOString(),
  };
}

const chosen = <T>(all: ReadonlyMap<string, T>, keys: readonly string[]): ReadonlyMap<string, T> =>
  new Map([...all].filter(([key]) => keys.includes(key)));

/** In one pass: by namespace of each cluster, and by team. */
function readPlaces({ db }: StoreContext, where: Sql): Promise<readonly PlaceSums[]> {
  return readJson<PlaceSums>(
    db,
    sql`select w.cluster, w.namespace, w.team, ${runningSums}
      from workload as w join profile as p on p.id = w.profile where ${where}
      group by grouping sets ((w.cluster, w.namespace), (w.team))`,
    [],
  );
}

async function readGroups(context: StoreContext, where: Sql): Promise<readonly WorkloadGroup[]> {
  const counts = await profileCounts(context, where);
  const containers = await context.catalog.containers(
    context.db,
    counts.map(({ profile }) => profile),
  );
  return counts.map(({ profile, workloads }) => ({ workloads, classes: containers(profile) }));
}

async function readRegistryGroups(
  { db, catalog }: StoreContext,
  scope: Scope,
): Promise<readonly RegistryGroup[]> {
  const filter = { ...noFilter, ...scope };
  const inScope = asksPlace(filter)
    ? sql`join workload as w on w.id = u.workload_id where ${placeCondition(filter)}`
    : sql``;
  const { rows } = await sql<{ registry: string | null; class: number; containers: number }>`
    select u.registry, u.class, count(*)::int as containers from image_use as u ${inScope}
    group by u.registry, u.class`.execute(db);
  const classes = await catalog.classes.valuesOf(db, [...new Set(rows.map((row) => row.class))]);
  return rows.flatMap((row) => {
    const facts = classes.get(row.class);
    return facts === undefined ? [] : [{ ...row, facts }];
  });
}

function clusterRows(
  rows: readonly PlaceSums[],
  clusters: ReadonlyMap<string, Freshness>,
  scope: Scope,
): CoverageRow[] {
  const byCluster = Map.groupBy(rows, ({ cluster }) => cluster ?? '');
  const narrowed = scope.namespace.length + scope.team.length > 0;
  const keys = narrowed ? byCluster.keys() : new Set([...clusters.keys(), ...byCluster.keys()]);
  return [...keys].sort().map((key) => {
    const own = byCluster.get(key) ?? [];
    const byNamespace = Map.groupBy(own, ({ namespace }) => namespace ?? '');
    const cluster = clusters.get(key);
    return {
      key,
      name: cluster?.name ?? key,
      counts: runningCounts(own),
      asOf: cluster?.as_of?.toISOString() ?? null,
      stale: cluster?.stale ?? false,
      children: [...byNamespace]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, list]) => ({ key: name, name, counts: runningCounts(list) })),
    };
  });
}

function registryRows(
  groups: readonly RegistryGroup[],
  registries: readonly StoredRegistry[],
): CoverageRow[] {
  const known = new Map(registries.map((registry) => [registry.host, registry]));
  const tallies = new TallyMap();
  for (const { registry, containers, facts } of groups)
    if (facts.running) tallies.of(registry ?? '').add(facts.status, containers);
  return tallies
    .keys()
    .map((key) => {
      const registry = known.get(key);
      return {
        key,
        name: key === '' ? 'malformed references' : key,
        counts: tallies.counts(key),
        asOf: registry?.status?.lastSuccessAt ?? null,
        stale: registry !== undefined && registryFailure(registry) !== undefined,
        children: [],
      };
    })
    .sort((a, b) => b.counts.total - a.counts.total || (a.key < b.key ? -1 : 1));
}

const teamRows = (rows: readonly PlaceSums[]): CoverageRow[] =>
  [...Map.groupBy(rows, ({ team }) => team ?? '')]
    .map(([key, own]) => ({
      key,
      name: key === '' ? 'no team' : key,
      counts: runningCounts(own),
      asOf: null,
      stale: false,
      children: [],
    }))
    .sort((a, b) => b.counts.total - a.counts.total || (a.key < b.key ? -1 : 1));

/** The points of the last days, and the newest that is a week old. */
async function readTrend(
  { db }: StoreContext,
  scope: Scope,
  now: Date,
): Promise<{ readonly points: TrendPoint[]; readonly before: TrendPoint | null }> {
  const since = new Date(now.getTime() - trendDays * dayMs).toISOString().slice(0, 10);
  const inScope = sql`filter (where ${placeCondition({ ...noFilter, ...scope })})`;
  const sum = (column: VerdictStatus) =>
    sql`coalesce(sum(w.${sql.ref(column)}) ${inScope}, 0)::int as ${sql.ref(column)}`;
  // Days are those of the whole fleet: a scope that was empty then counts zero, it has no gap.
  const { rows } = await sql<{ at: Date } & Omit<Counts, 'total'>>`
    select max(w.at) as at, ${sum('verified')}, ${sum('inconclusive')}, ${sum('untrusted')},
      ${sum('unsigned')}, ${sum('invalid')}
    from coverage_point as w where day > ${since} group by day order by day`.execute(db);
  const points = rows.map(({ at, ...counts }) => {
    const total = Object.values(counts).reduce((all, count) => all + count, 0);
    return { at: at.toISOString(), counts: { ...counts, total } };
  });
  const weekAgo = new Date(now.getTime() - 7 * dayMs).toISOString().slice(0, 10);
  return { points, before: points.findLast(({ at }) => at.slice(0, 10) <= weekAgo) ?? null };
}

/** Release tags of declared repositories by status; one without a digest could not be checked. */
export async function releaseCounts({ db }: StoreContext): Promise<Counts> {
  const { rows } = await sql<{ rank: number | null; tags: number }>`
    select i.rank, count(*)::int as tags from published_tag as p
    left join image as i on i.id = p.image_id where p.release group by i.rank`.execute(db);
  const result = new TallyMap();
  for (const { rank, tags } of rows)
    result.of('').add(rank === null ? 'inconclusive' : statusOf(rank), tags);
  return result.counts('');
}

async function scannedOnce({ db }: StoreContext): Promise<boolean> {
  const { rows } = await sql`select from scan where state = 'done' limit 1`.execute(db);
  return rows.length > 0;
}
