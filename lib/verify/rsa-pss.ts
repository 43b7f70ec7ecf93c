import { constants, createHash, type KeyObject, publicEncrypt } from 'node:crypto';
import type { HashName } from './keys.ts';

/**
 * Checks an RSASSA-PSS signature over a digest, with MGF1 over the same hash and a salt of any length
 * (RFC 8017 §8.1.2, §9.1.2). Node itself verifies only where the signed bytes are at hand.
 */
export function verifiesPss(
  key: KeyObject,
  hash: HashName,
  digest: Buffer,
  signature: Uint8Array,
): boolean {
  const bits = (key.asymmetricKeyDetails?.modulusLength ?? 0) - 1;
  const opened = openSignature(key, signature);
  if (opened === undefined) return false;
  // With a key of 8n + 1 bits the encoded message is one octet shorter than the key.
  const encoded = opened.subarray(opened.length - Math.ceil(bits / 8));
  const surplus = opened.subarray(0, opened.length - encoded.length);
  const end = encoded.length - digest.length - 1;
  if (end < 1 || encoded.at(-1) !== 0xbc || surplus.some((octet) => octet !== 0)) return false;
  const seed = encoded.subarray(end, -1);
  const unused = 0xff >> (8 * encoded.length - bits);
  if (((encoded[0] ?? 0) & ~unused) !== 0) return false;

  const mask = maskOf(hash, seed, end);
  const block = Buffer.from(encoded.subarray(0, end).map((octet, at) => octet ^ (mask[at] ?? 0)));
  block[0] = (block[0] ?? 0) & unused;
  // Zeroes, a one, and whatever is left is the salt.
  const one = block.findIndex((octet) => octet !== 0);
  if (one < 0 || block[one] !== 1) return false;
  const message = [Buffer.alloc(8), digest, block.subarray(one + 1)];
  return createHash(hash).update(Buffer.concat(message)).digest().equals(seed);
}

/** RSAVP1 (RFC 8017 §5.2.2): undefined for what is no number below the modulus. */
function openSignature(key: KeyObject, signature: Uint8Array): Buffer | undefined {
  try {
    return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    return undefined;
  }
}

/** MGF1 (RFC 8017 B.2.1). */
function maskOf(hash: HashName, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0, made = 0; made < length; counter++) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const block = createHash(hash).update(seed).update(count).digest();
    blocks.push(block);
    made += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}
