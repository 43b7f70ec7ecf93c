import { z } from 'zod';
import type { Page, PageRequest } from '#lib/contract/paging.ts';

/** What rows are ordered by; the last part is unique. */
export type SortKey = readonly (string | number)[];

const Cursor = z.array(z.union([z.string(), z.number()])).max(10);

/** Orders keys part by part, numbers before texts. */
export function compareKeys(a: SortKey, b: SortKey): number {
  for (const [at, left] of a.entries()) {
    const order = comparePart(left, b[at] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function comparePart(a: string | number, b: string | number): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Sorts rows by their keys; descending turns every part round. */
export function sortRows<T>(
  rows: readonly T[],
  keyOf: (row: T) => SortKey,
  descending = false,
): readonly T[] {
  const sign = descending ? -1 : 1;
  return rows
    .map((row) => [keyOf(row), row] as const)
    .sort(([a], [b]) => sign * compareKeys(a, b))
    .map(([, row]) => row);
}

/**
 * One page of sorted rows. The cursor holds the key of the last row and no position, so that rows that
 * came or went in between neither double nor hide another.
 */
export function pageOf<T>(
  rows: readonly T[],
  keyOf: (row: T) => SortKey,
  { cursor, limit }: PageRequest,
  descending = false,
): Page<T> {
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const start = after === undefined ? 0 : firstBehind(rows, keyOf, after, descending);
  const items = rows.slice(start, start + limit);
  const last = items.at(-1);
  const more = start + items.length < rows.length && last !== undefined;
  return { items, next: more ? writeCursor(keyOf(last)) : null, total: rows.length };
}

const writeCursor = (key: SortKey): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url');

/** A cursor comes from outside: one that is none begins at the start. */
function readCursor(cursor: string): SortKey | undefined {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}

function firstBehind<T>(
  rows: readonly T[],
  keyOf: (row: T) => SortKey,
  after: SortKey,
  descending: boolean,
): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    const order = row === undefined ? 1 : compareKeys(keyOf(row), after) * (descending ? -1 : 1);
    if (order <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether every word of a search stands somewhere in the texts. */
export function matchesText(q: string | undefined, ...texts: (string | null)[]): boolean {
  if (q === undefined || q.trim() === '') return true;
  const text = texts.join('\n').toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Whether a value is among those wanted; all are where none is named. */
export const isWanted = <T>(wanted: readonly T[], value: T): boolean =>
  wanted.length === 0 || wanted.includes(value);
