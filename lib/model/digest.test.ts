import { describe, expect, it } from 'vitest';
import { digest, isDigest, shortDigest } from './digest.ts';

const hex = '0123456789abcdef'.repeat(4);

describe('isDigest', () => {
  it('knows a SHA-256 digest', () => {
    expect(isDigest(`sha256:${hex}`)).toBe(true);
  });

  it.each([
    ['without its algorithm', hex],
    ['in upper case', `sha256:${hex.toUpperCase()}`],
    ['too short', `sha256:${hex.slice(1)}`],
    ['too long', `sha256:${hex}0`],
    ['of another algorithm', `sha512:${hex}${hex}`],
    ['with a line end behind it', `sha256:${hex}\n`],
    ['with something before it', ` sha256:${hex}`],
    ['with other characters', `sha256:${'g'.repeat(64)}`],
    ['empty', ''],
  ])('refuses one %s', (_, text) => {
    expect(isDigest(text)).toBe(false);
    expect(() => digest(text)).toThrow(RangeError);
  });
});

describe('shortDigest', () => {
  it('is the twelve characters that people use', () => {
    expect(shortDigest(`sha256:${hex}`)).toBe('0123456789ab');
  });
});
