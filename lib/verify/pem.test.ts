import { describe, expect, it } from 'vitest';
import { limits } from '#lib/model/limits.ts';
import { readPem } from './pem.ts';

const block = (label: string, bytes: string): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString('base64')}\n-----END ${label}-----\n`;
const read = (text: string) => {
  const { blocks, surplus } = readPem(text, 'CERTIFICATE');
  return { blocks: blocks.map(String), surplus };
};

describe('PEM', () => {
  it('is read block by block', () => {
    expect(read(`${block('CERTIFICATE', 'one')}\n${block('CERTIFICATE', 'two')}`)).toEqual({
      blocks: ['one', 'two'],
      surplus: false,
    });
  });

  it('of another label is passed over, and said', () => {
    const text = block('PUBLIC KEY', 'key') + block('CERTIFICATE', 'one');
    expect(read(text)).toEqual({ blocks: ['one'], surplus: true });
  });

  it.each([
    ['text before it', `text\n${block('CERTIFICATE', 'one')}`, ['one']],
    ['text behind it', `${block('CERTIFICATE', 'one')}text`, ['one']],
    ['headers in it', block('CERTIFICATE', 'one').replace('\n', '\nProc-Type: 4\n\n'), []],
    ['nothing in it', '-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n', []],
    ['base64 that is not strict', block('CERTIFICATE', 'one!').replace('==', '='), []],
    ['another end', block('CERTIFICATE', 'one').replace('END CERTIFICATE', 'END X'), []],
  ])('with %s has a surplus', (_, text, blocks) => {
    expect(read(text)).toEqual({ blocks, surplus: true });
  });

  it('is read no further than a chain may be long', () => {
    const text = block('CERTIFICATE', 'one').repeat(limits.certificates * 3);
    expect(read(text).blocks).toHaveLength(limits.certificates + 1);
    const huge = `${block('CERTIFICATE', 'one')}${' '.repeat(limits.certificateBytes * limits.certificates)}`;
    expect(read(huge).blocks).toEqual([]);
  });
});
