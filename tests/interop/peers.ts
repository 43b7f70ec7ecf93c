import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Programs of other projects against which verdicts are compared, each in a pinned version. */
const programs = {
  cosign2: ['github.com/sigstore/cosign/v2/cmd/cosign@v2.6.4', 'cosign'],
  cosign3: ['github.com/sigstore/cosign/v3/cmd/cosign@v3.1.2', 'cosign'],
  notation: ['github.com/notaryproject/notation/cmd/notation@v1.3.2', 'notation'],
} as const;

/** Testers of admission engines, which run without a cluster. One that cannot be had is left out. */
const testers = {
  'policy-tester': ['github.com/sigstore/policy-controller/cmd/tester@v0.13.1', 'tester'],
  gator: ['github.com/open-policy-agent/gatekeeper/v3/cmd/gator@v3.23.1', 'gator'],
  kyverno: ['github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno@v1.19.1', 'kubectl-kyverno'],
} as const;
export type Tester = keyof typeof testers;
export type Program = keyof typeof programs | Tester;

const folder =
  process.env['SEALWATCH_PEERS'] ?? path.join(os.homedir(), '.cache', 'sealwatch', 'peers');

const referrersRegistry = path.join(folder, 'referrers-registry');

/** Installs what is missing. @returns why it cannot be had, or undefined */
export function installPeers(): string | undefined {
  if (spawnSync('go', ['version']).status !== 0) return 'Go is not installed';
  for (const [name, [source]] of Object.entries(programs)) {
    if (existsSync(programPath(name as Program))) continue;
    if (!install(source, name)) return `${source} could not be installed`;
  }
  // go-containerregistry has a registry with the referrers API, but no program that serves it.
  const build = ['build', '-o', referrersRegistry, '.'];
  const cwd = path.join(import.meta.dirname, 'registry');
  if (spawnSync('go', build, { cwd, stdio: 'inherit' }).status !== 0)
    return 'the registry with the referrers API could not be built';
  if (existsSync('/usr/bin/docker-registry')) return undefined;
  const apt = ['install', '-y', '--no-install-recommends', 'docker-registry'];
  if (spawnSync('apt-get', apt, { stdio: 'inherit' }).status === 0) return undefined;
  return 'docker-registry is not installed (apt-get install docker-registry)';
}

/**
 * Installs a tester of an admission engine if it is missing.
 * @param mayInstall false: it is used if it is there
 * @returns why it cannot be had, or undefined
 */
export function installTester(name: Tester, mayInstall: boolean): string | undefined {
  if (existsSync(programPath(name))) return undefined;
  const [source] = testers[name];
  if (!mayInstall) return `${source} is not installed`;
  return install(source, name) ? undefined : `${source} could not be installed`;
}

/** By its version, which needs no list of versions; and from its module where that is not enough. */
function install(source: string, name: string): boolean {
  console.log(`installing ${source} (once)`);
  const bin = path.join(folder, name);
  mkdirSync(bin, { recursive: true });
  const env = { ...process.env, GOBIN: bin };
  if (spawnSync('go', ['install', source], { stdio: 'inherit', env }).status === 0) return true;
  const [program = '', version] = source.split('@');
  const [module = '', command] = program.split('/cmd/');
  const { stdout } = spawnSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    encoding: 'utf8',
  });
  const { Dir } = JSON.parse(stdout || '{}') as { Dir?: string };
  if (Dir === undefined) return false;
  const build = ['build', '-o', path.join(bin, path.basename(command ?? '')), `./cmd/${command}`];
  return spawnSync('go', build, { cwd: Dir, stdio: 'inherit' }).status === 0;
}

/** Where a peer lies. */
export const programPath = (name: Program): string =>
  path.join(folder, name, { ...programs, ...testers }[name][1]);

/** How a run of a peer ended. */
export interface Ended {
  readonly ok: boolean;
  /** Everything it wrote. */
  readonly text: string;
  /** What it wrote to its standard output. */
  readonly output: string;
}

/** Runs a peer without any way to the public Sigstore services. */
export function runPeer(
  name: Program,
  parameters: readonly string[],
  cwd: string,
  variables: Readonly<Record<string, string>> = {},
): Ended {
  const { status, stdout, stderr } = spawnSync(programPath(name), parameters, {
    cwd,
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, COSIGN_PASSWORD: '', HOME: cwd, XDG_CONFIG_HOME: cwd, ...variables },
  });
  return { ok: status === 0, text: `${stdout}${stderr}`.trim(), output: stdout };
}

/** A registry under test, with what it can do. */
export interface PeerRegistry {
  readonly name: string;
  readonly host: string;
  readonly referrersApi: boolean;
  stop(): void;
}

/** Starts Debian's docker-registry (no referrers API) and go-containerregistry's (with it) on loopback. */
export async function startRegistries(): Promise<PeerRegistry[]> {
  const data = mkdtempSync(path.join(os.tmpdir(), 'sealwatch-interop-'));
  const [first, second] = [await freePort(), await freePort()];
  const config = path.join(data, 'registry.yml');
  writeFileSync(
    config,
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${data}/distribution }, delete: { enabled: true } }\nhttp: { addr: 127.0.0.1:${first} }\n`,
  );
  const children = [
    spawn('/usr/bin/docker-registry', ['serve', config], { stdio: 'ignore' }),
    spawn(referrersRegistry, [`127.0.0.1:${second}`], { stdio: 'ignore' }),
  ];
  const stop = (index: number) => () => {
    children[index]?.kill('SIGKILL');
    if (index === 1) rmSync(data, { recursive: true, force: true });
  };
  const registries = [
    { name: 'docker-registry', host: `127.0.0.1:${first}`, referrersApi: false, stop: stop(0) },
    {
      name: 'go-containerregistry',
      host: `127.0.0.1:${second}`,
      referrersApi: true,
      stop: stop(1),
    },
  ];
  for (const { host } of registries) await answers(host);
  return registries;
}

async function answers(host: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`the registry at ${host} does not answer`);
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Makes a private key of a kind as cosign imports it. */
export function opensslKey(kind: 'rsa2048' | 'rsa4096' | 'p384' | 'ed25519', file: string): void {
  const parameters = {
    rsa2048: ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
    rsa4096: ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:4096'],
    p384: ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
    ed25519: ['genpkey', '-algorithm', 'ED25519'],
  }[kind];
  execFileSync('openssl', [...parameters, '-out', file], { stdio: 'ignore' });
}
