import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verdictStatuses } from '#lib/model/verdict.ts';
import { ImageFilter, imageSorts } from './images.ts';
import { readUrl, urlOf, writeUrl } from './url-state.ts';
import { WorkloadFilter, workloadSorts } from './workloads.ts';

const words = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), {
  maxLength: 4,
});
const wellFormed = words.map((list) => [...new Set(list.map((word) => word.toWellFormed()))]);

describe('a filter and its URL', () => {
  it('come back the same, whatever the names hold', () => {
    fc.assert(
      fc.property(
        fc.record({
          q: fc.option(fc.string({ minLength: 1, maxLength: 60 }), { nil: undefined }),
          status: fc.uniqueArray(fc.constantFrom(...verdictStatuses)),
          namespace: wellFormed,
          cluster: wellFormed,
          activity: fc.option(fc.constantFrom('running' as const, 'at-rest' as const), {
            nil: undefined,
          }),
          sort: fc.constantFrom(...workloadSorts),
          order: fc.constantFrom('asc' as const, 'desc' as const),
        }),
        (given) => {
          const filter = WorkloadFilter.parse({ ...given, status: [...given.status].sort() });
          const sorted = {
            ...filter,
            namespace: [...filter.namespace].sort(),
            cluster: [...filter.cluster].sort(),
          };
          const query = writeUrl(WorkloadFilter, filter).toString();
          const read = readUrl(WorkloadFilter, new URLSearchParams(query));
          expect(read).toEqual({ value: sorted, dropped: [] });
          expect(writeUrl(WorkloadFilter, read.value).toString()).toBe(query);
        },
      ),
    );
  });

  it('are one filter for the same values in another order', () => {
    const one = readUrl(ImageFilter, new URLSearchParams('status=unsigned&status=invalid'));
    const other = readUrl(ImageFilter, new URLSearchParams('status=invalid&status=unsigned'));
    expect(one).toEqual(other);
  });

  it('leave out what is the default', () => {
    expect(writeUrl(ImageFilter, ImageFilter.parse({})).toString()).toBe('');
    expect(urlOf('/images', writeUrl(ImageFilter, { sort: 'attention', order: 'desc' }))).toBe(
      '/images?order=desc',
    );
  });

  it.each(imageSorts)('agree on the sort %s', (sort) => {
    const read = readUrl(ImageFilter, { sort });
    expect(read.value.sort).toBe(sort);
  });
});

describe('a URL that someone wrote by hand', () => {
  it('keeps the good values and names the bad ones', () => {
    const { value, dropped } = readUrl(
      WorkloadFilter,
      new URLSearchParams('status=unsigned&status=purple&sort=colour&pin='),
    );
    expect(value).toMatchObject({ status: ['unsigned'], sort: 'attention', pin: [] });
    expect(dropped).toEqual([
      { key: 'status', value: 'purple' },
      { key: 'sort', value: 'colour' },
    ]);
  });

  it('takes a single value once and names the others', () => {
    const { value, dropped } = readUrl(WorkloadFilter, { order: ['desc', 'asc'] });
    expect(value.order).toBe('desc');
    expect(dropped).toEqual([{ key: 'order', value: 'asc' }]);
  });

  it('passes over keys that no filter has, prototypes included', () => {
    const { value, dropped } = readUrl(
      WorkloadFilter,
      new URLSearchParams('__proto__=x&constructor=y&utm_source=z'),
    );
    expect(value).toEqual(WorkloadFilter.parse({}));
    expect(dropped).toEqual([]);
  });

  it('drops a search that is too long instead of failing', () => {
    const { value, dropped } = readUrl(WorkloadFilter, { q: 'x'.repeat(501) });
    expect(value.q).toBeUndefined();
    expect(dropped).toHaveLength(1);
  });
});
