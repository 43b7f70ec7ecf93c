import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derChildren, derOid, readDer } from './der.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const oid = (text: string) => {
  const node = readDer(hex(text));
  return node && derOid(node);
};

describe('DER', () => {
  it.each([
    ['bytes behind the value', '020101ff'],
    ['a length beyond the bytes', '020201'],
    ['an indefinite length', '30800000'],
    ['a length written longer than needed', '0281010a'],
    ['a length with a leading zero', '02820001ff'],
    ['a tag of several octets', '1f8101'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(readDer(hex(text))).toBeUndefined();
  });

  it('reads children that fill the content, and refuses others', () => {
    const good = readDer(hex('3006020101020102'));
    expect(good && derChildren(good)?.map(({ content }) => content[0])).toEqual([1, 2]);
    const bad = readDer(hex('3005020101020a'));
    expect(bad && derChildren(bad)).toBeUndefined();
    // The child would reach beyond its parent.
    expect(readDer(hex('30030405ff'))?.next()).toBeUndefined();
  });

  it.each([
    ['0603550403', '2.5.4.3'],
    ['06092b0601040183bf3001', '1.3.6.1.4.1.57264.1'],
    ['0601ff', undefined],
    ['0600', undefined],
    ['020101', undefined],
  ])('reads %s as the object identifier %s', (text, expected) => {
    expect(oid(text)).toBe(expected);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const node = readDer(Buffer.from(bytes));
        if (node) void derChildren(node)?.map(derOid);
      }),
    );
  });
});
