import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { PageRequest } from '#lib/contract/paging.ts';
import { parseSearch, type SearchTerm } from '#lib/contract/search.ts';
import type {
  Simulation,
  SimulationPage,
  SimulationRow,
  SimulationRowFilter,
} from '#lib/contract/simulations.ts';
import { asTable, batchRows, type Columns, chunks, toJson } from './bulk.ts';
import type { StoreContext } from './context.ts';
import { behind, cursorAfter, type Order, orderBy } from './cursor.ts';
import type { Runner, Sql } from './database.ts';
import { write } from './transaction.ts';
import { all, likePattern } from './workload-filter.ts';

interface Listed {
  readonly ordinal: number;
  readonly facts: SimulationRow;
}

/** Simulations that are kept, the newest ones. */
const keep = 200;
/** States of one that has not ended. */
const under: readonly Simulation['state'][] = ['queued', 'running'];

/**
 * Writes a simulation as it stands, and forgets those that are older than the newest ones. One that
 * has ended stays so: progress that is told after somebody stopped it does not start it again.
 */
export async function saveSimulation({ db }: StoreContext, simulation: Simulation): Promise<void> {
  await write(db, async ({ trx }) => {
    await sql`
      insert into simulation (id, created_at, facts)
      values (${simulation.id}, ${simulation.createdAt}::timestamptz, ${toJson(simulation)}::jsonb)
      on conflict (id) do update set created_at = excluded.created_at, facts = excluded.facts
      where simulation.facts->>'state' = any(${under}::text[])
        or excluded.facts->>'state' <> all(${under}::text[])`.execute(trx);
    const { rows } = await sql<{ id: string }>`
      delete from simulation where id in (
        select id from simulation order by created_at desc, id desc offset ${keep})
      returning id`.execute(trx);
    if (rows.length > 0)
      await sql`delete from simulation_row
        where simulation = any(${rows.map(({ id }) => id)}::text[])`.execute(trx);
  });
}

const columns: Columns<readonly [ordinal: number, row: SimulationRow]> = {
  ordinal: ['int4', ([ordinal]) => ordinal],
  change: ['text', ([, { change }]) => change],
  namespace: ['text', ([, { namespace }]) => namespace],
  team: ['text', ([, { team }]) => team ?? ''],
  event: ['text', ([, { event }]) => event],
  search: ['text', ([, row]) => searchText(row)],
  facts: ['jsonb', ([, row]) => row],
};

const searchText = (row: SimulationRow): string => {
  const { cluster, namespace, workload, workloadKind, team, container, image, policy, rule } = row;
  return [cluster, namespace, workload, workloadKind, team, container, image, policy, rule, row.why]
    .filter((text) => text !== null && text !== '')
    .join('\n')
    .toLowerCase();
};

/**
 * Makes these the rows of a simulation, all at once though they are written piece by piece. Rows of a
 * simulation that is not kept any more are dropped.
 * @throws Error when somebody else wrote the rows of the same simulation meanwhile
 */
export async function saveSimulationRows(
  { db }: StoreContext,
  id: string,
  rows: readonly SimulationRow[],
): Promise<void> {
  const before = await sql<{ generation: string | null }>`
    select generation from simulation where id = ${id}`.execute(db);
  if (before.rows[0] === undefined) return;
  await forgetRows(db, id, before.rows[0].generation);
  const generation = randomUUID();
  for (const part of chunks(rows.map((row, ordinal) => [ordinal, row] as const)))
    await sql`
      insert into simulation_row (simulation, generation, ordinal, change, namespace, team, event, search, facts)
      select ${id}, ${generation}, input.* from ${asTable(part, columns)} as input`.execute(db);
  await write(db, async ({ trx }) => {
    const updated = await sql<{ id: string }>`
      update simulation set generation = ${generation} where id = ${id} returning id`.execute(trx);
    const { rows: counted } = await sql<{ total: number }>`
      select count(*)::int as total from simulation_row
      where simulation = ${id} and generation = ${generation}`.execute(trx);
    if (updated.rows.length > 0 && counted[0]?.total !== rows.length)
      throw new Error(
        `the rows of simulation ${id} were written by somebody else at the same time`,
      );
    await forgetRows(trx, id, updated.rows.length > 0 ? generation : null);
  });
}

