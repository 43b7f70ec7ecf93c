import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { anyText, looseDot, shapesOf, withinSegment } from './pattern-shape.ts';

const [any, dot, part] = [anyText, looseDot, withinSegment];

describe('the shape of a pattern', () => {
  it.each([
    ['https://a\\.b/c', ['https://a.b/c']],
    ['^https://a\\.b/c$', ['https://a.b/c']],
    ['a.b', [`a${dot}b`]],
    ['a.*b', [`a${any}b`]],
    ['a[^/]+b', [`a${part}b`]],
    ['a[^x]+b', [`a${any}b`]],
    ['a[a-z0-9]{3}b', [`a${part}b`]],
    ['a[-/]b', [`a${any}b`]],
    ['a[]x]b', [`a${part}b`]],
    ['a\\w+b', [`a${part}b`]],
    ['a\\S+b', [`a${any}b`]],
    ['a\\d', [`a${part}`]],
    ['a\\x2eb', ['a.b']],
    ['a\\x{2e}b', ['a.b']],
    ['\\Qa.b*\\Ec', ['a.b*c']],
    ['\\Aa\\z', ['a']],
    ['https?://a', ['https://a', 'http://a']],
    ['(main|stable)', ['main', 'stable']],
    ['(?:a|b)c', ['ac', 'bc']],
    ['(?P<n>a)|b', ['a', 'b']],
    ['(?i)a', ['a']],
    ['(?i:a)b', ['ab']],
    ['(a/b)+', [any]],
    ['a{2}', [part]],
    ['a{b', ['a{b']],
    ['(a', undefined],
    ['a)', undefined],
  ] as const)('%s', (pattern, expected) => {
    expect(shapesOf(pattern)).toEqual(expected);
  });

  it('is not told where there are too many ways through', () => {
    expect(shapesOf('a?'.repeat(10))).toBeUndefined();
    expect(shapesOf(Array.from({ length: 100 }, (_, n) => n).join('|'))).toBeUndefined();
    expect(shapesOf('a'.repeat(5_000))).toBeUndefined();
  });

  it.each(['('.repeat(2_000), '(((a)+)+)+$'.repeat(150), '[['.repeat(1_000), '['.repeat(2_000)])(
    'is told or given up in no time, whatever is written',
    (pattern) => {
      const start = performance.now();
      shapesOf(pattern);
      expect(performance.now() - start).toBeLessThan(2_000);
    },
  );

  it('is a text that the pattern matches, where nothing is left open', () => {
    for (const pattern of ['https?://a\\.b/(x|y)', '\\Qa+\\Eb?', 'a\\x2e(b|c(d)?)'])
      for (const shape of shapesOf(pattern) ?? [])
        expect(RE2JS.compile(pattern).matches(shape)).toBe(true);
  });
});
