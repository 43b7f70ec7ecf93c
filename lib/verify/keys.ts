import { createPublicKey, type KeyObject } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import type { TrustedKey } from '#lib/model/authority.ts';
import { fingerprintOf, sha256, spkiOf } from './fingerprint.ts';
import { readPem } from './pem.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from './refusal.ts';

/** Hashes by which a signature may be made. */
export type HashName = 'sha256' | 'sha384' | 'sha512';

/** Kinds of key that we verify with; the RSA kinds name the least size. */
export type KeyKind = 'ecdsa-p256' | 'ecdsa-p384' | 'ecdsa-p521' | 'rsa' | 'ed25519';

/** A public key, parsed and checked once. */
export interface PreparedKey {
  readonly key: KeyObject;
  readonly spki: Buffer;
  /** SHA-256 of the SPKI, hex. */
  readonly fingerprint: string;
  readonly kind: KeyKind;
  /** The kind as shown, with the size of an RSA key. */
  readonly algorithm: string;
  /** Set when an authority names the hash; nothing else is tried then. */
  readonly hash?: HashName;
  /** Milliseconds; both ends inclusive. Absent: no limit. */
  readonly window?: KeyWindow;
}

/** The time in which signatures by a key count. */
export interface KeyWindow {
  readonly from: number;
  readonly until: number;
  /** Set when the key was revoked: then a signature that nothing places in time is refused. */
  readonly revoked?: true;
}

const curves: Readonly<Record<string, KeyKind>> = {
  prime256v1: 'ecdsa-p256',
  secp384r1: 'ecdsa-p384',
  secp521r1: 'ecdsa-p521',
};
const leastRsaBits = 2048;
const mostRsaBits = 8192;

/** Checks kind and strength of a public key: RSA below 2048 bits and other curves are refused. */
export function prepareKey(key: KeyObject): PreparedKey | Refusal {
  const kind = kindOf(key);
  if (isRefusal(kind)) return kind;
  const bits = key.asymmetricKeyDetails?.modulusLength;
  return {
    key,
    spki: spkiOf(key),
    fingerprint: fingerprintOf(key),
    kind,
    algorithm: kind === 'rsa' ? `rsa-${bits}` : kind,
  };
}

/** The keys of one entry of an authority: several PEM blocks stand for several keys, any counts. */
export function prepareTrustedKeys(entry: TrustedKey): readonly (PreparedKey | Refusal)[] {
  const keys = [
    ...readPem(entry.pem, 'PUBLIC KEY').blocks.map((der) => prepareDer(der, 'spki')),
    ...readPem(entry.pem, 'RSA PUBLIC KEY').blocks.map((der) => prepareDer(der, 'pkcs1')),
  ];
  if (keys.length === 0)
    return [inconclusive('key-unresolvable', entry.problem ?? 'there is no PEM public key')];
  const window = windowOf(entry);
  return keys.map((prepared) => {
    if (isRefusal(prepared)) return prepared;
    return {
      ...prepared,
      ...(entry.hash !== undefined && { hash: entry.hash }),
      ...(window && { window }),
    };
  });
}

function windowOf({ validFrom, validUntil, revokedFrom }: TrustedKey): KeyWindow | undefined {
  if ((validFrom ?? validUntil ?? revokedFrom) === undefined) return undefined;
  const until = validUntil === undefined ? Infinity : Date.parse(validUntil);
  return {
    from: validFrom === undefined ? -Infinity : Date.parse(validFrom),
    // From the very moment on it does not count.
    until: revokedFrom === undefined ? until : Math.min(until, Date.parse(revokedFrom) - 1),
    ...(revokedFrom !== undefined && { revoked: true }),
  };
}

/**
 * A key with a window counts only within it, and only where something proves the time. A revoked key
 * may be in other hands: without a time, whoever holds it could have signed today.
 */
export function checkKeyWindow(
  { window }: PreparedKey,
  times: readonly { readonly at: string }[],
): Refusal | undefined {
  if (window === undefined) return undefined;
  if (times.length === 0 && window.revoked)
    return invalid('key-window', 'the key is revoked, and nothing proves that it signed before');
  if (times.length === 0)
    return inconclusive(
      'no-trusted-time',
      'the key counts for a time only, and nothing proves the time',
    );
  const outside = times.find(
    ({ at }) => !(Date.parse(at) >= window.from && Date.parse(at) <= window.until),
  );
  return (
    outside && invalid('key-window', `it was signed at ${outside.at}, when the key did not count`)
  );
}

/** Reads a DER SubjectPublicKeyInfo. */
export const prepareSpki = (der: Buffer): PreparedKey | Refusal =>
  isPlainP256(der) ? prepareP256(der) : prepareDer(der, 'spki');

/** SubjectPublicKeyInfo of an uncompressed point on P-256, but for the point (RFC 5480 §2). */
const p256Header = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');

const isPlainP256 = (der: Buffer): boolean =>
  der.length === p256Header.length + 64 && der.subarray(0, p256Header.length).equals(p256Header);

/** By far the commonest key, of which nothing needs to be asked: its encoding has one form only. */
function prepareP256(spki: Buffer): PreparedKey | Refusal {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const kind = 'ecdsa-p256';
    return { key, spki, fingerprint: sha256(spki).toString('hex'), kind, algorithm: kind };
  } catch {
    return unreadableKey;
  }
}

const unreadableKey = inconclusive(
  'unsupported-algorithm',
  'the public key is malformed or of a kind unknown here',
);

function prepareDer(der: Buffer, type: 'spki' | 'pkcs1'): PreparedKey | Refusal {
  try {
    return prepareKey(createPublicKey({ key: der, format: 'der', type }));
  } catch {
    return unreadableKey;
  }
}

function kindOf(key: KeyObject): KeyKind | Refusal {
  const details = key.asymmetricKeyDetails;
  switch (key.asymmetricKeyType) {
    case 'ec':
      return (
        curves[details?.namedCurve ?? ''] ??
        invalid('key-weak', `keys on the curve ${details?.namedCurve} are refused`)
      );
    case 'rsa':
    case 'rsa-pss': {
      const bits = details?.modulusLength ?? 0;
      if (bits < leastRsaBits)
        return invalid('key-weak', `the RSA key has ${bits} bits, fewer than ${leastRsaBits}`);
      if (bits > mostRsaBits)
        return inconclusive(
          'limit-exceeded',
          `the RSA key has ${bits} bits, more than ${mostRsaBits}`,
        );
      return 'rsa';
    }
    case 'ed25519':
      return isSmallOrder(key)
        ? invalid('key-weak', 'the Ed25519 key has small order: any signature would verify')
        : 'ed25519';
    default:
      return inconclusive(
        'unsupported-algorithm',
        `keys of the kind ${key.asymmetricKeyType ?? 'unknown'} are not supported`,
      );
  }
}

function isSmallOrder(key: KeyObject): boolean {
  try {
    return ed25519.Point.fromBytes(spkiOf(key).subarray(-32), true).isSmallOrder();
  } catch {
    return true;
  }
}
