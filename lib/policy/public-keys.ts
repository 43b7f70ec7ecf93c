import { createPublicKey, hash, X509Certificate } from 'node:crypto';
import type { TrustedKey } from '#lib/model/authority.ts';

const mostTexts = 1_000;

/** A policy names the same keys to every container; reading one costs more than all else about it. */
function onceForEachText<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly is: T }>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before.is;
    if (known.size >= mostTexts) known.clear();
    const is = work(text);
    known.set(text, { is });
    return is;
  };
}

/** The public keys of a PEM text, one PEM each, in order. */
export const publicKeysIn = onceForEachText(readKeys);

/** SHA-256 of the SPKI in lower-case hex, as `Signer.fingerprint` has it; undefined for no key. */
export const keyFingerprint = onceForEachText(readFingerprint);

function readFingerprint(pem: string): string | undefined {
  try {
    return hash('sha256', createPublicKey(pem).export({ type: 'spki', format: 'der' }), 'hex');
  } catch {
    return undefined;
  }
}

function readKeys(text: string): readonly string[] {
  const blocks = text.match(
    /-----BEGIN (?:RSA )?PUBLIC KEY-----[^-]*-----END (?:RSA )?PUBLIC KEY-----/g,
  );
  return (blocks ?? []).flatMap((block) => {
    const pem = block
      .split('\n')
      .map((line) => line.trim())
      .join('\n');
    try {
      return [createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()];
    } catch {
      return [];
    }
  });
}

const hashes = ['sha256', 'sha384', 'sha512'] as const;

/** The hash with which an engine tries a key, as our verifier has it; nothing for one that it has not. */
export function trustedHash(name: string): Pick<TrustedKey, 'hash'> {
  const hash = hashes.find((one) => one === name);
  return hash === undefined ? {} : { hash };
}

/** The public key of the first certificate of a PEM text; undefined where there is none. */
export function keyOfCertificate(text: string): string | undefined {
  try {
    const { publicKey } = new X509Certificate(text);
    return publicKey.export({ type: 'spki', format: 'pem' }).toString();
  } catch {
    return undefined;
  }
}

/** True for PEM certificates; a variable that an engine fills in later is none. */
export const isCertificate = (text: string): boolean =>
  text.includes('-----BEGIN CERTIFICATE-----');
