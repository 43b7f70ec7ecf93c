import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runLab } from '#lib/lab/run-lab.ts';
import { wholeNumber } from './usage.ts';

const help = `sealwatch lab: registries, clusters and signing services on this machine, all invented

  --dir DIR        where configuration, kubeconfig and keys are written (./sealwatch-lab)
  --pods N         pods over all clusters
  --images N       image digests
  --clusters N     clusters
  --seed S         same seed, same lab
  --manifest FILE  write down what was planted, and what a scan must find
  --faults         with slow faults too (timeouts, endless bodies)
  --live           pods come and go, tags move
  --attached       end when standard input ends
`;

/** Runs the lab until it is stopped; prints one line with its URLs when it is ready. */
export async function run(parameters: string[]): Promise<number> {
  const { values } = parseArgs({
    args: parameters,
    options: {
      dir: { type: 'string', default: 'sealwatch-lab' },
      pods: { type: 'string' },
      images: { type: 'string' },
      clusters: { type: 'string' },
      seed: { type: 'string', default: '1' },
      manifest: { type: 'string' },
      faults: { type: 'boolean', default: false },
      live: { type: 'boolean', default: false },
      attached: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const size = (name: 'pods' | 'images' | 'clusters') => {
    const value = values[name];
    return value === undefined ? {} : { [name]: wholeNumber(`--${name}`, value, 1) };
  };
  const lab = await runLab({
    dir: path.resolve(values.dir),
    seed: wholeNumber('--seed', values.seed),
    faults: values.faults,
    live: values.live,
    ...size('pods'),
    ...size('images'),
    ...size('clusters'),
  });
  if (values.manifest !== undefined)
    await writeFile(values.manifest, `${JSON.stringify(lab.manifest(), null, 1)}\n`);
  process.stdout.write(
    `lab ready ${JSON.stringify({ config: lab.configPath, kubeconfig: lab.kubeconfigPath, urls: lab.urls })}\n`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    if (values.attached) process.stdin.once('end', () => resolve()).resume();
  });
  await lab.close();
  return 0;
}
