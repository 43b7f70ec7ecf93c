// A throw-away PostgreSQL for tests and benchmarks: an installed one, else Debian's package.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const oldestMajor = 15;
const startMs = 30_000;

/**
 * Starts an empty PostgreSQL (15 or newer) on 127.0.0.1 whose data is gone after `stop`. Durability
 * is off: nothing in it outlives the run.
 * @returns {Promise<{ url: string, stop: () => Promise<void> } | { skipped: string }>}
 */
export async function startPostgres() {
  const bin = findServer() ?? installServer();
  if (bin === undefined)
    return {
      skipped: `no PostgreSQL ${oldestMajor} or newer is installed, and it can be installed on Debian as root only`,
    };
  const owner = process.getuid?.() === 0 ? accountOf('postgres') : undefined;
  if (process.getuid?.() === 0 && owner === undefined)
    return { skipped: 'PostgreSQL refuses to run as root, and there is no user postgres' };
  const folder = mkdtempSync(path.join(tmpdir(), 'sealwatch-postgres-'));
  try {
    return await start(bin, folder, owner);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return { skipped: `PostgreSQL in ${bin} did not start: ${error.message}` };
  }
}

async function start(bin, folder, owner) {
  const password = randomBytes(16).toString('hex');
  const passwordFile = path.join(folder, 'password');
  const data = path.join(folder, 'data');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner !== undefined)
    for (const file of [folder, passwordFile]) chownSync(file, owner.uid, owner.gid);
  const options = { ...owner, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
  execFileSync(
    path.join(bin, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'sealwatch',
      '-E',
      'UTF8',
      '-A',
      'scram-sha-256',
      '--no-sync',
      `--pwfile=${passwordFile}`,
    ],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: 200,
  };
  const server = spawn(
    path.join(bin, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await ready(server);
  return {
    url: `postgresql://sealwatch:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      // Fast shutdown: open connections do not hold it up.
      if (server.exitCode === null) {
        const ended = new Promise((resolve) => server.once('exit', resolve));
        server.kill('SIGINT');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ready(server) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => {
      server.kill('SIGKILL');
      reject(new Error(`not ready after ${startMs / 1000} s: ${text}`));
    }, startMs);
    server.stderr.on('data', (chunk) => {
      text = (text + chunk).slice(-4_000);
      if (!text.includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code}: ${text}`));
    });
  });
}

/** The folder with the newest server that is new enough. */
function findServer() {
  const folders = [
    ...globSync('/usr/lib/postgresql/*/bin'),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ];
  const servers = folders
    .filter((folder) => ['initdb', 'postgres'].every((tool) => existsSync(path.join(folder, tool))))
    .map((folder) => ({ folder, major: majorOf(folder) }))
    .filter(({ major }) => major >= oldestMajor)
    .sort((a, b) => b.major - a.major);
  return servers[0]?.folder;
}

function majorOf(folder) {
  try {
    const text = execFileSync(path.join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
    return Number(/(\d+)/.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function installServer() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  const install = () =>
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: 'ignore',
    });
  try {
    install();
  } catch {
    try {
      execFileSync('apt-get', ['update'], { stdio: 'ignore' });
      install();
    } catch {
      return;
    }
  }
  return findServer();
}

function accountOf(name) {
  try {
    const id = (flag) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

if (import.meta.main) {
  const server = await startPostgres();
  if ('skipped' in server) {
    console.error(server.skipped);
    process.exit(1);
  }
  console.log(server.url);
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => server.stop().then(() => process.exit(0)));
}
