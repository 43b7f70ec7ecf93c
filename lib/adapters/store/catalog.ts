import { sql } from 'kysely';
import { asTable } from './bulk.ts';
import { type ContainerClass, classKey, profileKey } from './container-class.ts';
import type { Runner } from './database.ts';
import type { Write } from './transaction.ts';

/** The containers of a workload: their classes in order, and how many run by rank of status. */
export interface Profile {
  readonly classes: readonly number[];
  readonly running: readonly number[];
}

/**
 * Container classes and profiles with their ids. Rows never change once written, so every process
 * keeps what it has read.
 */
export class Catalog {
  readonly #classes = new Map<number, ContainerClass>();
  readonly #classIds = new Map<string, number>();
  readonly #profiles = new Map<number, readonly number[]>();
  readonly #profileIds = new Map<string, number>();

  /** Ids of the classes, in their order; new ones are written. */
  async classIds(write: Write, classes: readonly ContainerClass[]): Promise<readonly number[]> {
    const keys = classes.map(classKey);
    const missing = new Map<string, ContainerClass>();
    for (const [at, key] of keys.entries())
      if (!this.#classIds.has(key)) missing.set(key, classes[at] as ContainerClass);
    const found = await intern(write, 'container_class', missing);
    write.onCommit(() => {
      for (const [key, id] of found) {
        this.#classIds.set(key, id);
        this.#classes.set(id, missing.get(key) as ContainerClass);
      }
    });
    return keys.map((key) => (this.#classIds.get(key) ?? found.get(key)) as number);
  }

  /** Ids of the profiles, in their order; new ones are written. */
  async profileIds(write: Write, profiles: readonly Profile[]): Promise<readonly number[]> {
    const keys = profiles.map(({ classes }) => profileKey(classes));
    const missing = new Map<string, Profile>();
    for (const [at, key] of keys.entries())
      if (!this.#profileIds.has(key)) missing.set(key, profiles[at] as Profile);
    const found = await intern(write, 'profile', missing);
    write.onCommit(() => {
      for (const [key, id] of found) {
        this.#profileIds.set(key, id);
        this.#profiles.set(id, missing.get(key)?.classes ?? []);
      }
    });
    return keys.map((key) => (this.#profileIds.get(key) ?? found.get(key)) as number);
  }

  /** The classes behind each profile. */
  async profiles(
    run: Runner,
    ids: readonly number[],
  ): Promise<ReadonlyMap<number, readonly number[]>> {
    const missing = ids.filter((id) => !this.#profiles.has(id));
    if (missing.length > 0) {
      const { rows } = await sql<{ id: number; classes: number[] }>`
        select id, classes from profile where id = any(${missing}::int[])`.execute(run);
      for (const { id, classes } of rows) this.#profiles.set(id, classes);
    }
    await this.classes(run, [...new Set(missing.flatMap((id) => this.#profiles.get(id) ?? []))]);
    return this.#profiles;
  }

  /** The facts of these classes. */
  async classes(run: Runner, ids: readonly number[]): Promise<ReadonlyMap<number, ContainerClass>> {
    const missing = ids.filter((id) => !this.#classes.has(id));
    if (missing.length > 0) {
      const { rows } = await sql<{ id: number; facts: ContainerClass }>`
        select id, facts from container_class where id = any(${missing}::int[])`.execute(run);
      for (const { id, facts } of rows) this.#classes.set(id, facts);
    }
    return this.#classes;
  }

  /** Every class that was ever written. */
  async allClasses(run: Runner): Promise<ReadonlyMap<number, ContainerClass>> {
    const { rows } = await sql<{ id: number }>`select id from container_class`.execute(run);
    return this.classes(
      run,
      rows.map(({ id }) => id),
    );
  }
}

/** Ids of keyed rows, written where they are not there yet; in key order, so that two writers cannot lock each other. */
async function intern(
  { trx }: Write,
  table: 'container_class' | 'profile',
  values: ReadonlyMap<string, unknown>,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  if (values.size === 0) return found;
  const look = async (keys: readonly string[]) => {
    const { rows } = await sql<{ id: number; key: string }>`
      select id, key from ${sql.ref(table)} where key = any(${keys}::text[])`.execute(trx);
    for (const { id, key } of rows) found.set(key, id);
  };
  await look([...values.keys()]);
  const rows = [...values].filter(([key]) => !found.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (rows.length === 0) return found;
  const insert =
    table === 'container_class'
      ? sql`(key, facts) select key, value`
      : sql`(key, classes, running) select key, ${ints('classes')}, ${ints('running')}`;
  await sql`
    insert into ${sql.ref(table)} ${insert} from ${asTable(rows, {
      key: ['text', ([key]) => key],
      value: ['jsonb', ([, item]) => item],
    })} as input
    on conflict (key) do nothing`.execute(trx);
  await look(rows.map(([key]) => key));
  return found;
}

const ints = (name: string) =>
  sql`array(select jsonb_array_elements_text(value->${sql.lit(name)})::int)`;
