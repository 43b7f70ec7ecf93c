import { describe, expect, it } from 'vitest';
import { compareKeys, matchesText, pageOf, type SortKey, sortRows } from './pages.ts';

interface Row {
  readonly id: string;
  readonly weight: number;
}
const keyOf = ({ weight, id }: Row): SortKey => [weight, id];
const rows = (...pairs: readonly (readonly [number, string])[]): readonly Row[] =>
  pairs.map(([weight, id]) => ({ weight, id }));

function walk(of: () => readonly Row[], limit: number, descending = false): string[] {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = pageOf(
      of(),
      keyOf,
      { limit, ...(cursor !== undefined && { cursor }) },
      descending,
    );
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return seen;
}

describe('pages of rows', () => {
  const all = sortRows(rows([2, 'c'], [1, 'b'], [1, 'a'], [3, 'd'], [2, 'b']), keyOf);

  it.each([1, 2, 3, 5, 100])('hold every row once with %d to a page', (limit) => {
    expect(walk(() => all, limit)).toEqual(['a', 'b', 'b', 'c', 'd']);
    const down = sortRows(all, keyOf, true);
    expect(walk(() => down, limit, true)).toEqual(['d', 'c', 'b', 'b', 'a']);
  });

  it('count every row of the filter', () => {
    expect(pageOf(all, keyOf, { limit: 2 })).toMatchObject({ total: 5, next: expect.any(String) });
    expect(pageOf(all, keyOf, { limit: 5 }).next).toBeNull();
  });

  it('neither double nor hide a row when others come and go in between', () => {
    const first = pageOf(all, keyOf, { limit: 2 });
    const later = sortRows([...all.slice(1), { weight: 0, id: 'new' }], keyOf);
    const second = pageOf(later, keyOf, { limit: 10, cursor: first.next ?? '' });
    expect(second.items.map(({ id }) => id)).toEqual(['b', 'c', 'd']);
  });

  it('begin at the start for a cursor that is none', () => {
    for (const cursor of ['', 'x', Buffer.from('{"a":1}').toString('base64url')])
      expect(pageOf(all, keyOf, { limit: 1, cursor }).items).toEqual(all.slice(0, 1));
  });
});

describe('compareKeys', () => {
  it('orders numbers before texts and shorter before longer', () => {
    expect(compareKeys([1], ['a'])).toBeLessThan(0);
    expect(compareKeys(['a'], ['a', 'b'])).toBeLessThan(0);
    expect(compareKeys(['a', 2], ['a', 1])).toBeGreaterThan(0);
  });
});

describe('matchesText', () => {
  it('wants every word somewhere', () => {
    expect(matchesText('Shop web', 'web', 'shop', null)).toBe(true);
    expect(matchesText('shop api', 'web', 'shop')).toBe(false);
    expect(matchesText(' ', 'x')).toBe(true);
  });
});
