import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';
import type { TrustData } from '#lib/model/trust-data.ts';

type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** Canonical JSON (OLPC): members sorted, no white space. */
export const canonical = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value as { [key: string]: Json }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `{${members.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
};

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** A key of a Notary collection with how it signs. */
export interface SigningKey {
  readonly id: string;
  /** The public key as PEM, and its identifier without a certificate. */
  readonly pem: string;
  readonly canonicalId: string;
  readonly json: Json;
  sign(message: string): { readonly keyid: string; readonly method: string; readonly sig: string };
}

type Kind = 'ecdsa' | 'rsa' | 'ed25519';

const generate = (kind: Kind) => {
  if (kind === 'ecdsa') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ed25519');
};

const idOf = (json: Json): string => sha256(canonical(json)).toString('hex');
const keyJson = (keytype: string, bytes: Uint8Array): Json => ({
  keytype,
  keyval: { private: null, public: base64(bytes) },
});

function signature(kind: Kind, key: KeyObject, message: Buffer): readonly [string, Buffer] {
  if (kind === 'ecdsa')
    return ['ecdsa', sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })];
  if (kind === 'ed25519') return ['eddsa', sign(null, message, key)];
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return ['rsapss', sign('sha256', message, { key, ...padding })];
}

function signingKey(
  kind: Kind,
  privateKey: KeyObject,
  pem: string,
  json: Json,
  bare: Json,
): SigningKey {
  return {
    id: idOf(json),
    canonicalId: idOf(bare),
    pem,
    json,
    sign(message) {
      const [method, bytes] = signature(kind, privateKey, Buffer.from(message));
      return { keyid: idOf(json), method, sig: base64(bytes) };
    },
  };
}

/** A new bare key. */
export function aRoleKey(kind: Kind = 'ecdsa'): SigningKey {
  const { publicKey, privateKey } = generate(kind);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const json = keyJson(kind, kind === 'ed25519' ? spki.subarray(-32) : spki);
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return signingKey(kind, privateKey, pem, json, json);
}

/** A new root key with a certificate for a collection, as notary makes them. */
export async function aRootKey(
  name: string,
  validity: { readonly from?: Date; readonly until?: Date } = {},
): Promise<SigningKey> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: algorithm,
    notBefore: validity.from ?? new Date('2020-01-01'),
    notAfter: validity.until ?? new Date('2040-01-01'),
  });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return signingKey(
    'ecdsa',
    privateKey,
    publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    keyJson('ecdsa-x509', Buffer.from(certificate.toString('pem'))),
    keyJson('ecdsa', spki),
  );
}

/** A target: the digest that a tag names. */
export interface Target {
  readonly digest: string;
  readonly length: number;
}

/** One role of targets as it is to be written. */
export interface RolePlan {
  readonly keys: readonly SigningKey[];
  readonly signedBy?: readonly SigningKey[];
  readonly threshold?: number;
  readonly version?: number;
  readonly expires?: string;
  readonly paths?: readonly string[];
  readonly targets?: Readonly<Record<string, Target>>;
  /** Delegations that the role makes, by whole name. */
  readonly delegations?: readonly string[];
}

/** A whole collection as it is to be written. */
export interface CollectionPlan {
  readonly gun: string;
  readonly rootKeys: readonly SigningKey[];
  /** Who signs the root beside its own keys: those of the root before. */
  readonly rootSignedBy?: readonly SigningKey[];
  readonly rootThreshold?: number;
  readonly versions?: Partial<Record<'root' | 'timestamp' | 'snapshot', number>>;
  readonly expires?: Partial<Record<'root' | 'timestamp' | 'snapshot', string>>;
  readonly timestampKey: SigningKey;
  readonly snapshotKey: SigningKey;
  /** `targets` and delegations by name; those in `unpublished` are delegated and have no metadata. */
  readonly roles: Readonly<Record<string, RolePlan>>;
  readonly unpublished?: readonly string[];
  /** Names lengths that are one too large. */
  readonly wrongLengths?: boolean;
}

const far = '2036-01-01T00:00:00.123456789Z';

const envelope = (signed: Json, signers: readonly SigningKey[]): Buffer =>
  Buffer.from(
    JSON.stringify({ signed, signatures: signers.map((key) => key.sign(canonical(signed))) }),
  );

const metaOf = (bytes: Buffer, { wrongLengths }: CollectionPlan): Json => ({
  length: bytes.length + Number(wrongLengths ?? false),
  hashes: { sha256: base64(sha256(bytes)) },
});

const keysJson = (keys: readonly SigningKey[]): Json =>
  Object.fromEntries(keys.map(({ id, json }) => [id, json]));

const roleJson = (keys: readonly SigningKey[], threshold = 1) => ({
  keyids: keys.map(({ id }) => id),
  threshold,
});

/** The root of a plan alone. */
export function writeRoot(plan: CollectionPlan): Buffer {
  const targets = plan.roles['targets']?.keys ?? [];
  const keys = [...plan.rootKeys, plan.timestampKey, plan.snapshotKey, ...targets];
  const signed = {
    _type: 'Root',
    consistent_snapshot: false,
    version: plan.versions?.root ?? 1,
    expires: plan.expires?.root ?? far,
    keys: keysJson(keys),
    roles: {
      root: roleJson(plan.rootKeys, plan.rootThreshold),
      timestamp: roleJson([plan.timestampKey]),
      snapshot: roleJson([plan.snapshotKey]),
      targets: roleJson(targets, plan.roles['targets']?.threshold),
    },
  };
  return envelope(signed, [...plan.rootKeys, ...(plan.rootSignedBy ?? [])]);
}

function writeTargets(plan: CollectionPlan, role: RolePlan): Buffer {
  const delegations = (role.delegations ?? []).map((name) => {
    const child = plan.roles[name];
    if (child === undefined) throw new Error(`no role ${name}`);
    const paths = child.paths ?? [''];
    return { name, paths, ...roleJson(child.keys, child.threshold), keys: child.keys };
  });
  const signed = {
    _type: 'Targets',
    version: role.version ?? 1,
    expires: role.expires ?? far,
    targets: Object.fromEntries(
      Object.entries(role.targets ?? {}).map(([tag, { digest, length }]) => [
        tag,
        {
          length,
          hashes: { sha256: base64(Buffer.from(digest.replace('sha256:', ''), 'hex')) },
        },
      ]),
    ),
    delegations: {
      keys: keysJson(delegations.flatMap(({ keys }) => keys)),
      roles: delegations.map(({ keys: _, ...delegation }) => delegation),
    },
  };
  return envelope(signed, role.signedBy ?? role.keys);
}

/** Writes all files of a collection, each hashed by the one that names it. */
export function writeTrustData(plan: CollectionPlan): TrustData {
  const root = writeRoot(plan);
  const published = Object.entries(plan.roles).filter(
    ([name]) => !plan.unpublished?.includes(name),
  );
  const roles = published.map(([name, role]) => [name, writeTargets(plan, role)] as const);
  const snapshot = envelope(
    {
      _type: 'Snapshot',
      version: plan.versions?.snapshot ?? 1,
      expires: plan.expires?.snapshot ?? far,
      meta: Object.fromEntries(
        [['root', root] as const, ...roles].map(([name, bytes]) => [name, metaOf(bytes, plan)]),
      ),
    },
    [plan.snapshotKey],
  );
  const timestamp = envelope(
    {
      _type: 'Timestamp',
      version: plan.versions?.timestamp ?? 1,
      expires: plan.expires?.timestamp ?? far,
      meta: { snapshot: metaOf(snapshot, plan) },
    },
    [plan.timestampKey],
  );
  return {
    server: 'https://notary.example',
    gun: plan.gun,
    rootChain: [],
    files: [
      ...[
        ['root', root] as const,
        ['timestamp', timestamp] as const,
        ['snapshot', snapshot] as const,
        ...roles,
      ],
    ].map(([role, bytes]) => ({ role, bytes })),
  };
}

/** A collection with new keys that signs these tags as `targets`. */
export async function aCollection(
  gun: string,
  targets: Readonly<Record<string, Target>> = {},
): Promise<CollectionPlan> {
  return {
    gun,
    rootKeys: [await aRootKey(gun)],
    timestampKey: aRoleKey(),
    snapshotKey: aRoleKey(),
    roles: { targets: { keys: [aRoleKey()], targets } },
  };
}
