import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** Canonical JSON (OLPC) for the values that occur here: members sorted, no white space. */
const canonical = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value as { [key: string]: Json }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `{${members.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
};

const hashes = (text: string) => ({ sha256: createHash('sha256').update(text).digest('hex') });

/** A TUF repository of one key over HTTP on loopback, with one target. */
export interface TufMirror {
  readonly url: string;
  /** The text of the first root.json, to be pinned. */
  readonly root: string;
  /** Publishes another target with the next version of the metadata. */
  publish(target: string, options?: { readonly expires?: Date; readonly version?: number }): void;
  /** Serves other bytes than the metadata names. */
  swapTarget(target: string): void;
  /** Names another target beside trusted_root.json. */
  nameTarget(name: string): void;
  /** Replaces the root so many times, each signed by the one before. */
  rotate(times: number): void;
  /** Serves what another mirror serves, under this address. */
  mimic(other: TufMirror): void;
  /** Paths asked for, oldest first. */
  readonly asked: string[];
  readonly files: Map<string, string>;
  close(): Promise<void>;
}

/** Starts a mirror that serves `target` as trusted_root.json. */
export async function startTufMirror(target: string): Promise<TufMirror> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
  const key = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: raw } };
  const keyid = createHash('sha256').update(canonical(key)).digest('hex');
  const signed = (body: Json): string =>
    JSON.stringify({
      signatures: [
        { keyid, sig: sign(null, Buffer.from(canonical(body)), privateKey).toString('hex') },
      ],
      signed: body,
    });
  const role = { keyids: [keyid], threshold: 1 };
  const far = new Date(Date.now() + 86_400_000);
  const iso = (date: Date) => date.toISOString().replace(/\.\d+Z$/, 'Z');
  const rootOf = (version: number): string =>
    signed({
      _type: 'root',
      spec_version: '1.0.31',
      version,
      expires: iso(far),
      consistent_snapshot: false,
      keys: { [keyid]: key },
      roles: { root: role, timestamp: role, snapshot: role, targets: role },
    });
  const root = rootOf(1);
  const files = new Map<string, string>();
  const asked: string[] = [];
  const others: string[] = [];
  let version = 0;
  const publish: TufMirror['publish'] = (text, options = {}) => {
    version = options.version ?? version + 1;
    const common = { spec_version: '1.0.31', version, expires: iso(far) };
    const meta = (name: string, text: string) => ({
      [name]: { version, length: text.length, hashes: hashes(text) },
    });
    const targets = signed({
      _type: 'targets',
      ...common,
      targets: Object.fromEntries(
        ['trusted_root.json', ...others].map((name) => [
          name,
          { length: text.length, hashes: hashes(text) },
        ]),
      ),
    });
    const snapshot = signed({ _type: 'snapshot', ...common, meta: meta('targets.json', targets) });
    const timestamp = signed({
      _type: 'timestamp',
      ...common,
      expires: iso(options.expires ?? far),
      meta: meta('snapshot.json', snapshot),
    });
    files.set('/targets.json', targets);
    files.set('/snapshot.json', snapshot);
    files.set('/timestamp.json', timestamp);
    files.set('/targets/trusted_root.json', text);
  };
  publish(target);
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const file = files.get(url);
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    root,
    publish,
    asked,
    files,
    nameTarget: (name) => void others.push(name),
    swapTarget: (text) => files.set('/targets/trusted_root.json', text),
    rotate(times) {
      for (let next = 2; next < times + 2; next++) files.set(`/${next}.root.json`, rootOf(next));
    },
    mimic(other) {
      files.clear();
      for (const [name, text] of other.files) files.set(name, text);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