const forgetRows = (run: Runner, id: string, except: string | null) =>
  sql`delete from simulation_row
    where simulation = ${id} and generation is distinct from ${except}::text`.execute(run);

/** A simulation by its id. */
export async function simulation(
  { db }: StoreContext,
  id: string,
): Promise<Simulation | undefined> {
  const { rows } = await sql<{ facts: Simulation }>`
    select facts from simulation where id = ${id}`.execute(db);
  return rows[0]?.facts;
}

/** Simulations, newest first. */
export async function simulations(
  { db }: StoreContext,
  limit: number,
): Promise<readonly Simulation[]> {
  const { rows } = await sql<{ facts: Simulation }>`
    select facts from simulation order by created_at desc, id desc limit ${limit}`.execute(db);
  return rows.map(({ facts }) => facts);
}

/** The order in which the rows were given. */
const order: Order<Listed> = {
  name: 'simulation',
  keys: [{ expression: sql`r.ordinal`, type: 'int4', value: (row) => row.ordinal }],
  descending: false,
};

/** FROM and WHERE on `r` (simulation_row): those rows of a simulation that count and are asked for. */
function sourceOf(id: string, filter: SimulationRowFilter): Sql {
  const conditions: Sql[] = [sql`s.id = ${id}`];
  for (const column of ['change', 'namespace', 'team', 'event'] as const)
    if (filter[column].length > 0)
      conditions.push(sql`r.${sql.ref(column)} = any(${filter[column]}::text[])`);
  const { words, terms } = parseSearch(filter.q ?? '');
  for (const word of words) conditions.push(sql`r.search like ${likePattern(`*${word}*`)}`);
  return sql`from simulation as s join simulation_row as r
    on r.simulation = s.id and r.generation = s.generation
    where ${all([...conditions, ...terms.map(termCondition)])}`;
}

function termCondition({ key, pattern }: SearchTerm): Sql {
  const field = fieldOf[key];
  if (field === undefined) return sql`false`;
  // Of an image as declared, registry and digest are parts.
  const like = likePattern(field === 'image' ? `*${pattern}*` : pattern);
  return sql`lower(r.facts->>${sql.lit(field)}) like ${like}`;
}

/** The field of a row that a key of the search box asks for; a row has no signer. */
const fieldOf: Readonly<Record<SearchTerm['key'], keyof SimulationRow | undefined>> = {
  name: 'workload',
  namespace: 'namespace',
  cluster: 'cluster',
  team: 'team',
  kind: 'workloadKind',
  image: 'image',
  registry: 'image',
  digest: 'image',
  signer: undefined,
};

/** One page of the rows of a simulation; none of one that does not exist. */
export async function simulationRows(
  { db }: StoreContext,
  id: string,
  filter: SimulationRowFilter,
  page: PageRequest,
): Promise<SimulationPage> {
  const source = sourceOf(id, filter);
  const { rows } = await sql<Listed>`
    select r.ordinal, r.facts ${source} and ${behind(order, page.cursor)}
    order by ${orderBy(order)} limit ${page.limit + 1}`.execute(db);
  const count = await sql<{ total: number }>`select count(*)::int as total ${source}`.execute(db);
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items: items.map(({ facts }) => facts),
    next: last === undefined || rows.length <= page.limit ? null : cursorAfter(order, last),
    total: count.rows[0]?.total ?? 0,
  };
}

/**
 * Every row of the filter in order, in batches.
 * @throws Error when the rows are replaced or forgotten while they are read: a part would look whole
 */
export async function* allSimulationRows(
  { db }: StoreContext,
  id: string,
  filter: SimulationRowFilter,
): AsyncGenerator<readonly SimulationRow[]> {
  const { rows } = await sql<{ generation: string; ordinal: number }>`
    select r.generation, r.ordinal ${sourceOf(id, filter)} order by ${orderBy(order)}`.execute(db);
  for (const part of chunks(rows, batchRows)) {
    const found = await sql<Listed>`
      select r.ordinal, r.facts from simulation_row as r
      where r.simulation = ${id} and r.generation = ${part[0]?.generation ?? ''}
        and r.ordinal = any(${part.map(({ ordinal }) => ordinal)}::int[])
      order by ${orderBy(order)}`.execute(db);
    if (found.rows.length !== part.length)
      throw new Error(`the rows of simulation ${id} were replaced while they were read`);
    yield found.rows.map(({ facts }) => facts);
  }
}
