import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Ask } from '#lib/adapters/registry/asking.ts';
import type { HostState } from '#lib/adapters/registry/host-state.ts';
import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { TrustData, TrustDataFile, TrustDataMemory } from '#lib/model/trust-data.ts';
import type { TrustDataAnswer } from '#lib/ports/trust.ts';

/** A collection and the server that is asked about it. */
export interface Collection {
  readonly ask: Ask;
  readonly state: HostState;
  readonly gun: string;
  /** Delegations that matter: those that are demanded, with their parents. */
  readonly delegations: readonly string[];
  readonly memory: TrustDataMemory | undefined;
}

const FileMeta = z.object({
  length: z.number().int().nonnegative(),
  hashes: z.object({ sha256: z.string() }),
});
const Timestamp = z.object({ signed: z.object({ meta: z.object({ snapshot: FileMeta }) }) });
const Snapshot = z.object({ signed: z.object({ meta: z.record(z.string(), FileMeta) }) });
const Versioned = z.object({ signed: z.object({ version: z.number().int().positive() }) });

/**
 * Fetches the metadata of a collection as a notary client does: root and timestamp by name, the rest
 * by the hash that the timestamp and the snapshot name. Nothing is verified here: what cannot be read
 * on the way is handed on as it is, and the verifier says what is wrong with it.
 * @throws OperationalError when the server could not be asked, or serves no file that it names
 */
export async function fetchTrustData(collection: Collection): Promise<TrustDataAnswer> {
  const timestamp = await get(collection, 'timestamp', limits.trustDataRootBytes);
  if (timestamp.status === 410)
    return { state: 'retired', detail: `${collection.state.host} says that it is gone (410)` };
  if (timestamp.bytes === undefined) return { state: 'none' };
  const files: TrustDataFile[] = [{ role: 'timestamp', bytes: timestamp.bytes }];
  const meta = read(Timestamp, timestamp.bytes)?.signed.meta.snapshot;
  if (meta === undefined) return found(collection, [...files, await current(collection)], []);
  const snapshot = await named(collection, 'snapshot', meta);
  files.push({ role: 'snapshot', bytes: snapshot });
  const published = read(Snapshot, snapshot)?.signed.meta ?? {};
  const root = await rootOf(collection, published['root']);
  files.push(root);
  for (const role of ['targets', ...collection.delegations]) {
    const one = Object.hasOwn(published, role) ? published[role] : undefined;
    if (one !== undefined) files.push({ role, bytes: await named(collection, role, one) });
  }
  return found(collection, files, await chainTo(collection, root.bytes));
}

const found = (
  { state, gun, memory }: Collection,
  files: readonly TrustDataFile[],
  rootChain: readonly Uint8Array[],
): TrustDataAnswer => {
  const data: TrustData = { server: state.endpoint.origin, gun, files, rootChain };
  return { state: 'found', data: memory === undefined ? data : { ...data, memory } };
};

/** The root that the snapshot names; without one that it names, the current one. */
async function rootOf(
  collection: Collection,
  meta: z.infer<typeof FileMeta> | undefined,
): Promise<TrustDataFile> {
  if (meta === undefined) return current(collection);
  const remembered = Buffer.from(collection.memory?.root ?? '', 'utf8');
  if (createHash('sha256').update(remembered).digest('base64') === meta.hashes.sha256)
    return { role: 'root', bytes: remembered };
  return { role: 'root', bytes: await named(collection, 'root', meta) };
}

async function current(collection: Collection): Promise<TrustDataFile> {
  const { bytes } = await get(collection, 'root', limits.trustDataRootBytes);
  if (bytes === undefined) throw missing(collection, 'root');
  return { role: 'root', bytes };
}

/** Every root between the one that is remembered and this one. */
async function chainTo(collection: Collection, newest: Uint8Array): Promise<readonly Uint8Array[]> {
  const from = versionOf(Buffer.from(collection.memory?.root ?? '', 'utf8'));
  const to = versionOf(newest);
  if (from === undefined || to === undefined || to - from < 2) return [];
  if (to - from > limits.rootRotations)
    throw new OperationalError(
      'limit-exceeded',
      `trust data of ${collection.gun}: the root went from version ${from} to ${to}, and at most ${limits.rootRotations} rotations are followed`,
    );
  const chain: Uint8Array[] = [];
  for (let version = from + 1; version < to; version++) {
    const { bytes } = await get(collection, `${version}.root`, limits.trustDataRootBytes);
    if (bytes === undefined) throw missing(collection, `${version}.root`);
    chain.push(bytes);
  }
  return chain;
}

const versionOf = (bytes: Uint8Array): number | undefined => read(Versioned, bytes)?.signed.version;

/** A file by the hash under which it was named, never longer than was named. */
async function named(
  collection: Collection,
  role: string,
  { length, hashes }: z.infer<typeof FileMeta>,
): Promise<Uint8Array> {
  const hash = Buffer.from(hashes.sha256, 'base64').toString('hex');
  const cap = role === 'root' ? limits.trustDataRootBytes : limits.trustDataBytes;
  if (length > cap)
    throw new OperationalError(
      'limit-exceeded',
      `trust data of ${collection.gun}: ${role} has ${length} bytes, more than the ${cap} we read`,
    );
  const { bytes } = await get(collection, `${role}.${hash}`, length);
  if (bytes === undefined) throw missing(collection, role);
  return bytes;
}

/** What is named and not there: nothing may be said without it. */
const missing = ({ state, gun }: Collection, name: string): OperationalError =>
  new OperationalError(
    'registry-protocol',
    `trust data of ${gun}: ${state.host} names ${name} and does not serve it (404)`,
    { retryable: true },
  );

async function get(
  { ask, state, gun }: Collection,
  name: string,
  cap: number,
): Promise<{ readonly status: number; readonly bytes?: Uint8Array }> {
  const { status, bytes } = await ask(state, {
    method: 'GET',
    path: `/v2/${gun}/_trust/tuf/${name}.json`,
    cap,
    scope: `repository:${gun}:pull`,
    repository: gun,
    purpose: `trust data (${name.slice(0, 40)}) of ${gun}`,
    redirects: 'follow',
    expects: [410],
  });
  return status === 200 ? { status, bytes } : { status };
}

function read<T>(schema: z.ZodType<T>, bytes: Uint8Array): T | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
