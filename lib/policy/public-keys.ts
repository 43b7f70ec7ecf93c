import { createPublicKey, X509Certificate } from 'node:crypto';

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
