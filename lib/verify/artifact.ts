import { createHash } from 'node:crypto';
import type { Digest } from '#lib/model/digest.ts';
import type { HashName } from './keys.ts';

/** Hex digests by algorithm: at least one. */
export type ArtifactDigests = Readonly<Partial<Record<HashName, string>>>;

/** What evidence must be about: an image manifest by its digest, or any file with its bytes. */
export interface Artifact {
  readonly digests: ArtifactDigests;
  readonly bytes?: Uint8Array;
}

/** An image manifest, known by its digest only. */
export const artifactOfImage = (image: Digest): Artifact => ({
  digests: { sha256: image.slice('sha256:'.length) },
});

/** Any artifact by its digest; undefined when the text is no digest of a kind that counts. */
export function artifactOfDigest(text: string): Artifact | undefined {
  const [algorithm = '', hex = '', ...rest] = text.split(':');
  const length = { sha256: 64, sha384: 96, sha512: 128 }[algorithm];
  return rest.length === 0 && length === hex.length && /^[a-f0-9]+$/.test(hex)
    ? { digests: { [algorithm]: hex } }
    : undefined;
}

/** A file with its bytes at hand. */
export const artifactOfBytes = (bytes: Uint8Array): Artifact => ({
  bytes,
  digests: {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sha384: createHash('sha384').update(bytes).digest('hex'),
    sha512: createHash('sha512').update(bytes).digest('hex'),
  },
});
