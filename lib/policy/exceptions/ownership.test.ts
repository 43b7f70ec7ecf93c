import { describe, expect, it } from 'vitest';
import { isBroadPattern } from './breadth.ts';
import { instantOf, ownershipOf } from './ownership.ts';

describe('ownershipOf', () => {
  it.each([
    [{ team: 'a', owner: 'b' }, {}, 'b'],
    [{}, { 'example.com/owned-by': 'c' }, 'c'],
    [{ owner: '' }, { contact: 'd' }, 'd'],
    [{ 'app.kubernetes.io/name': 'x' }, {}, undefined],
  ])('reads %j and %j: %s', (labels, annotations, owner) => {
    expect(ownershipOf({ labels: labels as Record<string, string>, annotations }).owner).toBe(
      owner,
    );
  });

  it.each([
    ['2026-12-31', '2026-12-31T23:59:59.000Z'],
    ['20261231', '2026-12-31T23:59:59.000Z'],
    ['2026-12-31T12:00:00+01:00', '2026-12-31T11:00:00.000Z'],
    ['2026-13-45', undefined],
    ['soon', undefined],
    ['1', undefined],
  ])('takes %s for %s', (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });
});

describe('isBroadPattern', () => {
  it.each([
    ['*', true],
    ['ghcr.io/*', true],
    ['ghcr.io/**', true],
    ['*/acme/*', true],
    ['ghcr.io/acme/*', false],
    ['ghcr.io/acme/shop', false],
    ['nginx', false],
  ])('%s: %s', (pattern, broad) => {
    expect(isBroadPattern(pattern)).toBe(broad);
  });
});
