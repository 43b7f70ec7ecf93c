import { type Certificate, extensionIds, extensionOf } from '#lib/verify/certificate.ts';
import { type DerNode, derChildren, derOid, derTags, readDer } from '#lib/verify/der.ts';

/** Object identifiers of extended key usage (RFC 5280 §4.2.1.12). */
export const keyPurposes = {
  codeSigning: '1.3.6.1.5.5.7.3.3',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  any: '2.5.29.37.0',
} as const;

/** Bits of key usage (RFC 5280 §4.2.1.3). */
export const keyUsageBits = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5 } as const;

/** What basic constraints say (RFC 5280 §4.2.1.9). */
export interface BasicConstraints {
  readonly ca: boolean;
  /** How many authorities may stand below; undefined: any number. */
  readonly pathLength?: number;
}

/** The basic constraints; undefined without the extension, `malformed` when it cannot be read. */
export function basicConstraintsOf(
  certificate: Certificate,
): BasicConstraints | 'malformed' | undefined {
  const extension = extensionOf(certificate, extensionIds.basicConstraints);
  if (extension === undefined) return undefined;
  const sequence = readDer(extension.value);
  const parts = sequence?.tag === derTags.sequence ? derChildren(sequence) : undefined;
  if (parts === undefined || parts.length > 2) return 'malformed';
  const flagged = parts[0]?.tag === derTags.boolean;
  const ca = flagged && parts[0]?.content[0] !== 0;
  const length = flagged ? parts[1] : parts[0];
  if (length === undefined) return { ca };
  const pathLength = smallInteger(length);
  return pathLength === undefined ? 'malformed' : { ca, pathLength };
}

/**
 * Whether the key may be used so: undefined without the extension, which allows every use; an
 * extension that cannot be read allows none.
 */
export function keyUsageAllows(
  certificate: Certificate,
  ...bits: readonly number[]
): boolean | undefined {
  const extension = extensionOf(certificate, extensionIds.keyUsage);
  if (extension === undefined) return undefined;
  const node = readDer(extension.value);
  if (node?.tag !== derTags.bitString) return false;
  return bits.some((bit) => ((node.content[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

/** The purposes; undefined without the extension. One that cannot be read names no purpose. */
export function keyPurposesOf(certificate: Certificate): readonly string[] | undefined {
  const extension = extensionOf(certificate, extensionIds.extendedKeyUsage);
  if (extension === undefined) return undefined;
  const sequence = readDer(extension.value);
  const purposes = sequence && derChildren(sequence)?.map(derOid);
  return purposes?.every((purpose) => purpose !== undefined) ? purposes : [];
}

/** The subject key identifier (RFC 5280 §4.2.1.2), by which CMS may name a signer. */
export function subjectKeyIdOf(certificate: Certificate): Buffer | undefined {
  const extension = extensionOf(certificate, extensionIds.subjectKeyIdentifier);
  const node = extension && readDer(extension.value);
  return node?.tag === derTags.octetString ? node.content : undefined;
}

/** A non-negative INTEGER below 2³¹; undefined for anything else. */
export function smallInteger({
  tag,
  content,
}: Pick<DerNode, 'tag' | 'content'>): number | undefined {
  if (tag !== derTags.integer || content.length === 0 || content.length > 4) return undefined;
  const value = content.readIntBE(0, content.length);
  return value < 0 ? undefined : value;
}
