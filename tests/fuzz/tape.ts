/** A list of numbers that a mutation reads its decisions from, so that it can be repeated and made smaller. */
export interface Tape {
  /** A number from 0 up to, and not including, `below`; 0 once the tape has ended. */
  next(below: number): number;
  /** One of these. */
  pick<T>(options: readonly T[]): T;
}

export function openTape(numbers: readonly number[]): Tape {
  let at = 0;
  const next = (below: number): number => (below <= 1 ? 0 : (numbers[at++] ?? 0) % below);
  return {
    next,
    pick: (options) => {
      const option = options[next(options.length)];
      if (option === undefined) throw new RangeError('there is nothing to pick from');
      return option;
    },
  };
}
