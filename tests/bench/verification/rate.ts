/** What is measured: a name and a call that is made with rising numbers. */
export interface Candidate {
  readonly name: string;
  readonly call: (index: number) => void;
}

const turnMs = 80;

/**
 * How often in a second each call can be made. They take many short turns, so that what else the
 * machine does hits them alike; the best turn of each counts, being the least disturbed.
 */
export function rates(seconds: number, candidates: readonly Candidate[]): readonly number[] {
  const best = candidates.map(() => 0);
  let index = 0;
  const turn = ({ call }: Candidate, ms: number): number => {
    const begin = performance.now();
    const first = index;
    while (performance.now() - begin < ms) for (let n = 0; n < 10; n++) call(index++);
    return ((index - first) * 1000) / (performance.now() - begin);
  };
  for (const candidate of candidates) turn(candidate, seconds * 500);
  for (let left = seconds * 1000; left > 0; left -= turnMs)
    for (const [place, candidate] of candidates.entries())
      best[place] = Math.max(best[place] ?? 0, turn(candidate, turnMs));
  for (const [place, { name }] of candidates.entries())
    print(name, `${(best[place] ?? 0).toFixed(0)}/s`);
  return best;
}

/** One line: what, and how much. */
export const print = (name: string, value: string): void =>
  console.log(`${name.padEnd(64)} ${value.padStart(12)}`);
