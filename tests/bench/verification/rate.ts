/** How often a call can be made in a second, by the best of several short runs. */
export interface Rate {
  readonly perSecond: number;
  readonly microseconds: number;
}

/** Calls with rising numbers for the given time, after a warm-up, and prints what came of it. */
export function rate(name: string, seconds: number, call: (index: number) => void): Rate {
  const rounds = 5;
  let index = 0;
  const run = (ms: number): number => {
    const begin = performance.now();
    let calls = 0;
    while (performance.now() - begin < ms) {
      for (let n = 0; n < 20; n++) call(index++);
      calls += 20;
    }
    return calls / ((performance.now() - begin) / 1000);
  };
  run((seconds * 1000) / 4);
  // Others use the machine too; the best run is the least disturbed one.
  const perSecond = Math.max(
    ...Array.from({ length: rounds }, () => run((seconds * 1000) / rounds)),
  );
  print(name, `${perSecond.toFixed(0)}/s`);
  return { perSecond, microseconds: 1e6 / perSecond };
}

/** One line: what, and how much. */
export const print = (name: string, value: string): void =>
  console.log(`${name.padEnd(64)} ${value.padStart(12)}`);
