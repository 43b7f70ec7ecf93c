import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** The kinds of key that `cosign sign --key` is used with. */
export const keyAlgorithms = ['ecdsa-p256', 'rsa-2048', 'ed25519'] as const;
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

/** A private key and the public half in the forms in which evidence names it. */
export interface KeyPair {
  readonly algorithm: KeyAlgorithm;
  readonly privateKey: KeyObject;
  /** SPKI, DER. */
  readonly publicDer: Buffer;
  /** SPKI, PEM: the text of a `cosign.pub`. */
  readonly publicPem: string;
}

const generate = {
  'ecdsa-p256': () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  'rsa-2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: () => generateKeyPairSync('ed25519'),
} satisfies Record<KeyAlgorithm, () => { publicKey: KeyObject; privateKey: KeyObject }>;

/** A new key pair. */
export function generateKeyPair(algorithm: KeyAlgorithm = 'ecdsa-p256'): KeyPair {
  const { publicKey, privateKey } = generate[algorithm]();
  return {
    algorithm,
    privateKey,
    publicDer: publicKey.export({ type: 'spki', format: 'der' }),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Signs as cosign does: SHA-256 with ECDSA (DER) and RSA (PKCS #1 v1.5), pure Ed25519. */
export const signWith = ({ algorithm, privateKey }: KeyPair, data: Uint8Array): Buffer =>
  sign(algorithm === 'ed25519' ? null : 'sha256', data, privateKey);

/** The hint by which a cosign bundle names its key: base64 of the SHA-256 of the SPKI. */
export const keyHint = ({ publicDer }: KeyPair): string =>
  createHash('sha256').update(publicDer).digest('base64');
