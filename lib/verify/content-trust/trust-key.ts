import { decodeBase64 } from '#lib/verify/base64.ts';
import { type Certificate, parseCertificate } from '#lib/verify/certificate.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { type PreparedKey, prepareSpki } from '#lib/verify/keys.ts';
import { readPem } from '#lib/verify/pem.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from '#lib/verify/refusal.ts';
import { canonicalJson } from './canonical-json.ts';
import type { KeyJson } from './role-schema.ts';

/** A key of TUF metadata, its identifier computed from its content and never believed. */
export interface TrustKey {
  readonly id: string;
  /** Identifier of the bare public key: what docker shows, the same for every certificate of the key. */
  readonly canonicalId: string;
  /** The key, or why nothing can be verified with it. */
  readonly key: PreparedKey | Refusal;
  /** The first certificate of a key that comes as one. */
  readonly certificate?: Certificate;
}

/**
 * The keys of a root or of delegations, by identifier.
 * @returns a refusal when a member is named otherwise than its key
 */
export function readTrustKeys(
  keys: Readonly<Record<string, KeyJson>>,
): ReadonlyMap<string, TrustKey> | Refusal {
  const read = new Map<string, TrustKey>();
  for (const [id, json] of Object.entries(keys)) {
    const key = readTrustKey(json);
    if (key.id !== id)
      return invalid('trust-data-malformed', `the key named ${id.slice(0, 64)} is ${key.id}`);
    read.set(id, key);
  }
  return read;
}

/** SHA-256 of the canonical form with an empty private part: how notary names keys. */
const idOf = (keytype: string, publicPart: string): string => {
  const form = { keytype, keyval: { private: null, public: publicPart } };
  return sha256(canonicalJson(form) ?? '').toString('hex');
};

function readTrustKey({ keytype, keyval }: KeyJson): TrustKey {
  const id = idOf(keytype, keyval.public);
  const bytes = decodeBase64(keyval.public);
  const unusable = (refusal: Refusal): TrustKey => ({ id, canonicalId: id, key: refusal });
  if (bytes === undefined)
    return unusable(invalid('base64-malformed', `the key ${id} is not proper base64`));
  switch (keytype) {
    case 'ecdsa':
    case 'rsa':
      return { id, canonicalId: id, key: ofKind(keytype, prepareSpki(bytes)) };
    case 'ed25519':
      return { id, canonicalId: id, key: rawEd25519(bytes) };
    case 'ecdsa-x509':
    case 'rsa-x509':
      return certified(id, keytype, bytes);
    default:
      return unusable(
        inconclusive('unsupported-algorithm', `keys of the type ${keytype} are not supported`),
      );
  }
}

/** A key of another kind than it says would be used in a way that its owner did not mean. */
function ofKind(keytype: string, key: PreparedKey | Refusal): PreparedKey | Refusal {
  if (isRefusal(key)) return key;
  const fits = keytype.startsWith('rsa') ? key.kind === 'rsa' : key.kind.startsWith('ecdsa');
  return fits ? key : invalid('trust-data-malformed', `a key of the type ${keytype} is another`);
}

/** SubjectPublicKeyInfo of Ed25519 before its 32 bytes (RFC 8410 §4). */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');

const rawEd25519 = (bytes: Buffer): PreparedKey | Refusal =>
  bytes.length === 32
    ? prepareSpki(Buffer.concat([ed25519Prefix, bytes]))
    : invalid('trust-data-malformed', `an Ed25519 key has ${bytes.length} bytes instead of 32`);

function certified(id: string, keytype: 'ecdsa-x509' | 'rsa-x509', pem: Buffer): TrustKey {
  const [der] = readPem(pem.toString('latin1'), 'CERTIFICATE').blocks;
  const certificate =
    der === undefined
      ? invalid('cert-malformed', `the key ${id} holds no certificate`)
      : parseCertificate(der);
  if (isRefusal(certificate)) return { id, canonicalId: id, key: certificate };
  const bare = keytype.replace('-x509', '');
  return {
    id,
    canonicalId: idOf(bare, certificate.key.spki.toString('base64')),
    key: ofKind(keytype, certificate.key),
    certificate,
  };
}
