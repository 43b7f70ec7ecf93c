import { createHash } from 'node:crypto';

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();

/** What a log entry is about. `verifier` is DER: a certificate or an SPKI. */
interface Logged {
  readonly signature: Uint8Array;
  readonly verifier: { readonly kind: 'certificate' | 'key'; readonly der: Uint8Array };
  /** PEM of the same, as Rekor v1 writes it. */
  readonly verifierPem: string;
}

/**
 * The entry bodies that Rekor writes after canonicalisation. The log of `@sigstore/mock` stores what
 * it is given, so the work of the server is done here: only hashes of the content are kept.
 */

/** Rekor v1, `hashedrekord` 0.0.1, over the SHA-256 of the payload. */
export const hashedRekordV1 = (payload: Uint8Array, { signature, verifierPem }: Logged) => ({
  apiVersion: '0.0.1',
  kind: 'hashedrekord',
  spec: {
    data: { hash: { algorithm: 'sha256', value: sha256(payload).toString('hex') } },
    signature: {
      content: Buffer.from(signature).toString('base64'),
      publicKey: { content: Buffer.from(verifierPem).toString('base64') },
    },
  },
});

/** Rekor v1, `dsse` 0.0.1: hashes of the envelope and of its payload. */
export const dsseV1 = (
  envelope: Uint8Array,
  payload: Uint8Array,
  { signature, verifierPem }: Logged,
) => ({
  apiVersion: '0.0.1',
  kind: 'dsse',
  spec: {
    envelopeHash: { algorithm: 'sha256', value: sha256(envelope).toString('hex') },
    payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
    signatures: [
      {
        signature: Buffer.from(signature).toString('base64'),
        verifier: Buffer.from(verifierPem).toString('base64'),
      },
    ],
  },
});

/**
 * Rekor v2, `hashedrekord` 0.0.2. A DSSE bundle is logged by the SHA-256 of its pre-authentication
 * encoding.
 * @see https://github.com/sigstore/rekor-tiles/blob/main/docs/rekor-v2-spec.md
 */
export const hashedRekordV2 = (signedBytes: Uint8Array, { signature, verifier }: Logged) => ({
  apiVersion: '0.0.2',
  kind: 'hashedrekord',
  spec: {
    hashedRekordV002: {
      data: { algorithm: 'SHA2_256', digest: sha256(signedBytes).toString('base64') },
      signature: {
        content: Buffer.from(signature).toString('base64'),
        verifier: {
          keyDetails: 'PKIX_ECDSA_P256_SHA_256',
          ...(verifier.kind === 'certificate'
            ? { x509Certificate: { rawBytes: Buffer.from(verifier.der).toString('base64') } }
            : { publicKey: { rawBytes: Buffer.from(verifier.der).toString('base64') } }),
        },
      },
    },
  },
});
