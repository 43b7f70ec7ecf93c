import type { Signer } from '#lib/model/verdict.ts';

/** The name by which people know a signer: the certificate's identity, or the key's fingerprint. */
export const signerName = (signer: Signer): string =>
  signer.kind === 'certificate' ? signer.subject : `key SHA-256 ${signer.fingerprint}`;
