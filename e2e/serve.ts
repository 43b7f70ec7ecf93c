// Starts the servers that the end-to-end tests look at, on the built dashboard with fresh data:
// `node e2e/serve.ts` all of them, `node e2e/serve.ts FLEET FOLDER` one.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Lab, type LabOptions, runLab } from '#lib/lab/run-lab.ts';
import { hostilePods } from './hostile-pods.ts';
import { controlFile, type Fleet, isFleet, ports } from './servers.ts';

/** Writes what each fleet consists of and gives back the path of its configuration. */
const configurations: Readonly<Record<Fleet, (data: string) => Promise<string>>> = {
  lab: async (data) => (await startLab('lab', { dir: data, seed: 7 })).configPath,
  troubled: async (data) => {
    const sizes = { pods: 60, workloads: 40, images: 24 };
    const { configPath } = await startLab('troubled', { dir: data, seed: 7, ...sizes });
    writeFileSync(path.join(data, 'pods.json'), JSON.stringify(hostilePods()));
    const config = readFileSync(configPath, 'utf8')
      .replace(/^clusters:$/m, 'clusters:\n  - { name: hostile, pods: ./pods.json }')
      .concat('scan: { staleAfterMinutes: 1 }\n');
    writeFileSync(configPath, config);
    return configPath;
  },
  empty: async (data) => {
    const file = path.join(data, 'sealwatch.yaml');
    writeFileSync(file, 'clusters: []\n');
    return file;
  },
};

async function startLab(fleet: Fleet, options: LabOptions): Promise<Lab> {
  const lab = await runLab(options);
  mkdirSync(path.dirname(controlFile(fleet)), { recursive: true });
  writeFileSync(controlFile(fleet), lab.urls.control);
  return lab;
}

const [fleet, folder] = process.argv.slice(2);
if (fleet === undefined || folder === undefined) serveAll();
else await serve(fleet, folder);

/** Each in a process of its own, all starting at once; they end with this one. */
function serveAll(): void {
  const data = mkdtempSync(path.join(os.tmpdir(), 'sealwatch-e2e-'));
  const children = Object.keys(ports).map((name) =>
    spawn(process.execPath, [import.meta.filename, name, path.join(data, name)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  process.once('SIGTERM', () => {
    for (const child of children) child.kill('SIGTERM');
  });
  process.once('exit', () => rmSync(data, { recursive: true, force: true }));
}

async function serve(name: string, data: string): Promise<void> {
  if (!isFleet(name)) throw new Error(`no such fleet: ${name}`);
  mkdirSync(data, { recursive: true });
  process.env['SEALWATCH_DATA_DIR'] = path.join(data, 'store');
  process.env['DOCKER_CONFIG'] = data;
  const config = await configurations[name](data);
  const { run } = await import('#lib/cli/serve.ts');
  await run(['--port', String(ports[name]), '--config', config]);
}
