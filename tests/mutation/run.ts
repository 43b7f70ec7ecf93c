import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutation, mutations } from './mutations.ts';
import { createSandbox, misfits, nearestTests, type Sandbox } from './sandbox.ts';

/** What must be killed of what is planted. */
const leastShare = 0.95;
/** A fault that makes the tests run for ever is found as well. */
const timeoutMs = 240_000;
const everything = ['lib/verify', 'lib/resolve'];

const { values } = parseArgs({
  options: {
    sample: { type: 'string' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    from: { type: 'string', default: '0' },
  },
});

/** Whether all tests of these places pass in the sandbox. */
function passes({ folder }: Sandbox, places: readonly string[]): Promise<boolean> {
  const vitest = path.join(folder, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', ...places], {
    cwd: folder,
    stdio: 'ignore',
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

/** The nearest tests first, where most faults are found, then all of verifier and discovery. */
async function survives(sandbox: Sandbox, mutation: Mutation): Promise<boolean> {
  const undo = sandbox.plant(mutation);
  try {
    const near = await passes(sandbox, nearestTests(mutation[0]));
    return near && (await passes(sandbox, everything));
  } finally {
    undo();
  }
}

/** In an order that goes all over the list, so that the first of them are a fair sample. */
function chosen(): readonly Mutation[] {
  const fitting = mutations.filter((mutation) => new RegExp(values.only).test(mutation.join(' ')));
  const stride = 89;
  const places = fitting.map((_, index) => (index * stride) % fitting.length);
  const order = fitting.length % stride === 0 ? fitting.map((_, index) => index) : places;
  return order
    .slice(Number(values.from), Number(values.from) + Number(values.sample ?? fitting.length))
    .flatMap((at) => {
      const mutation = fitting[at];
      return mutation ? [mutation] : [];
    });
}

const wrong = misfits(mutations);
for (const one of wrong) process.stdout.write(`✘ does not fit the code: ${one}\n`);
if (wrong.length > 0) process.exit(1);

const planted = chosen();
const sandboxes = Array.from({ length: Number(values.jobs) }, createSandbox);
const [first] = sandboxes;
if (first === undefined || !(await passes(first, everything))) {
  for (const sandbox of sandboxes) sandbox.remove();
  process.stdout.write('✘ the tests fail without any fault: nothing can be said\n');
  process.exit(1);
}
const survivors: Mutation[] = [];
const queue = [...planted.entries()];
await Promise.all(
  sandboxes.map(async (sandbox) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, mutation] = next;
      const survived = await survives(sandbox, mutation);
      if (survived) survivors.push(mutation);
      const [file, from] = mutation;
      const outcome = survived ? 'SURVIVED' : 'killed';
      process.stdout.write(
        `${index + 1}/${planted.length} ${outcome} ${file}: ${from.slice(0, 70)}\n`,
      );
    }
    sandbox.remove();
  }),
);

const killed = planted.length - survivors.length;
const share = planted.length === 0 ? 1 : killed / planted.length;
process.stdout.write(
  `\n${killed} of ${planted.length} faults killed (${(share * 100).toFixed(1)} %)\n`,
);
for (const [file, from, to] of survivors)
  process.stdout.write(`survivor: ${file}\n  - ${from}\n  + ${to}\n`);
process.exit(share >= leastShare ? 0 : 1);
