import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';

/** The kinds of key that `cosign sign --key` is used with. */
export const keyAlgorithms = [
  'ecdsa-p256',
  'ecdsa-p384',
  'rsa-2048',
  'rsa-pss-2048',
  'ed25519',
] as const;
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
  'ecdsa-p384': () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
  'rsa-2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  // A plain RSA key: that it signs with PSS, as key services do, only its signatures say.
  'rsa-pss-2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: () => generateKeyPairSync('ed25519'),
} satisfies Record<KeyAlgorithm, () => { privateKey: KeyObject }>;

/** A new key pair. */
export const generateKeyPair = (algorithm: KeyAlgorithm = 'ecdsa-p256'): KeyPair =>
  keyPairOf(algorithm, generate[algorithm]().privateKey);

/** The pair of a private key. */
export function keyPairOf(algorithm: KeyAlgorithm, privateKey: KeyObject): KeyPair {
  const publicKey = createPublicKey(privateKey);
  return {
    algorithm,
    privateKey,
    publicDer: publicKey.export({ type: 'spki', format: 'der' }),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Signs as cosign does: SHA-256 with ECDSA (DER) and RSA (PKCS #1 v1.5 or PSS), pure Ed25519. */
export function signWith({ algorithm, privateKey }: KeyPair, data: Uint8Array): Buffer {
  if (algorithm === 'ed25519') return sign(null, data, privateKey);
  if (algorithm !== 'rsa-pss-2048') return sign('sha256', data, privateKey);
  const pss = {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  return sign('sha256', data, { key: privateKey, ...pss });
}

/** The hint by which a cosign bundle names its key: base64 of the SHA-256 of the SPKI. */
export const keyHint = ({ publicDer }: KeyPair): string =>
  createHash('sha256').update(publicDer).digest('base64');
