import { createHash } from 'node:crypto';

const leafPrefix = Buffer.of(0);
const nodePrefix = Buffer.of(1);

/** The hash of a leaf (RFC 6962 §2.1). */
export const leafHash = (body: Uint8Array): Buffer =>
  createHash('sha256').update(leafPrefix).update(body).digest();

const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(nodePrefix).update(left).update(right).digest();

/**
 * The root that an inclusion proof leads to (RFC 9162 §2.1.3.2); undefined where index, size and
 * number of hashes do not fit together.
 */
export function rootOfProof(
  leaf: Buffer,
  index: bigint,
  size: bigint,
  hashes: readonly Buffer[],
): Buffer | undefined {
  if (index < 0n || index >= size || hashes.length > 64) return undefined;
  let node = index;
  let last = size - 1n;
  let root = leaf;
  for (const hash of hashes) {
    if (last === 0n || hash.length !== 32) return undefined;
    if ((node & 1n) === 1n || node === last) {
      root = nodeHash(hash, root);
      // A node at the right border without a sibling moves up as it is.
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else root = nodeHash(root, hash);
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : undefined;
}
