import { describe, expect, it } from 'vitest';
import { csvOf } from './csv.ts';

describe('chosen rows as CSV', () => {
  it('quotes what RFC 4180 asks to quote', () => {
    expect(csvOf([{ name: 'a "b", c', tags: ['1', '2'], none: null }])).toBe(
      'name,tags,none\r\n"a ""b"", c",1 2,\r\n',
    );
  });

  it.each(['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\tx'])(
    'does not let a spreadsheet run %j',
    (name) => {
      const [, line = ''] = csvOf([{ name }]).split('\r\n');
      expect(line.replace(/^"/, '')).toMatch(/^'/);
    },
  );

  it('leaves numbers numbers', () => {
    expect(csvOf([{ delta: -3 }])).toBe('delta\r\n-3\r\n');
  });
});
