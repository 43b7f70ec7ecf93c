import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type Environment, readEnvironment } from '#lib/config/environment.ts';
import { hasKubeconfig } from '#lib/wiring/configuration.ts';
import { runningServer } from './running-server.ts';
import { UsageError, wholeNumber } from './usage.ts';

const root = path.resolve(import.meta.dirname, '../..');
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

const help = `sealwatch serve: the dashboard

  --port N           port (3000, or PORT)
  --bind ADDRESS     address to listen on (127.0.0.1)
  --without-login    allow another address than loopback although nobody has to log in
  --config FILE      configuration (SEALWATCH_CONFIG, or ./sealwatch.yaml)
  --lab              show the lab even when a configuration or a kubeconfig exists
  --dev              development server

Without configuration the current kubeconfig is read, without a kubeconfig the lab is started.
`;

/** Starts the web server, and the lab when there is nothing else to show. */
export async function run(parameters: string[]): Promise<number> {
  const { values } = parseArgs({
    args: parameters,
    options: {
      port: { type: 'string', default: process.env['PORT'] ?? '3000' },
      bind: { type: 'string', default: '127.0.0.1' },
      'without-login': { type: 'boolean', default: false },
      config: { type: 'string' },
      lab: { type: 'boolean', default: false },
      dev: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const port = wholeNumber('--port', values.port, 1);
  if (!loopback.has(values.bind) && !values['without-login'])
    throw new UsageError(
      `refusing to listen on ${values.bind}: this version has no login, so everyone who can reach that address could read the posture of your clusters. Put a proxy with authentication in front and listen on 127.0.0.1, or accept it with --without-login.`,
    );

  if (values.config !== undefined) process.env['SEALWATCH_CONFIG'] = path.resolve(values.config);
  const environment = readEnvironment();
  process.env['SEALWATCH_DATA_DIR'] = environment.dataDir;
  if (environment.configPath !== undefined)
    process.env['SEALWATCH_CONFIG'] = path.resolve(environment.configPath);
  await refuseTwice(environment);
  const lab = values.lab || nothingToShow(environment) ? await startLab(environment) : undefined;
  const url = `http://${values.bind.includes(':') ? `[${values.bind}]` : values.bind}:${port}`;
  process.env['SEALWATCH_URL'] = url;
  process.stderr.write(
    `sealwatch: ${url}${lab ? ' (the lab: everything in it is invented)' : ''}\n`,
  );
  await startServer({ port, bind: values.bind, development: values.dev, lab });
  return 0;
}

/** Before anything is started: a second lab would write over the files of the first. */
async function refuseTwice(environment: Environment): Promise<void> {
  const address = environment.databaseUrl === undefined ? await runningServer() : undefined;
  if (address !== undefined)
    throw new UsageError(
      `a server runs on the data folder ${environment.dataDir} already, at ${address}. Open that, stop it, name another folder in SEALWATCH_DATA_DIR, or use PostgreSQL.`,
    );
}

/** A configuration file, a kubeconfig and a service account each are something to show. */
function nothingToShow(environment: Environment): boolean {
  if (environment.configPath !== undefined || existsSync('sealwatch.yaml')) return false;
  return !environment.inCluster && !hasKubeconfig(environment);
}

/** The lab runs as a process of its own and is reached only through its URLs. */
async function startLab(environment: Environment): Promise<ChildProcess> {
  const directory = path.join(environment.dataDir, 'lab');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'main.ts'), 'lab', '--dir', directory, '--live', '--attached'],
    // Its standard input ends with us, however we end.
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the lab ended with code ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('lab ready')) resolve();
    });
  });
  child.removeAllListeners('exit');
  process.env['SEALWATCH_CONFIG'] = path.join(directory, 'sealwatch.yaml');
  return child;
}

async function startServer(options: {
  readonly port: number;
  readonly bind: string;
  readonly development: boolean;
  readonly lab: ChildProcess | undefined;
}): Promise<void> {
  process.once('exit', () => {
    options.lab?.kill('SIGTERM');
  });
  process.env['HOSTNAME'] = options.bind;
  process.env['PORT'] = String(options.port);
  // Next.js would exit before the queue is drained and the database closed.
  process.env['NEXT_MANUAL_SIG_HANDLE'] = 'true';
  if (options.development) {
    await develop(options.bind, options.port);
    return;
  }
  const server = path.join(root, '.next', 'standalone', 'server.js');
  if (!existsSync(server))
    throw new UsageError('the dashboard is not built yet: run npm run build, or npm run up');
  await import(pathToFileURL(server).href);
  // The server keeps the process alive; signals are handled where the store is (lib/wiring).
  await new Promise(() => undefined);
}

/** The development server is a process of its own: a signal to us is passed on to it. */
async function develop(bind: string, port: number): Promise<void> {
  const next = path.join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  const child = spawn(process.execPath, [next, 'dev', root, '-H', bind, '-p', String(port)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => child.kill(signal));
  await new Promise((resolve) => child.once('exit', resolve));
  process.exit();
}
