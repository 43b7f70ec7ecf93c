import { sha256 } from '#lib/verify/fingerprint.ts';

const leafPrefix = Buffer.of(0);

/** The hash of a leaf (RFC 6962 §2.1). */
export const leafHash = (body: Uint8Array): Buffer => sha256(Buffer.concat([leafPrefix, body]));

/** The prefix of a node and room for two hashes: a proof has up to 64 nodes. */
const node = Buffer.of(1, ...new Uint8Array(64));

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 33);
  return sha256(node);
}

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
  let place = index;
  let last = size - 1n;
  let root = leaf;
  for (const hash of hashes) {
    if (last === 0n || hash.length !== 32) return undefined;
    if ((place & 1n) === 1n || place === last) {
      root = nodeHash(hash, root);
      // A node at the right border without a sibling moves up as it is.
      while ((place & 1n) === 0n && place !== 0n) {
        place >>= 1n;
        last >>= 1n;
      }
    } else root = nodeHash(root, hash);
    place >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : undefined;
}
