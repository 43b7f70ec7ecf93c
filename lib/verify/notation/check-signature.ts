import { constants, verify } from 'node:crypto';
import type { Certificate } from '#lib/verify/certificate.ts';
import { invalid, type Refusal } from '#lib/verify/refusal.ts';
import { algorithmOf } from './certificate-chain.ts';
import type { NotationAlgorithm, NotationEnvelope } from './envelope.ts';

const hashes = {
  PS256: 'sha256',
  PS384: 'sha384',
  PS512: 'sha512',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
} as const satisfies Record<NotationAlgorithm, string>;

/** Checks the signature with the key of the leaf, by the one algorithm that belongs to that key. */
export function checkNotationSignature(
  { algorithm, signedBytes, signature }: NotationEnvelope,
  leaf: Certificate,
): Refusal | undefined {
  const expected = algorithmOf(leaf);
  if (typeof expected !== 'string') return expected;
  if (algorithm !== expected)
    return invalid(
      'signature-bad',
      `the algorithm is ${JSON.stringify(algorithm.slice(0, 40))}, and the key signs with ${expected}`,
    );
  return holds(expected, signedBytes, leaf, signature)
    ? undefined
    : invalid('signature-bad', `the signature does not verify with the key (${expected})`);
}

function holds(
  algorithm: NotationAlgorithm,
  bytes: Buffer,
  { key: { key } }: Certificate,
  signature: Buffer,
): boolean {
  const scheme = algorithm.startsWith('PS')
    ? {
        padding: constants.RSA_PKCS1_PSS_PADDING,
        // RFC 7518 §3.5, RFC 8230 §2: the salt is as long as the hash.
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      }
    : { dsaEncoding: 'ieee-p1363' as const };
  try {
    return verify(hashes[algorithm], bytes, { key, ...scheme }, signature);
  } catch {
    // A signature that OpenSSL cannot even parse does not hold.
    return false;
  }
}
