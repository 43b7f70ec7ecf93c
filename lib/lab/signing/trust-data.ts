import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import type { Descriptor } from '#lib/model/manifest.ts';
import { startCertificateAuthority } from './certificate-authority.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A collection of Docker Content Trust: the name of a repository, and what its tags name. */
export interface Collection {
  /** `registry/repository`. */
  readonly gun: string;
  readonly targets: Readonly<Record<string, Pick<Descriptor, 'digest' | 'size'>>>;
}

/** The metadata of a collection, as a Notary v1 server serves it. */
export interface SignedCollection {
  readonly gun: string;
  /** Id of the root key without its certificate, 64 hexadecimal characters. */
  readonly rootKeyId: string;
  /** JSON by role: `root`, `targets`, `snapshot`, `timestamp`. */
  readonly files: ReadonlyMap<string, Buffer>;
}

interface RoleKey {
  readonly id: string;
  readonly json: Json;
  readonly privateKey: KeyObject;
}

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

/** Canonical JSON as OLPC defines it: members sorted, no white space. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}

const keyJson = (keytype: string, bytes: Uint8Array): Json => ({
  keytype,
  keyval: { private: null, public: Buffer.from(bytes).toString('base64') },
});

const spkiOf = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' });

const idOf = (json: Json): string => sha256(canonical(json)).toString('hex');

function roleKey(privateKey: KeyObject, json = keyJson('ecdsa', spkiOf(privateKey))): RoleKey {
  return { id: idOf(json), json, privateKey };
}

const newKey = (): RoleKey =>
  roleKey(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);

/** The root key lies in a certificate that names the collection; its other id is that of the key. */
async function newRootKey(gun: string): Promise<RoleKey> {
  const { root } = await startCertificateAuthority(`CN=${gun}`);
  return roleKey(root.key, keyJson('ecdsa-x509', Buffer.from(root.pem)));
}

function envelope(signed: Json, { id, privateKey }: RoleKey): Buffer {
  const bytes = Buffer.from(canonical(signed));
  const signature = sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const signatures = [{ keyid: id, method: 'ecdsa', sig: signature.toString('base64') }];
  return Buffer.from(JSON.stringify({ signed, signatures }));
}

const metaOf = (bytes: Buffer): Json => ({
  length: bytes.length,
  hashes: { sha256: sha256(bytes).toString('base64') },
});

const yearMs = 365 * 86_400_000;

/**
 * Signs a collection with new keys, each role naming the one below by length and hash, as
 * `docker trust sign` has them written.
 * @see https://github.com/notaryproject/notary/blob/master/docs/service_architecture.md
 */
export async function signCollection({ gun, targets }: Collection): Promise<SignedCollection> {
  const keys = {
    root: await newRootKey(gun),
    targets: newKey(),
    snapshot: newKey(),
    timestamp: newKey(),
  };
  const head = (type: string) => ({
    _type: type,
    version: 1,
    expires: new Date(Date.now() + yearMs).toISOString(),
  });
  const root = envelope(
    {
      ...head('Root'),
      consistent_snapshot: false,
      keys: Object.fromEntries(Object.values(keys).map(({ id, json }) => [id, json])),
      roles: Object.fromEntries(
        Object.entries(keys).map(([role, { id }]) => [role, { keyids: [id], threshold: 1 }]),
      ),
    },
    keys.root,
  );
  const signedTargets = envelope(
    {
      ...head('Targets'),
      targets: Object.fromEntries(
        Object.entries(targets).map(([tag, { digest, size }]) => [
          tag,
          {
            length: size,
            hashes: {
              sha256: Buffer.from(digest.replace('sha256:', ''), 'hex').toString('base64'),
            },
          },
        ]),
      ),
      delegations: { keys: {}, roles: [] },
    },
    keys.targets,
  );
  const snapshot = envelope(
    { ...head('Snapshot'), meta: { root: metaOf(root), targets: metaOf(signedTargets) } },
    keys.snapshot,
  );
  const timestamp = envelope(
    { ...head('Timestamp'), meta: { snapshot: metaOf(snapshot) } },
    keys.timestamp,
  );
  return {
    gun,
    rootKeyId: idOf(keyJson('ecdsa', spkiOf(keys.root.privateKey))),
    files: new Map(Object.entries({ root, targets: signedTargets, snapshot, timestamp })),
  };
}
