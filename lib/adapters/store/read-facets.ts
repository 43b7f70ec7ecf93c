import { sql } from 'kysely';
import type { Facets, FacetValue } from '#lib/contract/paging.ts';
import { workloadFacets as facetNames, type WorkloadFilter } from '#lib/contract/workloads.ts';
import type { ContainerClass } from './container-class.ts';
import type { StoreContext } from './context.ts';
import type { Sql } from './database.ts';
import { readClusters } from './freshness.ts';
import {
  all,
  asksClass,
  asksPlace,
  type ClassFacet,
  classFacets,
  classMatcher,
  classValues,
  containerCondition,
  noFilter,
  type PlaceFacet,
  placeCondition,
  placeFacets,
} from './workload-filter.ts';
import { matchWorkloads, profileCounts } from './workload-matches.ts';

/** Workloads whose containers (those that matter) have these classes. */
interface Group {
  readonly classes: readonly number[];
  readonly workloads: number;
}

/** Rows per value of every facet, under all other filters but not the facet's own. */
export async function workloadFacets(
  context: StoreContext,
  filter: WorkloadFilter,
): Promise<Facets> {
  const counts = new Map<string, ReadonlyMap<string, number>>();
  const classes = await classFacetCounts(context, filter);
  for (const facet of classFacets) counts.set(facet, classes.get(facet) ?? new Map());
  counts.set('registry', await registryCounts(context, filter));
  const open = placeFacets.filter((facet) => filter[facet].length === 0);
  const closed = placeFacets.filter((facet) => filter[facet].length > 0);
  for (const [facet, values] of await placeCounts(context, filter, open)) counts.set(facet, values);
  for (const facet of closed)
    for (const [, values] of await placeCounts(context, { ...filter, [facet]: [] }, [facet]))
      counts.set(facet, values);
  const clusters = await readClusters(context, new Date());
  return Object.fromEntries(
    facetNames.map((facet) => [facet, labelled(facet, counts.get(facet) ?? new Map(), clusters)]),
  );
}

/** The words of the top bar. */
export async function scopes(context: StoreContext): Promise<Facets> {
  const counts = await placeCounts(context, noFilter, ['cluster', 'namespace', 'team']);
  const clusters = await readClusters(context, new Date());
  return Object.fromEntries(
    [...counts].map(([facet, values]) => [facet, labelled(facet, values, clusters)]),
  );
}

const labelled = (
  facet: string,
  counts: ReadonlyMap<string, number>,
  clusters: ReadonlyMap<string, { readonly name: string }>,
): FacetValue[] =>
  ranked(counts, (value) => (facet === 'cluster' ? clusters.get(value)?.name : undefined));

/** Most frequent first; values that are missing (a workload without a team) are no value. */
export function ranked(
  counts: ReadonlyMap<string, number>,
  label: (value: string) => string | undefined = () => undefined,
): FacetValue[] {
  return [...counts]
    .filter(([value]) => value !== '')
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([value, count]) => {
      const name = label(value);
      return { value, count, ...(name !== undefined && name !== value && { label: name }) };
    });
}

async function classFacetCounts(
  context: StoreContext,
  filter: WorkloadFilter,
): Promise<ReadonlyMap<ClassFacet, ReadonlyMap<string, number>>> {
  const groups = await groupsOf(context, filter);
  const classes = await context.catalog.classes.valuesOf(context.db, [
    ...new Set(groups.flatMap((group) => group.classes)),
  ]);
  return new Map(
    classFacets.map((facet) => {
      const values = valuesByClass(facet, filter, classes);
      const counts = new Map<string, number>();
      for (const group of groups)
        for (const value of new Set(group.classes.flatMap((id) => values.get(id) ?? [])))
          counts.set(value, (counts.get(value) ?? 0) + group.workloads);
      return [facet, counts];
    }),
  );
}

function valuesByClass(
  facet: ClassFacet,
  filter: WorkloadFilter,
  classes: ReadonlyMap<number, ContainerClass>,
): ReadonlyMap<number, readonly string[]> {
  const matches = classMatcher({ ...filter, [facet]: [] });
  return new Map(
    [...classes].map(([id, facts]) => [
      id,
      matches(facts) ? classValues(facet, facts, filter) : [],
    ]),
  );
}

