import { sql } from 'kysely';
import { asTable } from './bulk.ts';
import type { Runner, Sql } from './database.ts';
import type { Write } from './transaction.ts';

/** How values of one table are written and read. */
interface Shape<T> {
  readonly table: 'container_class' | 'profile' | 'registry_set';
  /** Equal values have equal keys. */
  readonly key: (value: T) => string;
  /** The columns and how they follow from `value`, the value as jsonb. */
  readonly insert: Sql;
  /** The value as jsonb, from the columns. */
  readonly select: Sql;
}

/** Values that are written once under an id and never change: every process keeps what it has met. */
export class Interned<T> {
  readonly #shape: Shape<T>;
  readonly #ids = new Map<string, number>();
  readonly #values = new Map<number, T>();

  constructor(shape: Shape<T>) {
    this.#shape = shape;
  }

  /** Ids of values, in their order; new ones are written. */
  async idsOf(write: Write, values: readonly T[]): Promise<readonly number[]> {
    const keys = values.map(this.#shape.key);
    const missing = new Map<string, T>();
    for (const [at, key] of keys.entries())
      if (!this.#ids.has(key)) missing.set(key, values[at] as T);
    const found = await this.#intern(write, missing);
    write.onCommit(() => {
      for (const [key, id] of found) {
        this.#ids.set(key, id);
        this.#values.set(id, missing.get(key) as T);
      }
    });
    return keys.map((key) => (this.#ids.get(key) ?? found.get(key)) as number);
  }

  /** Values by id; at least those of these ids. */
  async valuesOf(run: Runner, ids: readonly number[]): Promise<ReadonlyMap<number, T>> {
    const missing = ids.filter((id) => !this.#values.has(id));
    if (missing.length > 0) {
      const { rows } = await sql<{ id: number; value: T }>`
        select id, ${this.#shape.select} as value from ${sql.ref(this.#shape.table)}
        where id = any(${missing}::int[])`.execute(run);
      for (const { id, value } of rows) this.#values.set(id, value);
    }
    return this.#values;
  }

  /** Every value that was ever written. */
  async all(run: Runner): Promise<ReadonlyMap<number, T>> {
    const { rows } = await sql<{ id: number }>`
      select id from ${sql.ref(this.#shape.table)}`.execute(run);
    return this.valuesOf(
      run,
      rows.map(({ id }) => id),
    );
  }

  /** Written in key order, so that two writers cannot lock each other. */
  async #intern(
    { trx }: Write,
    values: ReadonlyMap<string, T>,
  ): Promise<ReadonlyMap<string, number>> {
    const { table, insert } = this.#shape;
    const found = new Map<string, number>();
    if (values.size === 0) return found;
    const look = async (keys: readonly string[]) => {
      const { rows } = await sql<{ id: number; key: string }>`
        select id, key from ${sql.ref(table)} where key = any(${keys}::text[])`.execute(trx);
      for (const { id, key } of rows) found.set(key, id);
    };
    await look([...values.keys()]);
    const rows = [...values]
      .filter(([key]) => !found.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    if (rows.length === 0) return found;
    await sql`
      insert into ${sql.ref(table)} ${insert} from ${asTable(rows, {
        key: ['text', ([key]) => key],
        value: ['jsonb', ([, value]) => value],
      })} as input
      on conflict (key) do nothing`.execute(trx);
    await look(rows.map(([key]) => key));
    return found;
  }
}
