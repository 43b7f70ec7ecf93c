import { createHash } from 'node:crypto';
import type { TrustData, TrustDataMemory } from '#lib/model/trust-data.ts';
import { decodeBase64 } from '#lib/verify/base64.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { openRoot } from './open-root.ts';
import {
  type Delegation,
  type FileMeta,
  isDelegationName,
  SnapshotBody,
  TargetsBody,
  TimestampBody,
} from './role-schema.ts';
import { checkSignatures, type RoleKeys, readBody, readMetadata } from './signed-metadata.ts';
import { readTrustKeys, type TrustKey } from './trust-key.ts';

/** The targets of one role whose signatures, hashes and version hold. */
export interface OpenedRole {
  /** Milliseconds. */
  readonly expires: number;
  /** By tag, only those within the paths that the role was given. */
  readonly targets: ReadonlyMap<string, FileMeta>;
}

/** Trust data whose signatures, hashes and versions hold. Nothing is said of time and trust yet. */
export interface OpenedTrustData {
  readonly gun: string;
  readonly rootSigners: readonly TrustKey[];
  readonly rootThreshold: number;
  /** Of root, timestamp and snapshot, in milliseconds. */
  readonly expires: Readonly<Record<'root' | 'timestamp' | 'snapshot', number>>;
  /** `targets` and the delegations that were served: a bad delegation is no reason to pass it over. */
  readonly roles: ReadonlyMap<string, OpenedRole | Refusal>;
  /** What to remember of it; no part of it is unverified. */
  readonly memory: Omit<TrustDataMemory, 'since'>;
  /** Oddities that change no verdict. */
  readonly notes: readonly string[];
}

interface Opening {
  readonly data: TrustData;
  readonly notes: string[];
  readonly versions: Record<string, { readonly version: number; readonly keys: string }>;
}

/**
 * Verifies the metadata of a collection from its root down: timestamp, snapshot, targets, and then
 * the delegations that were served. Pure, and the same at any time: see `judgeTrustData` for what
 * lapses.
 * @see https://theupdateframework.github.io/specification/latest/#detailed-client-workflow
 */
export function openTrustData(data: TrustData): OpenedTrustData | Refusal {
  const opening: Opening = { data, notes: [], versions: {} };
  const root = openRoot(data);
  if (isRefusal(root)) return root;
  const timestamp = openFile(opening, root.role('timestamp'), TimestampBody);
  if (isRefusal(timestamp)) return timestamp;
  const snapshot = openFile(opening, root.role('snapshot'), SnapshotBody, timestamp.meta.snapshot);
  if (isRefusal(snapshot)) return snapshot;
  const misfit = checkFile(opening, 'root', root.bytes, snapshot.meta['root']);
  if (misfit) return misfit;
  const targets = openFile(opening, root.role('targets'), TargetsBody, snapshot.meta['targets']);
  if (isRefusal(targets)) return targets;

  const roles = new Map<string, OpenedRole | Refusal>([['targets', opened(targets, [''])]]);
  openDelegations(opening, snapshot.meta, { name: 'targets', body: targets, paths: [''] }, roles);
  return {
    gun: data.gun,
    rootSigners: root.signers,
    rootThreshold: root.body.roles.root.threshold,
    expires: {
      root: Date.parse(root.body.expires),
      timestamp: Date.parse(timestamp.expires),
      snapshot: Date.parse(snapshot.expires),
    },
    roles,
    memory: { root: Buffer.from(root.bytes).toString('utf8'), roles: opening.versions },
    notes: opening.notes,
  };
}

const opened = ({ expires, targets }: TargetsBody, paths: readonly string[]): OpenedRole => ({
  expires: Date.parse(expires),
  targets: new Map(
    Object.entries(targets ?? {}).filter(([tag]) => paths.some((path) => tag.startsWith(path))),
  ),
});

interface Delegator {
  readonly name: string;
  readonly body: TargetsBody;
  readonly paths: readonly string[];
}

/** Opens the delegations of a role, each with its own. */
function openDelegations(
  opening: Opening,
  published: Readonly<Record<string, FileMeta>>,
  parent: Delegator,
  roles: Map<string, OpenedRole | Refusal>,
): void {
  const keys = readTrustKeys(parent.body.delegations?.keys ?? {});
  for (const delegation of parent.body.delegations?.roles ?? []) {
    const { name } = delegation;
    // The first of two delegations of one name counts, as in notary.
    if (parentOf(name) !== parent.name || roles.has(name)) continue;
    const absent = whyAbsent(opening.data, published, name);
    if (absent === 'unpublished') continue;
    const body =
      absent ??
      (isRefusal(keys)
        ? keys
        : openFile(opening, keysOf(delegation, keys), TargetsBody, published[name]));
    if (isRefusal(body)) {
      roles.set(name, body);
      continue;
    }
    const paths = pathsWithin(parent.paths, delegation.paths ?? []);
    roles.set(name, opened(body, paths));
    openDelegations(opening, published, { name, body, paths }, roles);
  }
}

