import { createPublicKey, X509Certificate } from 'node:crypto';
import type { TrustedKey } from '#lib/model/authority.ts';

/** The public keys of a PEM text, one PEM each, in order. */
export function publicKeysIn(text: string): readonly string[] {
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
