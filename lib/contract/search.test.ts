import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch } from './search.ts';

describe('the search box', () => {
  it('holds words and terms', () => {
    expect(parseSearch('Nginx name:api* namespace:"prod east"')).toEqual({
      words: ['nginx'],
      terms: [
        { key: 'name', pattern: 'api*' },
        { key: 'namespace', pattern: 'prod east' },
      ],
    });
  });

  it.each([
    ['localhost:5000/app', ['localhost:5000/app']],
    ['sha256:abc', ['sha256:abc']],
    ['name:', ['name:']],
    ['"two words', ['two words']],
    ['a\0b', ['a', 'b']],
    ['  ', []],
  ])('takes %j as words', (text, words) => {
    expect(parseSearch(text)).toEqual({ words, terms: [] });
  });

  it('has a meaning for any text, free of what a database cannot hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const { words, terms } = parseSearch(text);
        for (const pattern of [...words, ...terms.map((term) => term.pattern)]) {
          expect(pattern).not.toBe('');
          expect(pattern).not.toContain('\0');
          expect(pattern.isWellFormed()).toBe(true);
        }
      }),
    );
  });
});
