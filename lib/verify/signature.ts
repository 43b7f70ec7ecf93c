import { constants, createHash, publicDecrypt, verify } from 'node:crypto';
import { ed25519ph } from '@noble/curves/ed25519.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import type { HashName, KeyKind, PreparedKey } from './keys.ts';
import { inconclusive, type Refusal } from './refusal.ts';
import { verifiesPss } from './rsa-pss.ts';

/** What was signed: the bytes, or only their digest when the bytes are not at hand. */
export type SignedContent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'digest'; readonly algorithm: HashName; readonly value: Buffer };

/** How the signature was made; decides which hashes are tried. */
export type SignatureScheme =
  /** cosign's annotation layout: SHA-256 whatever the key. */
  | 'legacy'
  /** DSSE in a bundle: the hash that belongs to the key, SHA-256 for older bundles. */
  | 'dsse'
  /** Message signature of a bundle: like DSSE, and Ed25519 may be prehashed. */
  | 'message';

/** The scheme under which a signature holds, for the record. */
export interface SignatureHolds {
  readonly holds: boolean;
  readonly how: string;
}

const ownHash: Readonly<Record<KeyKind, HashName>> = {
  'ecdsa-p256': 'sha256',
  'ecdsa-p384': 'sha384',
  'ecdsa-p521': 'sha512',
  rsa: 'sha256',
  ed25519: 'sha512',
};

/**
 * Checks one signature with one key. The hashes tried follow from the authority and the kind of the
 * key, never from what the evidence says of itself.
 */
export function checkSignature(
  key: PreparedKey,
  content: SignedContent,
  signature: Uint8Array,
  scheme: SignatureScheme,
): SignatureHolds | Refusal {
  if (key.kind === 'ed25519') return checkEd25519(key, content, signature, scheme);
  const hashes = key.hash ? only[key.hash] : hashesOf(key.kind, scheme);
  for (const hash of hashes)
    for (const padding of key.kind === 'rsa' ? rsaPaddings : noPadding) {
      if (holds(key, content, signature, hash, padding))
        return { holds: true, how: `${key.algorithm}, ${padding}, ${hash}` };
    }
  if (content.kind === 'digest' && !hashes.includes(content.algorithm))
    return inconclusive(
      'unsupported-algorithm',
      `the signature needs the bytes of the artifact or its ${hashes.join(' or ')} digest`,
    );
  return { holds: false, how: `${key.algorithm}, ${hashes.join(' or ')}` };
}

const rsaPaddings = ['pkcs1', 'pss'] as const;
const noPadding = ['ecdsa'] as const;

const only: Readonly<Record<HashName, readonly [HashName]>> = {
  sha256: ['sha256'],
  sha384: ['sha384'],
  sha512: ['sha512'],
};

function hashesOf(kind: KeyKind, scheme: SignatureScheme): readonly HashName[] {
  const own = ownHash[kind];
  if (own === 'sha256') return only[own];
  return scheme === 'legacy' ? ['sha256', own] : [own, 'sha256'];
}

function holds(
  key: PreparedKey,
  content: SignedContent,
  signature: Uint8Array,
  hash: HashName,
  padding: 'pkcs1' | 'pss' | 'ecdsa',
): boolean {
  try {
    if (content.kind === 'digest')
      return content.algorithm === hash && holdsOverDigest(key, content, signature, padding);
    if (padding === 'pss')
      return verify(
        hash,
        content.bytes,
        {
          key: key.key,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          // Key services differ: as long as the hash, or as long as there is room.
          saltLength: constants.RSA_PSS_SALTLEN_AUTO,
        },
        signature,
      );
    return verify(hash, content.bytes, key.key, signature);
  } catch {
    // A signature that OpenSSL or the curve library cannot even parse does not hold.
    return false;
  }
}

const nist = { 'ecdsa-p256': p256, 'ecdsa-p384': p384, 'ecdsa-p521': p521 } as const;

/** DigestInfo of PKCS #1 v1.5 without the digest itself (RFC 8017 §9.2, note 1). */
const digestInfo: Readonly<Record<number, string>> = {
  32: '3031300d060960864801650304020105000420',
  48: '3041300d060960864801650304020205000430',
  64: '3051300d060960864801650304020305000440',
};

/** Node verifies bytes only; over a digest alone ECDSA and RSA are checked by hand. */
function holdsOverDigest(
  key: PreparedKey,
  { algorithm, value: digest }: Extract<SignedContent, { kind: 'digest' }>,
  signature: Uint8Array,
  padding: 'pkcs1' | 'pss' | 'ecdsa',
): boolean {
  if (key.kind === 'ed25519') return false;
  if (padding === 'pss') return verifiesPss(key.key, algorithm, digest, signature);
  if (key.kind === 'rsa') {
    const opened = publicDecrypt({ key: key.key, padding: constants.RSA_PKCS1_PADDING }, signature);
    const prefix = digestInfo[digest.length];
    return (
      prefix !== undefined && opened.equals(Buffer.concat([Buffer.from(prefix, 'hex'), digest]))
    );
  }
  const { x = '', y = '' } = key.key.export({ format: 'jwk' });
  const point = Buffer.concat([
    Buffer.of(4),
    Buffer.from(x, 'base64url'),
    Buffer.from(y, 'base64url'),
  ]);
  return nist[key.kind].verify(signature, digest, point, {
    prehash: false,
    lowS: false,
    format: 'der',
  });
}

function checkEd25519(
  key: PreparedKey,
  content: SignedContent,
  signature: Uint8Array,
  scheme: SignatureScheme,
): SignatureHolds | Refusal {
  if (content.kind === 'digest')
    return inconclusive('unsupported-algorithm', 'an Ed25519 signature needs the signed bytes');
  if (verify(null, content.bytes, key.key, signature)) return { holds: true, how: 'ed25519' };
  if (scheme === 'message' && holdsPrehashed(key, content.bytes, signature))
    return { holds: true, how: 'ed25519ph' };
  return { holds: false, how: 'ed25519' };
}

/** Ed25519ph (RFC 8032 §5.1): what a log that sees digests only demands of Ed25519 keys. */
function holdsPrehashed(key: PreparedKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519ph.verify(signature, bytes, key.spki.subarray(-32), { zip215: false });
  } catch {
    return false;
  }
}

/** A digest of bytes in the shape of signed content. */
export const digestContent = (algorithm: HashName, bytes: Uint8Array): SignedContent => ({
  kind: 'digest',
  algorithm,
  value: createHash(algorithm).update(bytes).digest(),
});
