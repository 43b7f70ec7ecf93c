import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Sql } from './database.ts';

/** One key of an order: an SQL expression, its type, and how a row gives its value. */
export interface SortKey<T> {
  readonly expression: Sql;
  readonly type: 'text' | 'int4' | 'timestamptz';
  readonly value: (row: T) => string | number;
}

/** A total order: the last key is unique. */
export interface Order<T> {
  /** Names the order: a cursor of another order begins at the start. */
  readonly name: string;
  readonly keys: readonly SortKey<T>[];
  readonly descending: boolean;
}

const Cursor = z.object({
  order: z.string(),
  after: z.array(z.union([z.string(), z.number()])),
});

const label = <T>({ name, descending }: Order<T>): string =>
  `${name} ${descending ? 'desc' : 'asc'}`;

/** The opaque cursor behind a row: keys and not a position, so that new rows shift nothing. */
export function cursorAfter<T>(order: Order<T>, row: T): string {
  const after = order.keys.map(({ value }) => value(row));
  return Buffer.from(JSON.stringify({ order: label(order), after })).toString('base64url');
}

/** The condition for rows behind the cursor; `true` without one, or with one of another order. */
export function behind<T>(order: Order<T>, cursor: string | undefined): RawBuilder<boolean> {
  const after = cursor === undefined ? undefined : read(order, cursor);
  if (after === undefined) return sql`true`;
  const keys = sql.join(order.keys.map(({ expression }) => expression));
  const values = sql.join(
    after.map((value, at) => sql`${value}::${sql.raw(order.keys[at]?.type ?? 'text')}`),
  );
  return order.descending ? sql`(${keys}) < (${values})` : sql`(${keys}) > (${values})`;
}

function read<T>(order: Order<T>, cursor: string): readonly (string | number)[] | undefined {
  try {
    const parsed = Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (parsed.order !== label(order) || parsed.after.length !== order.keys.length) return;
    const fits = order.keys.every(({ type }, at) => admissible(type, parsed.after[at]));
    return fits ? parsed.after : undefined;
  } catch {
    return;
  }
}

/** A cursor comes from outside: a value that the database would refuse makes it no cursor. */
function admissible(type: SortKey<unknown>['type'], value: string | number | undefined): boolean {
  if (type === 'int4')
    return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
  if (typeof value !== 'string') return false;
  if (type === 'timestamptz') return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
  return !value.includes('\0');
}

/** The list of ORDER BY. */
export const orderBy = <T>({ keys, descending }: Order<T>): Sql =>
  sql.join(keys.map(({ expression }) => (descending ? sql`${expression} desc` : expression)));
