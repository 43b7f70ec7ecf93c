// Measures a fleet end to end, lists at full size, policies over all workloads, and verification per core. See docs/benchmarks.md.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
const { values: size } = parseArgs({
  options: {
    pods: { type: 'string', default: '100000' },
    images: { type: 'string', default: '5000' },
    clusters: { type: 'string', default: '10' },
    workloads: { type: 'string', default: '100000' },
    policies: { type: 'string', default: '1000' },
    only: { type: 'string', default: 'fleet,lists,policies,verify' },
  },
});

async function main(parts: readonly string[]): Promise<void> {
  const processor = os.cpus()[0]?.model ?? 'unknown processor';
  console.log(
    `${processor}, ${os.availableParallelism()} cores, ${Math.ceil(os.totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`,
  );
  const dir = mkdtempSync(path.join(os.tmpdir(), 'sealwatch-bench-'));
  try {
    if (parts.includes('fleet')) await fleet(dir);
    if (parts.includes('lists'))
      await part('lists.ts', [path.join(dir, 'lists'), size.workloads, size.images]);
    if (parts.includes('policies')) {
      await part('policies.ts', [size.policies, size.workloads, size.images]);
      await part('simulation.ts', [size.policies, size.workloads, size.images]);
    }
    // Each in a process of its own: what ran before shapes how the next is compiled.
    if (parts.includes('verify'))
      for (const one of ['keyless', 'key', 'workers', 'memory'])
        await part('verification.ts', ['--part', one, '--seconds', '5']);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function fleet(dir: string): Promise<void> {
  const begin = performance.now();
  const lab = startLab(path.join(dir, 'lab'));
  try {
    await ready(lab);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(
      `lab of ${size.pods} pods, ${size.images} digests, ${size.clusters} clusters ready in ${seconds} s`,
    );
    await part('fleet.ts', [path.join(dir, 'lab', 'sealwatch.yaml'), path.join(dir, 'data')]);
  } finally {
    lab.removeAllListeners('exit');
    lab.stdin.end();
  }
}

/** The lab has a process of its own and ends with this one. */
const startLab = (dir: string) =>
  spawn(
    process.execPath,
    [
      ...[path.join(root, 'lib/cli/main.ts'), 'lab', '--attached', '--dir', dir],
      ...['--pods', size.pods, '--images', size.images, '--clusters', size.clusters],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );

const ready = (lab: ReturnType<typeof startLab>): Promise<void> =>
  new Promise((resolve, reject) => {
    lab.once('exit', (code) => reject(new Error(`the lab ended with code ${code}`)));
    lab.stdout.on('data', (chunk: Buffer) => chunk.includes('lab ready') && resolve());
  });

/** Each part runs in a process of its own, so that its peak memory is its own. */
function part(file: string, parameters: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(
      process.execPath,
      [path.join(import.meta.dirname, file), ...parameters],
      { stdio: 'inherit' },
    );
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${file} ended with code ${code}`)),
    );
  });
}

await main(size.only.split(','));
