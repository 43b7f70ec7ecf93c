import { limits } from '#lib/model/limits.ts';
import { inconclusive, type Refusal } from '#lib/verify/refusal.ts';
import type { SignedAttributes } from './headers.ts';

/** Algorithms of Notation signatures, by their JOSE names. The key decides which one it must be. */
export type NotationAlgorithm = 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512';

/** A signature envelope in one shape. Nothing in it is believed yet. */
export interface NotationEnvelope {
  readonly format: 'JWS' | 'COSE';
  /** As written; compared with what the key demands. */
  readonly algorithm: string;
  readonly contentType: string;
  readonly payload: Buffer;
  readonly attributes: SignedAttributes;
  /** The bytes that the signature is over. */
  readonly signedBytes: Buffer;
  /** RSA-PSS, or ECDSA as r and s side by side (IEEE P1363). */
  readonly signature: Buffer;
  /** DER certificates, the signer's first. */
  readonly chain: readonly Buffer[];
  /** DER TimeStampToken over the signature. */
  readonly timestamp?: Buffer;
}

/** A chain longer than this is an attack, not an organisation. */
export const checkChainLength = (length: number): Refusal | undefined =>
  length > limits.certificates
    ? inconclusive('limit-exceeded', `the signature carries ${length} certificates`)
    : undefined;
