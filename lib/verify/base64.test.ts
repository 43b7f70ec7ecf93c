import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeDsseBase64 } from './base64.ts';

describe('strict base64', () => {
  it('reads what was written', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(decodeBase64(text)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each([
    ['white space', 'aGVs bG8='],
    ['a line break', 'aGVsbG8=\n'],
    ['the URL-safe alphabet', '-_-_'],
    ['no padding', 'aGVsbG8'],
    ['too much padding', 'aGVsbG8=='],
    ['padding in the middle', 'aG==VsbG8='],
    ['bits beyond the last byte', 'aGVsbG9='],
    ['foreign characters', 'aGVsbG8*'],
  ])('refuses %s', (_, text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it('takes exactly the text that the bytes would be written as', () => {
    const nearly = fc.string({
      unit: fc.constantFrom(...'AGVg0+/-_=*. \n\u00e9\u2014'),
      maxLength: 24,
    });
    fc.assert(
      fc.property(nearly, (text) => {
        const bytes = Buffer.from(text, 'base64');
        expect(decodeBase64(text)).toEqual(bytes.toString('base64') === text ? bytes : undefined);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each(['a*Gg', 'aG*VsbGg', 'aG*VsbG=', 'a=Gg', 'aG=g===='])('refuses %s', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it('reads many megabytes', () => {
    const bytes = Buffer.alloc(8 * 1024 * 1024, 7);
    expect(decodeBase64(bytes.toString('base64'))?.equals(bytes)).toBe(true);
  });
});

describe('base64 of DSSE', () => {
  it.each(['-_-_', '_w==', '_w', '/w=='])('reads %s', (text) => {
    expect(decodeDsseBase64(text)).toBeDefined();
  });

  it.each(['-_/+', '_w=', ' _w==', '_x=='])('refuses %s', (text) => {
    expect(decodeDsseBase64(text)).toBeUndefined();
  });
});
