import { OpenPath } from './run.ts';

type Version = readonly [number, number, number];

/** A plain version, without what stands behind `-` or `+`; undefined for every other text. */
export function parseVersion(text: string): Version | undefined {
  const match = /^(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})$/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Below zero where the first is older, above where it is newer. */
export const compareVersions = (one: Version, other: Version): number =>
  one[0] - other[0] || one[1] - other[1] || one[2] - other[2];

const comparators: Readonly<Record<string, (order: number) => boolean>> = {
  '': (order) => order === 0,
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '!': (order) => order !== 0,
  '!=': (order) => order !== 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
};

/**
 * Whether a plain version lies in a range (`>=1.2.0 <2.0.0 || 3.0.0`). Ranges and versions of other forms
 * are open.
 * @see https://pkg.go.dev/github.com/blang/semver/v4#ParseRange
 */
export function isInRange(text: string, range: string): boolean {
  const version = parseVersion(text);
  const open = () => new OpenPath('versions of this form are not compared here');
  if (version === undefined) throw open();
  return range.split('||').some((part) => {
    const demands = part.trim().split(/\s+/);
    return demands.every((demand) => {
      const [, word = '', bound = ''] = /^([!=<>]*)(.*)$/.exec(demand) ?? [];
      const compare = Object.hasOwn(comparators, word) ? comparators[word] : undefined;
      const other = parseVersion(bound);
      if (compare === undefined || other === undefined) throw open();
      return compare(compareVersions(version, other));
    });
  });
}
