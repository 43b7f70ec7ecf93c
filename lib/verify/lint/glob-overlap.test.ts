import { expect, it } from 'vitest';
import { globsOverlap } from './glob-overlap.ts';

it.each([
  ['ghcr.io/acme/app', 'ghcr.io/acme/app', true],
  ['ghcr.io/acme/app', 'ghcr.io/acme/other', false],
  ['ghcr.io/acme/*', 'ghcr.io/acme/app', true],
  ['ghcr.io/acme/*', 'ghcr.io/acme/team/app', false],
  ['ghcr.io/acme/**', 'ghcr.io/acme/team/app', true],
  ['ghcr.io/*/app', 'ghcr.io/acme/*', true],
  ['ghcr.io/a*', 'ghcr.io/b*', false],
  ['*-prod/**', 'registry/**', false],
  ['**/app', 'ghcr.io/**', true],
  ['**', '**', true],
  ['ghcr.io/acme/**', 'quay.io/acme/**', false],
])('%s and %s share an image: %s', (one, other, expected) => {
  expect(globsOverlap(one, other)).toBe(expected);
  expect(globsOverlap(other, one)).toBe(expected);
});

it('takes no time for globs that would blow up elsewhere', () => {
  const start = performance.now();
  globsOverlap('*a'.repeat(200), '*b'.repeat(200));
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(globsOverlap('a'.repeat(2_000), 'b')).toBe(true);
});
