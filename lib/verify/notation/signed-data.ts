import { verify } from 'node:crypto';
import { type DerNode, derChildren, derOid, derTags, readDer } from '#lib/verify/der.ts';
import type { PreparedKey } from '#lib/verify/keys.ts';

/** What CRLs and OCSP answers share: content, algorithm and a signature over the content. */
export interface SignedData {
  readonly content: DerNode;
  readonly algorithm: string;
  readonly signature: Buffer;
  /** What stands behind the signature. */
  readonly rest: readonly DerNode[];
}

const algorithms: Readonly<Record<string, { readonly kind: 'rsa' | 'ec'; readonly hash: string }>> =
  {
    '1.2.840.10045.4.3.2': { kind: 'ec', hash: 'sha256' },
    '1.2.840.10045.4.3.3': { kind: 'ec', hash: 'sha384' },
    '1.2.840.10045.4.3.4': { kind: 'ec', hash: 'sha512' },
    '1.2.840.113549.1.1.11': { kind: 'rsa', hash: 'sha256' },
    '1.2.840.113549.1.1.12': { kind: 'rsa', hash: 'sha384' },
    '1.2.840.113549.1.1.13': { kind: 'rsa', hash: 'sha512' },
  };

/** Splits a signed structure; undefined when it is malformed. */
export function readSignedData(der: Buffer): SignedData | undefined {
  const body = readDer(der);
  const [content, identifier, bits, ...rest] = (body && derChildren(body)) ?? [];
  const [id] = (identifier && derChildren(identifier)) ?? [];
  const algorithm = id && derOid(id);
  // A signature is whole octets: no unused bits.
  if (bits?.tag !== derTags.bitString || bits.content[0] !== 0) return undefined;
  if (content === undefined || algorithm === undefined) return undefined;
  return { content, algorithm, signature: bits.content.subarray(1), rest };
}

/** Whether the key made the signature, by an algorithm over a hash that is not broken. */
export function isSignedWith(
  { content, algorithm, signature }: SignedData,
  { key }: PreparedKey,
): boolean {
  const scheme = algorithms[algorithm];
  if (scheme === undefined || key.asymmetricKeyType !== scheme.kind) return false;
  try {
    return verify(scheme.hash, content.whole, key, signature);
  } catch {
    return false;
  }
}
