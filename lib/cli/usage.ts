/** The command was called in a way that cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** One of a closed list of words, or a usage error that names them all. */
export function oneOf<T extends string>(option: string, value: string, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined)
    throw new UsageError(`${option} must be one of ${words.join(', ')}, not "${value}"`);
  return word;
}

/** A whole number of at least `least`, or a usage error. */
export function wholeNumber(option: string, value: string, least = 0): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < least)
    throw new UsageError(`${option} must be a whole number of at least ${least}, not "${value}"`);
  return number;
}
