import { sql } from 'kysely';
import { assignments, asTable, type Columns, chunks, columnNames } from './bulk.ts';
import type { Trx } from './database.ts';

interface Rows<T> {
  readonly before: readonly T[];
  readonly after: readonly T[];
}
type Changed<T> = { readonly row: T; readonly columns: ReadonlySet<string> };

/**
 * Inserts, updates and deletes what differs, and of changed rows only the columns that changed in
 * any of them. Rows are locked in the order of their ids, so that two writers cannot lock each other.
 */
export async function saveRows<T extends { readonly id: string }>(
  trx: Trx,
  table: 'workload' | 'image_use' | 'finding',
  columns: Columns<T>,
  { before, after }: Rows<T>,
): Promise<void> {
  const stored = new Map(before.map((row) => [row.id, row]));
  const wanted = new Map(after.map((row) => [row.id, row]));
  const rows = [...wanted.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const gone = [...stored.keys()].filter((id) => !wanted.has(id)).sort();
  for (const part of chunks(gone))
    await sql`delete from ${sql.ref(table)} where id = any(${part}::text[])`.execute(trx);
  for (const part of chunks(rows.filter(({ id }) => !stored.has(id))))
    await sql`
      insert into ${sql.ref(table)} (${columnNames(columns)})
      select * from ${asTable(part, columns)} as input
      on conflict (id) do update set ${assignments(columns, ['id'])}`.execute(trx);
  const changed = rows.flatMap((row) => changesOf(columns, stored.get(row.id), row));
  for (const part of chunks(changed)) await update(trx, table, columns, part);
}

function changesOf<T>(columns: Columns<T>, stored: T | undefined, row: T): readonly Changed<T>[] {
  if (stored === undefined) return [];
  const names = Object.entries(columns)
    .filter(([, [, value]]) => !equal(value(stored), value(row)))
    .map(([name]) => name);
  return names.length === 0 ? [] : [{ row, columns: new Set(names) }];
}

function equal(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true;
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  return Array.isArray(a) && Array.isArray(b) && JSON.stringify(a) === JSON.stringify(b);
}

async function update<T>(
  trx: Trx,
  table: string,
  columns: Columns<T>,
  changed: readonly Changed<T>[],
): Promise<void> {
  const names = new Set(changed.flatMap((change) => [...change.columns]));
  const some = Object.fromEntries(
    Object.entries(columns).filter(([name]) => name === 'id' || names.has(name)),
  );
  const set = [...names].map((name) => sql`${sql.ref(name)} = n.${sql.ref(name)}`);
  await sql`
    update ${sql.ref(table)} as t set ${sql.join(set)}
    from ${asTable(
      changed.map(({ row }) => row),
      some,
    )} as n where t.id = n.id`.execute(trx);
}
