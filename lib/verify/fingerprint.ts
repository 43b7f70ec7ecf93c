import { hash, type KeyObject } from 'node:crypto';

/** SHA-256 of some bytes. */
export const sha256 = (bytes: Uint8Array | string): Buffer => hash('sha256', bytes, 'buffer');

/** The public key as DER (SubjectPublicKeyInfo): the form in which keys are compared. */
export const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** SHA-256 of the SPKI in lower-case hex: how a key is named to people. */
export const fingerprintOf = (key: KeyObject): string => sha256(spkiOf(key)).toString('hex');