/** A child's paths count only within those of its parent (notary, RestrictDelegationPathPrefixes). */
const pathsWithin = (parents: readonly string[], paths: readonly string[]): readonly string[] =>
  paths.filter((path) => parents.some((parent) => path.startsWith(parent)));

/** A delegation that was never used has no metadata; one that had some cannot have it no more. */
function whyAbsent(
  { files, memory }: TrustData,
  published: Readonly<Record<string, FileMeta>>,
  name: string,
): Refusal | 'unpublished' | undefined {
  if (Object.hasOwn(published, name))
    return files.some(({ role }) => role === name)
      ? undefined
      : inconclusive(
          'discovery-incomplete',
          `the metadata of ${name} is published and was not read`,
        );
  return memory !== undefined && Object.hasOwn(memory.roles, name)
    ? invalid('trust-data-rollback', `the metadata of ${name} was published before and is gone`)
    : 'unpublished';
}

const parentOf = (name: string): string => name.slice(0, name.lastIndexOf('/'));

const keysOf = (
  { name, keyids, threshold }: Delegation,
  keys: ReadonlyMap<string, TrustKey>,
): RoleKeys => ({ name, threshold, keys: keyids.flatMap((id) => keys.get(id) ?? []) });

/** One file: its hash as its parent names it, its signatures, its shape, and that it is no older. */
function openFile<T extends { readonly version: number }>(
  opening: Opening,
  role: RoleKeys,
  schema: Parameters<typeof readBody<T>>[2],
  meta?: FileMeta,
): T | Refusal {
  const { name } = role;
  const bytes = opening.data.files.find((file) => file.role === name)?.bytes;
  if (bytes === undefined) return invalid('trust-data-malformed', `there is no ${name}`);
  const misfit = name === 'timestamp' ? undefined : checkFile(opening, name, bytes, meta);
  if (misfit) return misfit;
  const metadata = readMetadata(name, bytes);
  if (isRefusal(metadata)) return metadata;
  const signers = checkSignatures(metadata, role);
  if (isRefusal(signers)) return signers;
  const body = readBody(name, metadata, schema);
  if (isRefusal(body)) return body;
  return checkVersion(opening, role, body.version) ?? body;
}

/** Other keys than before mean that the root replaced them: then versions may begin anew (TUF §5.3.11). */
function checkVersion(
  { data, versions }: Opening,
  { name, keys }: RoleKeys,
  version: number,
): Refusal | undefined {
  const ids = keys.map(({ id }) => id).sort();
  const current = { version, keys: sha256(JSON.stringify(ids)).toString('hex') };
  versions[name] = current;
  const before = isKnownRole(name) ? data.memory?.roles[name] : undefined;
  if (before === undefined || before.keys !== current.keys || version >= before.version)
    return undefined;
  return invalid(
    'trust-data-rollback',
    `${name} has version ${version}, and version ${before.version} was seen before`,
  );
}

const isKnownRole = (name: string): boolean =>
  ['timestamp', 'snapshot', 'targets'].includes(name) || isDelegationName(name);

/**
 * SHA-256 must be named and fit, SHA-512 fit where it is named. The length only limits the download
 * (TUF §5.5.1): once the hash holds, a wrong length is a note.
 */
function checkFile(
  { notes }: Opening,
  role: string,
  bytes: Uint8Array,
  meta: FileMeta | undefined,
): Refusal | undefined {
  if (meta === undefined)
    return invalid('trust-data-mismatch', `the snapshot does not name ${role}`);
  const fits = (algorithm: 'sha256' | 'sha512'): boolean => {
    const named = meta.hashes[algorithm];
    if (named === undefined) return algorithm !== 'sha256';
    return decodeBase64(named)?.equals(createHash(algorithm).update(bytes).digest()) ?? false;
  };
  if (!fits('sha256') || !fits('sha512'))
    return invalid(
      'trust-data-mismatch',
      `${role} is not the file that was signed for: its hash differs`,
    );
  if (bytes.length !== meta.length)
    notes.push(`${role} has ${bytes.length} bytes where ${meta.length} are named; its hash holds`);
  return undefined;
}
