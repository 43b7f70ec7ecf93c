import { describe, expect, it } from 'vitest';
import { nextLink, readPages } from './pages.ts';

const base = 'https://registry.example';

/** Pages by path; each names the next by its Link header. */
const pages =
  (table: Readonly<Record<string, readonly [items: readonly string[], link?: string]>>) =>
  async (path: string) => {
    const [items = [], link] = table[path] ?? [];
    return { items, link, url: new URL(path, base) };
  };
const plenty = { pages: 10, items: 100 };

describe('readPages', () => {
  it('follows relative and absolute links of the same origin to the end', async () => {
    const read = pages({
      '/a': [['1'], '</a?last=1>; rel="next"'],
      '/a?last=1': [['2'], `<${base}/a?last=2>; rel=next`],
      '/a?last=2': [['3']],
    });
    expect(await readPages('/a', read, plenty)).toEqual({ items: ['1', '2', '3'] });
  });

  it.each([
    ['to itself', '</a>; rel="next"', 'registry-protocol'],
    ['to another origin', '<https://evil.example/a>; rel="next"', 'registry-protocol'],
    ['to another scheme', '<http://registry.example/a?x>; rel="next"', 'registry-protocol'],
    ['to no URL', '<http://[>; rel="next"', 'registry-protocol'],
  ])('N81: keeps what it has when the link leads %s', async (_, link, reason) => {
    const list = await readPages('/a', pages({ '/a': [['1'], link] }), plenty);
    expect(list).toMatchObject({ items: ['1'], problem: { reason } });
  });

  it('N81: notices a loop over several pages', async () => {
    const read = pages({
      '/a': [['1'], '</a?2>; rel="next"'],
      '/a?2': [['2'], '</a>; rel="next"'],
    });
    expect(await readPages('/a', read, plenty)).toMatchObject({
      items: ['1', '2'],
      problem: { reason: 'registry-protocol' },
    });
  });

  it('N81: stops at its limits and says so', async () => {
    const endless = async (path: string) => ({
      items: ['x', 'y'],
      link: `</a?${Number(path.slice(3) || 0) + 1}>; rel="next"`,
      url: new URL(path, base),
    });
    const problem = { reason: 'limit-exceeded' };
    const byPages = await readPages('/a', endless, { pages: 3, items: 100 });
    expect(byPages).toMatchObject({ items: { length: 6 }, problem });
    const byItems = await readPages('/a', endless, { pages: 100, items: 5 });
    expect(byItems).toMatchObject({ items: { length: 5 }, problem });
    const exactly = await readPages('/a', pages({ '/a': [['1', '2']] }), { pages: 1, items: 2 });
    expect(exactly).toEqual({ items: ['1', '2'] });
  });
});

describe('nextLink', () => {
  it.each([
    [undefined, undefined],
    ['</b>; rel="next"', '/b'],
    ['</a>; rel="prev", </b>; rel="next"', '/b'],
    ['</b>; title="x; y, z"; rel=next', '/b'],
    ['</b>; rel="prev next"', '/b'],
    ['</a>; rel="prev"', undefined],
    ['</b>; rel="nextish"', undefined],
    ['/b; rel="next"', undefined],
  ])('of %j is %j', (header, target) => {
    expect(nextLink(header)).toBe(target);
  });

  it('takes no longer than its input is long', () => {
    const before = performance.now();
    nextLink('<a>; rel'.repeat(20_000));
    nextLink(`<a>${';a=b'.repeat(20_000)}`);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
