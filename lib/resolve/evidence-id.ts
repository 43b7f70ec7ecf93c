import { createHash } from 'node:crypto';
import { type Digest, digest } from '#lib/model/digest.ts';
import type { EvidenceKind } from '#lib/model/evidence.ts';
import type { Descriptor } from '#lib/model/manifest.ts';

/**
 * Names one item of evidence: SHA-256 over everything that a verifier reads of it. The kind is part
 * of it, so that a stranger who lists the same blob as something else does not replace the item.
 */
export function evidenceId(kind: EvidenceKind, descriptor: Descriptor): Digest {
  const { mediaType, digest: content, size } = descriptor;
  const parts = [kind, mediaType, content, size, annotationsOf(kind, descriptor)];
  return digest(`sha256:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`);
}

/** A legacy layer's signature lies in its annotations; those of other kinds prove nothing. */
function annotationsOf(
  kind: EvidenceKind,
  { annotations }: Descriptor,
): readonly (readonly [string, string])[] {
  if (kind !== 'cosign-signature' && kind !== 'cosign-attestation') return [];
  return Object.entries(annotations ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}
