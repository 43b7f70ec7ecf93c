import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Measured, measure, problemsOf } from './measure.ts';
import { allTargets } from './targets.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const cells = (name: string, ...rest: readonly (string | number)[]): string =>
  [name.padEnd(28), ...rest.map((cell) => String(cell).padStart(11))].join(' ');

const rowOf = ({ name, worstMs, worstBytes, meanMs, peakMiB, keptMiB, ...one }: Measured): string =>
  cells(
    name,
    one.runs,
    (meanMs * 1_000).toFixed(0),
    worstMs.toFixed(1),
    worstBytes,
    peakMiB.toFixed(0),
    keptMiB.toFixed(0),
    one.finding === undefined ? 'none' : 'FOUND',
  );

process.stdout.write(`seed ${seed}\n`);
process.stdout.write(
  `${cells('reader', 'runs', 'mean µs', 'worst ms', 'its bytes', 'peak MiB', 'kept MiB', 'findings')}\n`,
);
const problems: string[] = [];
for (const target of await allTargets()) {
  if (!target.name.includes(values.only)) continue;
  const measured = measure(target, { runs, seed, collect });
  process.stdout.write(`${rowOf(measured)}\n`);
  problems.push(...problemsOf(measured).map((problem) => `${target.name}: ${problem}`));
}
for (const problem of problems) process.stdout.write(`✘ ${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);
