import { describe, expect, it } from 'vitest';
import { der, integer, sequence } from '#tests/builders/der.ts';
import { extension, issue } from '#tests/builders/issued-certificate.ts';
import { basicConstraintsOf, keyPurposesOf, keyUsageAllows } from './extensions.ts';

const withExtension = async (oid: string, value: Buffer) =>
  (await issue({ extensions: [extension.raw(oid, value, true)] })).parsed;
const yes = der(0x01, Buffer.of(0xff));

describe('basic constraints', () => {
  it.each<[string, Buffer, object | string]>([
    ['an authority', sequence(yes), { ca: true }],
    ['an authority with a limit', sequence(yes, integer(2)), { ca: true, pathLength: 2 }],
    ['nothing said', sequence(), { ca: false }],
    ['one part too many', sequence(yes, integer(2), integer(3)), 'malformed'],
    ['a negative limit', sequence(yes, integer(0xff)), 'malformed'],
    ['a text for a limit', sequence(yes, der(0x0c, Buffer.from('2'))), 'malformed'],
    ['no list', integer(1), 'malformed'],
    ['no DER', Buffer.of(0x30, 0x05), 'malformed'],
  ])('with %s', async (_, value, expected) => {
    expect(basicConstraintsOf(await withExtension('2.5.29.19', value))).toEqual(expected);
  });
});

describe('what cannot be read', () => {
  it('allows nothing', async () => {
    const usage = await withExtension('2.5.29.15', integer(1));
    expect(keyUsageAllows(usage, 0)).toBe(false);
    const purposes = await withExtension('2.5.29.37', sequence(integer(1)));
    expect(keyPurposesOf(purposes)).toEqual([]);
  });
});
