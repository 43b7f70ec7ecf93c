import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Why Debian's notary cannot be had here; undefined when it is installed, or was just now. */
export function installNotary(): string | undefined {
  const programs = ['notary', 'notary-server'].map((name) => `/usr/bin/${name}`);
  if (programs.every((file) => existsSync(file))) return undefined;
  const apt = ['install', '-y', '--no-install-recommends', 'notary'];
  if (spawnSync('apt-get', apt, { stdio: 'inherit' }).status === 0) return undefined;
  return 'notary is not installed (apt-get install notary)';
}

/** What stands between the clients and the server: it may change what passes, by path. */
export type Meddler = (path: string, bytes: Buffer) => Buffer;

/** A real Notary server on loopback behind a proxy, and its client with the publisher's keys. */
export interface Notary {
  /** Where clients ask: the proxy. */
  readonly url: string;
  readonly folder: string;
  meddle(meddler: Meddler | undefined): void;
  /** Runs the client as the publisher. @throws Error with what it said */
  publish(...parameters: readonly string[]): string;
  /** Tags by `notary list` as a reader with this folder of trust data; undefined when it fails. */
  list(reader: Reader, gun: string, roles: readonly string[]): Promise<Listed | undefined>;
  /** A new key with a certificate, whose private part the publisher holds. */
  delegationKey(name: string, kind?: 'ec' | 'rsa'): string;
  /** Identifiers of the certificates in the current root. */
  rootKeys(gun: string): Promise<readonly string[]>;
  stop(): void;
}

/** Whoever reads trust data: what was seen before, and which certificates are pinned. */
export interface Reader {
  readonly trustDir: string;
  readonly pinned?: readonly string[];
}

/** Digest and role by tag. */
export type Listed = ReadonlyMap<string, { readonly digest: string; readonly role: string }>;

const secrets = Object.fromEntries(
  ['ROOT', 'TARGETS', 'SNAPSHOT', 'DELEGATION'].map((role) => [
    `NOTARY_${role}_PASSPHRASE`,
    'for-comparison',
  ]),
);

export async function startNotary(): Promise<Notary> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sealwatch-notary-'));
  const port = await freePort();
  const config = path.join(folder, 'server.json');
  writeFileSync(
    config,
    JSON.stringify({
      server: { http_addr: `127.0.0.1:${port}` },
      trust_service: { type: 'local', key_algorithm: 'ecdsa' },
      logging: { level: 'fatal' },
      storage: { backend: 'memory' },
    }),
  );
  const child = spawn('/usr/bin/notary-server', ['-config', config], { stdio: 'ignore' });
  const server = `http://127.0.0.1:${port}`;
  await answers(server);
  const proxy = await startProxy(server);
  const options = {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, ...secrets, HOME: folder },
  } as const;
  const publish = (...parameters: readonly string[]): string => {
    const own = ['-s', server, '-d', path.join(folder, 'publisher')];
    // The rotation of a root asks whether it is meant.
    const { status, stdout, stderr } = spawnSync('/usr/bin/notary', [...own, ...parameters], {
      ...options,
      input: 'yes\n',
    });
    if (status !== 0) throw new Error(`notary ${parameters.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };
  return {
    url: proxy.url,
    folder,
    meddle: proxy.meddle,
    publish,
    async list(reader, gun, roles) {
      const file = path.join(folder, 'reader.json');
      const pins = reader.pinned && { certs: { [gun]: reader.pinned }, disable_tofu: true };
      writeFileSync(
        file,
        JSON.stringify({
          trust_dir: path.join(folder, reader.trustDir),
          remote_server: { url: proxy.url },
          ...(pins && { trust_pinning: pins }),
        }),
      );
      const asked = roles.flatMap((role) => ['-r', role]);
      // Not synchronous: the proxy that it asks lives in this process.
      const answer = await promisify(execFile)(
        '/usr/bin/notary',
        ['-c', file, 'list', gun, ...asked],
        options,
      ).catch(() => undefined);
      return answer && listedIn(answer.stdout);
    },
    delegationKey(name, kind = 'ec') {
      const [key, certificate] = [`${name}.key`, `${name}.crt`];
      const algorithm =
        kind === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
      const common = ['-nodes', '-days', '300', '-subj', `/CN=${name}`];
      const files = ['-keyout', key, '-out', certificate];
      execFileSync('openssl', ['req', '-x509', '-newkey', ...algorithm, ...common, ...files], {
        cwd: folder,
        stdio: 'ignore',
      });
      publish('key', 'import', key, '--role', name);
      return certificate;
    },
    async rootKeys(gun) {
      const root = await (await fetch(`${server}/v2/${gun}/_trust/tuf/root.json`)).json();
      return root.signed.roles.root.keyids;
    },
    stop() {
      child.kill('SIGKILL');
      proxy.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Rows of `NAME DIGEST SIZE ROLE` below a line of dashes. */
function listedIn(text: string): Listed {
  const rows = text.split('\n').flatMap((line) => {
    const [tag, digest, size, role] = line.trim().split(/\s+/);
    if (tag === undefined || digest === undefined || role === undefined) return [];
    return /^[0-9a-f]{64}$/.test(digest) && size !== undefined
      ? [[tag, { digest: `sha256:${digest}`, role }] as const]
      : [];
  });
  return new Map(rows);
}

async function startProxy(server: string) {
  let meddler: Meddler | undefined;
  const proxy = createServer(async (request, response) => {
    const answer = await fetch(`${server}${request.url}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const passed = answer.ok && meddler ? meddler(request.url ?? '', bytes) : bytes;
    response.writeHead(answer.status, { 'content-length': passed.length }).end(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    meddle(next: Meddler | undefined) {
      meddler = next;
    },
    close() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

async function answers(server: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`${server}/v2/`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error('notary-server does not answer');
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** A digest that belongs to nothing but its name. */
export const digestNamed = (name: string): string =>
  `sha256:${createHash('sha256').update(name).digest('hex')}`;
