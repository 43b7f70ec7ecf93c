import { describe, expect, it } from 'vitest';
import { compileTextRule } from '#lib/verify/identity.ts';
import { compileWildcard, coveringGlob, searchRule, wildcardRule } from './patterns.ts';

describe('rules of engines in our words', () => {
  it.each([
    ['https://github.com/acme/', 'https://evil.example/?https://github.com/acme/', true],
    ['^https://github.com/acme/', 'https://evil.example/?https://github.com/acme/', false],
    ['^https://github.com/acme/', 'https://github.com/acme/shop', true],
    ['a|b$', 'xb', true],
    ['.*', 'anybody', true],
    ['^.*$', 'anybody', true],
  ])('the search for %s in %s: %s', (expression, text, fits) => {
    const translated = searchRule(expression);
    const compiled = translated.kind === 'rule' ? compileTextRule(translated.rule) : undefined;
    expect(typeof compiled === 'function' && compiled(text)).toBe(fits);
  });

  it.each(['****', '(', 'a*|'])('has no rule for %s', (expression) => {
    expect(searchRule(expression)).toMatchObject({ kind: 'none' });
  });

  it.each([
    ['https://github.com/*', 'https://github.com/a/b', true],
    ['https://github.com/?', 'https://github.com/ab', false],
    ['a.c', 'abc', false],
    ['', '', true],
    ['*', '', true],
  ])('the wildcard %s and %s: %s', (wildcard, text, fits) => {
    expect(compileWildcard(wildcard)(text)).toBe(fits);
    if (text === '') return;
    const translated = wildcardRule(wildcard);
    const compiled = translated.kind === 'rule' ? compileTextRule(translated.rule) : undefined;
    expect(typeof compiled === 'function' && compiled(text)).toBe(fits);
  });
});

describe('coveringGlob', () => {
  it.each([
    ['ghcr.io/acme/shop:v1', 'ghcr.io/acme/shop'],
    ['ghcr.io/acme/*', 'ghcr.io/acme/**'],
    ['ghcr.io/acme/shop:*', 'ghcr.io/acme/shop**'],
    ['localhost:5000/shop@sha256:*', 'localhost:5000/shop**'],
    ['index.docker.io/library/*', '**'],
    ['*', '**'],
    ['nginx', '**'],
  ])('of %s is %s', (pattern, glob) => {
    expect(coveringGlob(pattern)).toBe(glob);
  });
});
