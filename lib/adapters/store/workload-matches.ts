import { sql } from 'kysely';
import type { WorkloadFilter } from '#lib/contract/workloads.ts';
import { type ContainerClass, rankOf } from './container-class.ts';
import type { StoreContext } from './context.ts';
import type { Sql } from './database.ts';
import { readJson } from './read-json.ts';
import { asksClass, classMatcher, containerCondition, placeCondition } from './workload-filter.ts';

/** Which workloads and containers a filter means: exact counts, and how SQL finds the rows. */
export interface Matches {
  readonly total: number;
  readonly containers: number;
  /** FROM and WHERE over `w` (workload). */
  readonly source: Sql;
  /** The rank of the worst container that matches. */
  readonly rank: Sql;
  /** Condition on `u` (image_use) of a matching workload: the containers that match. */
  readonly use: Sql;
}

interface MatchedProfile {
  readonly id: number;
  readonly workloads: number;
  /** Containers that match. */
  readonly containers: number;
  /** Rank of the worst of them. */
  readonly rank: number;
  /** It is not the worst of the whole workload. */
  readonly hidden: boolean;
}

/** Finds what a filter means: by profile where that suffices, else container by container. */
export function matchWorkloads(context: StoreContext, filter: WorkloadFilter): Promise<Matches> {
  const use = containerCondition(filter);
  if (use !== undefined) return byUse(context, filter, use);
  return asksClass(filter) ? byProfile(context, filter) : byPlace(context, filter);
}

/** How many workloads of each profile lie in these places. */
export function profileCounts(
  { db }: StoreContext,
  where: Sql,
): Promise<readonly { readonly profile: number; readonly workloads: number }[]> {
  return readJson<{ readonly profile: number; readonly workloads: number }>(
    db,
    sql`select profile, count(*)::int as workloads from workload as w where ${where}
      group by profile`,
    [],
  );
}

/** All workloads of these places: nothing is asked of their containers. */
async function byPlace({ db }: StoreContext, filter: WorkloadFilter): Promise<Matches> {
  const where = placeCondition(filter);
  const { rows } = await sql<{ total: number; containers: number }>`
    select count(*)::int as total, coalesce(sum(cardinality(p.classes)), 0)::int as containers
    from workload as w join profile as p on p.id = w.profile where ${where}`.execute(db);
  return {
    ...(rows[0] ?? { total: 0, containers: 0 }),
    source: sql`workload as w where ${where}`,
    rank: sql`w.rank`,
    use: sql`true`,
  };
}

async function byProfile(context: StoreContext, filter: WorkloadFilter): Promise<Matches> {
  const { db, catalog } = context;
  const where = placeCondition(filter);
  const counts = await profileCounts(context, where);
  const containers = await catalog.containers(
    db,
    counts.map(({ profile }) => profile),
  );
  const matches = classMatcher(filter);
  const found = counts.flatMap(({ profile, workloads }): MatchedProfile[] => {
    const facts = containers(profile);
    const own = facts.filter(matches);
    if (own.length === 0) return [];
    const rank = worstRank(own);
    return [
      { id: profile, workloads, containers: own.length, rank, hidden: rank !== worstRank(facts) },
    ];
  });
  const sum = (count: (item: MatchedProfile) => number) =>
    found.reduce((total, item) => total + count(item), 0);
  return {
    total: sum(({ workloads }) => workloads),
    containers: sum(({ workloads, containers }) => workloads * containers),
    ...withProfiles(where, found),
    use: sql`u.class = any(${idsOf(await catalog.classes.all(db), matches)}::int[])`,
  };
}

const worstRank = (facts: readonly ContainerClass[]): number =>
  Math.min(...facts.map(({ status }) => rankOf(status)));

const idsOf = (
  classes: ReadonlyMap<number, ContainerClass>,
  matches: (facts: ContainerClass) => boolean,
): readonly number[] => [...classes].filter(([, facts]) => matches(facts)).map(([id]) => id);

/** Where every match is the worst of its workload, the stored rank and its index serve. */
function withProfiles(
  where: Sql,
  found: readonly MatchedProfile[],
): Pick<Matches, 'source' | 'rank'> {
  const ids = found.map(({ id }) => id);
  if (!found.some(({ hidden }) => hidden))
    return {
      source: sql`workload as w where ${where} and w.profile = any(${ids}::int[])`,
      rank: sql`w.rank`,
    };
  return {
    source: sql`workload as w join unnest(${ids}::int[], ${found.map(({ rank }) => rank)}::int[])
      as m(profile, rank) on m.profile = w.profile where ${where}`,
    rank: sql`m.rank`,
  };
}

async function byUse(
  { db, catalog }: StoreContext,
  filter: WorkloadFilter,
  condition: Sql,
): Promise<Matches> {
  const classes = await catalog.classes.all(db);
  const ids = idsOf(classes, classMatcher(filter));
  const use = sql`u.class = any(${ids}::int[]) and ${condition}`;
  const source = sql`workload as w join (
      select u.workload_id, min(u.rank) as rank, count(*)::int as containers
      from image_use as u where ${use} group by u.workload_id) as m on m.workload_id = w.id
    where ${placeCondition(filter)}`;
  const { rows } = await sql<{ total: number; containers: number }>`
    select count(*)::int as total, coalesce(sum(m.containers), 0)::int as containers
    from ${source}`.execute(db);
  return { ...(rows[0] ?? { total: 0, containers: 0 }), source, rank: sql`m.rank`, use };
}
