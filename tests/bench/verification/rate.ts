/** What is measured: a name and a call that is made with rising numbers. */
export interface Candidate {
  readonly name: string;
  readonly call: (index: number) => void;
}

const rounds = 8;

/**
 * How often in a second of processor time each call can be made. They take turns, so that what else
 * the machine does hits them alike; the best turn of each counts, being the least disturbed.
 */
export function rates(seconds: number, candidates: readonly Candidate[]): readonly number[] {
  const best = candidates.map(() => 0);
  let index = 0;
  const turn = ({ call }: Candidate, ms: number): number => {
    const begin = performance.now();
    const before = process.threadCpuUsage();
    let calls = 0;
    while (performance.now() - begin < ms) {
      for (let n = 0; n < 10; n++) call(index++);
      calls += 10;
    }
    const { user, system } = process.threadCpuUsage(before);
    return calls / ((user + system) / 1e6);
  };
  for (const candidate of candidates) turn(candidate, seconds * 500);
  for (let round = 0; round < rounds; round++)
    for (const [place, candidate] of candidates.entries())
      best[place] = Math.max(best[place] ?? 0, turn(candidate, (seconds * 1000) / rounds));
  for (const [place, { name }] of candidates.entries())
    print(name, `${(best[place] ?? 0).toFixed(0)}/s`);
  return best;
}

/** One line: what, and how much. */
export const print = (name: string, value: string): void =>
  console.log(`${name.padEnd(64)} ${value.padStart(12)}`);