async function groupsOf(context: StoreContext, filter: WorkloadFilter): Promise<readonly Group[]> {
  const { db, catalog } = context;
  const where = placeCondition(filter);
  const use = containerCondition(filter);
  if (use !== undefined) {
    const { rows } = await sql<Group>`
      select classes, count(*)::int as workloads from (
        select array_agg(distinct u.class) as classes from image_use as u
        join workload as w on w.id = u.workload_id where ${where} and ${use} group by w.id) as g
      group by classes`.execute(db);
    return rows;
  }
  const rows = await profileCounts(context, where);
  const profiles = await catalog.profiles.valuesOf(
    db,
    rows.map(({ profile }) => profile),
  );
  return rows.map(({ profile, workloads }) => ({
    classes: profiles.get(profile)?.classes ?? [],
    workloads,
  }));
}

/** Workloads per registry of the containers that match. */
async function registryCounts(
  context: StoreContext,
  filter: WorkloadFilter,
): Promise<ReadonlyMap<string, number>> {
  const others = { ...filter, registry: [] };
  const plain = !asksClass(others) && containerCondition(others) === undefined;
  return plain ? registriesOfAll(context, others) : registriesOfSome(context, others);
}

/** Nothing is asked of the containers: the sets of registries tell. */
async function registriesOfAll(
  { db, catalog }: StoreContext,
  filter: WorkloadFilter,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ registries: number; workloads: number }>`
    select w.registries, count(*)::int as workloads from workload as w
    where ${placeCondition(filter)} group by w.registries`.execute(db);
  const sets = await catalog.registries.valuesOf(
    db,
    rows.map(({ registries }) => registries),
  );
  const counts = new Map<string, number>();
  for (const { registries, workloads } of rows)
    for (const name of new Set(sets.get(registries)))
      counts.set(name, (counts.get(name) ?? 0) + workloads);
  return counts;
}

async function registriesOfSome(
  { db, catalog }: StoreContext,
  filter: WorkloadFilter,
): Promise<ReadonlyMap<string, number>> {
  const conditions: Sql[] = [];
  if (asksClass(filter)) {
    const matches = classMatcher(filter);
    const classes = await catalog.classes.all(db);
    const ids = [...classes].filter(([, facts]) => matches(facts)).map(([id]) => id);
    conditions.push(sql`u.class = any(${ids}::int[])`);
  }
  const use = containerCondition(filter);
  if (use !== undefined) conditions.push(use);
  if (asksPlace(filter))
    conditions.push(
      sql`u.workload_id in (select w.id from workload as w where ${placeCondition(filter)})`,
    );
  const { rows } = await sql<{ registry: string; workloads: number }>`
    select registry, count(*)::int as workloads from (
      select distinct u.registry, u.workload_id from image_use as u where ${all(conditions)}) as met
    where registry is not null group by registry`.execute(db);
  return new Map(rows.map(({ registry, workloads }) => [registry, workloads]));
}

/** Rows per value of some columns in one pass. */
async function placeCounts(
  context: StoreContext,
  filter: WorkloadFilter,
  facets: readonly PlaceFacet[],
): Promise<ReadonlyMap<PlaceFacet, ReadonlyMap<string, number>>> {
  const counts = new Map(facets.map((facet) => [facet, new Map<string, number>()]));
  if (facets.length === 0) return counts;
  const plain = !asksClass(filter) && containerCondition(filter) === undefined;
  const source: Sql = plain
    ? sql`workload as w where ${placeCondition(filter)}`
    : (await matchWorkloads(context, filter)).source;
  const columns = facets.map((facet) => sql`w.${sql.ref(facet)}`);
  const { rows } = await sql<Record<PlaceFacet, string | null> & { workloads: number }>`
    select ${sql.join(columns)}, count(*)::int as workloads from ${source}
    group by grouping sets (${sql.join(columns.map((column) => sql`(${column})`))})`.execute(
    context.db,
  );
  for (const row of rows)
    for (const facet of facets) {
      const value = row[facet];
      if (value !== null && value !== undefined) counts.get(facet)?.set(value, row.workloads);
    }
  return counts;
}
