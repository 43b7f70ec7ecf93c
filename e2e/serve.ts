// Starts the servers that the end-to-end tests look at, on the built dashboard with fresh data:
// `node e2e/serve.ts` all of them, `node e2e/serve.ts FLEET FOLDER` one.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runLab } from '#lib/lab/run-lab.ts';
import { hostilePods } from './hostile-pods.ts';
import { type Fleet, isFleet, labFile, ports } from './servers.ts';

/** Writes what each fleet consists of and gives back the path of its configuration. */
const configurations: Readonly<Record<Fleet, (data: string) => Promise<string>>> = {
  lab: async (data) => {
    const lab = await runLab({ dir: path.join(data, 'lab'), seed: 7 });
    mkdirSync(path.dirname(labFile), { recursive: true });
    writeFileSync(labFile, JSON.stringify({ control: lab.urls.control }));
    return lab.configPath;
  },
  hostile: async (data) => {
    writeFileSync(path.join(data, 'pods.json'), JSON.stringify(hostilePods()));
    return write(data, 'clusters: [{ name: hostile, pods: ./pods.json }]\n');
  },
  empty: async (data) => write(data, 'clusters: []\n'),
};

function write(data: string, config: string): string {
  const file = path.join(data, 'sealwatch.yaml');
  writeFileSync(file, config);
  return file;
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
