import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** The numbers of the cases that must never be verified; the gaps between the groups are unused. */
const groups = [
  { name: 'binding', first: 1, last: 18 },
  { name: 'transparency and time', first: 20, last: 36 },
  { name: 'certificates and identity', first: 40, last: 57 },
  { name: 'Notation', first: 60, last: 70 },
  { name: 'registries and resources', first: 80, last: 95 },
] as const;

const label = (number: number): string => `N${String(number).padStart(2, '0')}`;

/** Titles of tests, and rows of their tables that are put into them: both begin with the numbers. */
const titles = /(['"`])(N\d{2}(?:, N\d{2})*)\b(?!\1)/g;

function numbersIn(folder: string): ReadonlySet<string> {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /[.]test[.]tsx?$/.test(file))
    .map((file) => readFileSync(path.join(root, folder, file), 'utf8'));
  return new Set(
    files.flatMap((text) =>
      [...text.matchAll(titles)].flatMap(([, , numbers = '']) => numbers.split(', ')),
    ),
  );
}

describe('cases that must never be verified', () => {
  const tested = new Set(
    ['lib', 'tests', 'components'].flatMap((folder) => [...numbersIn(folder)]),
  );

  it.each(groups)('of $name all have a test by their number', ({ first, last }) => {
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => label(first + index));
    expect(numbers.filter((number) => !tested.has(number))).toEqual([]);
  });
});
