// Measures a fleet end to end, the lab beside it, and verification per core. See docs/benchmarks.md.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values: size } = parseArgs({
  options: {
    pods: { type: 'string', default: '100000' },
    images: { type: 'string', default: '5000' },
    clusters: { type: 'string', default: '10' },
    only: { type: 'string', default: 'fleet,lists,verify' },
  },
});
const root = path.resolve(import.meta.dirname, '../..');
const parts = size.only.split(',');
console.log(
  `${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.availableParallelism()} cores, Node ${process.versions.node}`,
);
if (parts.includes('fleet')) await fleet();
if (parts.includes('lists')) await child('lists.ts', ['100000']);
if (parts.includes('verify')) await child('verification.ts', []);

async function fleet(): Promise<void> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'sealwatch-bench-'));
  const begin = performance.now();
  const lab = spawn(
    process.execPath,
    [
      path.join(root, 'lib/cli/main.ts'),
      'lab',
      '--dir',
      path.join(dir, 'lab'),
      ...['--pods', size.pods, '--images', size.images, '--clusters', size.clusters],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise<void>((resolve, reject) => {
    lab.once('exit', (code) => reject(new Error(`the lab ended with code ${code}`)));
    lab.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('lab ready')) resolve();
    });
  });
  console.log(
    `lab of ${size.pods} pods, ${size.images} digests, ${size.clusters} clusters ready in ${seconds(begin)} s`,
  );
  try {
    await child('fleet.ts', [path.join(dir, 'lab', 'sealwatch.yaml'), path.join(dir, 'data')]);
  } finally {
    lab.removeAllListeners('exit');
    lab.kill('SIGTERM');
    rmSync(dir, { recursive: true, force: true });
  }
}

const seconds = (begin: number): string => ((performance.now() - begin) / 1000).toFixed(1);

/** Each part runs in a process of its own, so that its peak memory is its own. */
function child(file: string, parameters: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const started = spawn(process.execPath, [path.join(import.meta.dirname, file), ...parameters], {
      stdio: 'inherit',
    });
    started.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${file} ended with code ${code}`)),
    );
  });
}
