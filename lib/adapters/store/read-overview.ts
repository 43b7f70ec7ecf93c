import { sql } from 'kysely';
import type { CoverageRow, Overview, TrendPoint } from '#lib/contract/overview.ts';
import type { Counts } from '#lib/contract/words.ts';
import type { Scope } from '#lib/contract/workloads.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';
import { statusOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import { StatusTally, TallyMap } from './counts.ts';
import { type Freshness, readClusters } from './freshness.ts';
import { needs, type WorkloadGroup } from './needs.ts';
import {
  readRegistryStates,
  registryFailure,
  type StoredRegistry,
  sources,
} from './read-sources.ts';
import { noFilter, placeCondition } from './workload-filter.ts';

const dayMs = 24 * 60 * 60 * 1000;
const trendDays = 30;

/** Workloads with the same containers: in one place, or of one team. */
interface PlacedGroup extends WorkloadGroup {
  readonly cluster: string | null;
  readonly namespace: string | null;
  readonly team: string | null;
}

/** Everything that the first page shows, for a part of the fleet. */
export async function overview(context: StoreContext, scope: Scope, now: Date): Promise<Overview> {
  const groups = await readGroups(context, scope);
  const byPlace = groups.filter(({ cluster }) => cluster !== null);
  const clusters = await readClusters(context, now);
  const shown =
    scope.cluster.length === 0
      ? clusters
      : new Map([...clusters].filter(([id]) => scope.cluster.includes(id)));
  const trend = await readTrend(context, scope, now);
  const asOfs = [...shown.values()].flatMap(({ as_of }) => as_of ?? []);
  return {
    counts: tally(byPlace),
    before: trend.before,
    trend: trend.points,
    ...(await needs(context, scope, byPlace)),
    byCluster: clusterRows(byPlace, shown, scope),
    byRegistry: registryRows(byPlace, await readRegistryStates(context)),
    byTeam: teamRows(groups.filter(({ cluster }) => cluster === null)),
    sources: [...(await sources(context, now))],
    releaseTags: await releaseCounts(context),
    scanned: await scannedOnce(context),
    // The oldest: nothing on the page is older than it says.
    asOf: asOfs.length === 0 ? null : new Date(Math.min(...asOfs.map(Number))).toISOString(),
  };
}

/** In one pass: by namespace of each cluster, and by team. */
async function readGroups(
  { db, catalog }: StoreContext,
  scope: Scope,
): Promise<readonly PlacedGroup[]> {
  const { rows } = await sql<Omit<PlacedGroup, 'classes'> & { profile: number }>`
    select cluster, namespace, team, profile, count(*)::int as workloads from workload as w
    where ${placeCondition({ ...noFilter, ...scope })}
    group by grouping sets ((cluster, namespace, profile), (team, profile))`.execute(db);
  const profiles = await catalog.profiles(db, [...new Set(rows.map(({ profile }) => profile))]);
  const classes = await catalog.classes(db, []);
  return rows.map(({ profile, ...place }) => ({
    ...place,
    classes: (profiles.get(profile) ?? []).flatMap((id) => classes.get(id) ?? []),
  }));
}

/** Containers that run, by status. */
function tally(groups: readonly WorkloadGroup[]): Counts {
  const result = new StatusTally();
  for (const { workloads, classes } of groups)
    for (const { status, running } of classes) if (running) result.add(status, workloads);
  return result.counts();
}

function clusterRows(
  rows: readonly PlacedGroup[],
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
      counts: tally(own),
      asOf: cluster?.as_of?.toISOString() ?? null,
      stale: cluster?.stale ?? false,
      children: [...byNamespace]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, list]) => ({ key: name, name, counts: tally(list) })),
    };
  });
}

function registryRows(
  groups: readonly WorkloadGroup[],
  registries: readonly StoredRegistry[],
): CoverageRow[] {
  const known = new Map(registries.map((registry) => [registry.host, registry]));
  const tallies = new TallyMap();
  for (const { workloads, classes } of groups)
    for (const { status, running, registry } of classes)
      if (running) tallies.of(registry ?? '').add(status, workloads);
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

const teamRows = (rows: readonly PlacedGroup[]): CoverageRow[] =>
  [...Map.groupBy(rows, ({ team }) => team ?? '')]
    .map(([key, own]) => ({
      key,
      name: key === '' ? 'no team' : key,
      counts: tally(own),
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
