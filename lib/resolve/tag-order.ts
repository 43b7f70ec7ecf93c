/** A tag read as a version: numbers, then what stands behind them. */
interface TagVersion {
  readonly numbers: readonly number[];
  /** `rc.1` of `v2.0.0-rc.1`, `alpine` of `1.27-alpine`; '' for a plain release. */
  readonly rest: string;
}

const version = /^v?(\d{1,15}(?:\.\d{1,15}){0,3})(?:[-+_.]?(.*))?$/i;

function readVersion(tag: string): TagVersion | undefined {
  const found = version.exec(tag);
  if (found === null) return undefined;
  const [, numbers = '', rest = ''] = found;
  return { numbers: numbers.split('.').map(Number), rest };
}

/**
 * Newest first: versions by their numbers, a plain release before its suffixed builds, then tags
 * that are no version (`latest`, `main`, commit hashes) in reverse natural order.
 */
export function compareTags(a: string, b: string): number {
  const [left, right] = [readVersion(a), readVersion(b)];
  if (left === undefined || right === undefined) {
    if (left === right) return natural.compare(b, a);
    return left === undefined ? 1 : -1;
  }
  const length = Math.max(left.numbers.length, right.numbers.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (right.numbers[index] ?? 0) - (left.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.rest === '' || right.rest === '')
    return left.rest.length - right.rest.length || natural.compare(b, a);
  return natural.compare(right.rest, left.rest) || natural.compare(b, a);
}

const natural = new Intl.Collator('en', { numeric: true });
