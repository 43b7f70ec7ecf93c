import { describe, expect, it } from 'vitest';
import { isLooseBer } from './ber.ts';

const hex = (text: string) => isLooseBer(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('BER that is not DER', () => {
  it.each([
    ['an indefinite length', '3080 020101 0000'],
    ['one inside another value', '3007 a080 020101 0000'],
    ['a length with more octets than it needs', '308103 020101'],
    ['a length with a leading zero', '30820003 020101'],
    ['a string in pieces', '2406 0401aa 0401bb'],
  ])('is %s', (_, text) => expect(hex(text)).toBe(true));

  it.each([
    ['plain DER', '3003 020101'],
    ['nothing', ''],
    ['a primitive of indefinite length', '0480 0000'],
    ['a value without its end', '3080 020101'],
    ['a value that is cut off', '308105 020101'],
    ['something behind the value', '3080 0000 00'],
    ['a length of five octets', '30850000000003 020101'],
  ])('is not %s', (_, text) => expect(hex(text)).toBe(false));

  it('is not looked for below a depth that nothing real has', () => {
    expect(hex(`${'3080'.repeat(10_000)}${'0000'.repeat(10_000)}`)).toBe(false);
  });
});
