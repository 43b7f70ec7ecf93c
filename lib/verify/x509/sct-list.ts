import { type Certificate, extensionIds, extensionOf } from '#lib/verify/certificate.ts';
import { type DerNode, derChildren, derTags, readDer } from '#lib/verify/der.ts';
import type { HashName } from '#lib/verify/keys.ts';

/** A promise of a certificate log (RFC 6962 §3.2). Nothing in it is verified yet. */
export interface CertificateTimestamp {
  readonly version: number;
  /** Hex. */
  readonly logId: string;
  /** Milliseconds; NaN where the number is no time. */
  readonly at: number;
  /** The eight bytes of the time, as they are signed. */
  readonly timestamp: Buffer;
  /** Signed too; static logs put the place of the entry there. */
  readonly extensions: Buffer;
  /** Undefined for hashes that are refused. */
  readonly hash: HashName | undefined;
  readonly signature: Buffer;
}

/** TLS names of hashes (RFC 5246 §7.4.1.4.1); what is older than SHA-256 is left out. */
const hashes: Readonly<Record<number, HashName>> = { 4: 'sha256', 5: 'sha384', 6: 'sha512' };

/** The timestamps that the certificate embeds: none without the extension, undefined when malformed. */
export function embeddedTimestamps(
  certificate: Certificate,
): readonly CertificateTimestamp[] | undefined {
  const extension = extensionOf(certificate, extensionIds.signedCertificateTimestamps);
  if (extension === undefined) return [];
  const outer = readDer(extension.value);
  if (outer?.tag !== derTags.octetString) return undefined;
  const list = vector(outer.content);
  if (list === undefined || list.rest.length > 0) return undefined;
  const found: CertificateTimestamp[] = [];
  for (let rest = list.value; rest.length > 0; ) {
    const item = vector(rest);
    const parsed = item && readTimestamp(item.value);
    if (item === undefined || parsed === undefined) return undefined;
    found.push(parsed);
    rest = item.rest;
  }
  return found;
}

/** Reads one timestamp in TLS encoding that fills the bytes; undefined when malformed. */
export function readTimestamp(bytes: Buffer): CertificateTimestamp | undefined {
  if (bytes.length < 41) return undefined;
  const timestamp = bytes.subarray(33, 41);
  const extensions = vector(bytes.subarray(41));
  if (extensions === undefined || extensions.rest.length < 2) return undefined;
  const signature = vector(extensions.rest.subarray(2));
  if (signature === undefined || signature.rest.length > 0) return undefined;
  const millis = timestamp.readBigUInt64BE();
  return {
    version: bytes.readUInt8(0),
    logId: bytes.toString('hex', 1, 33),
    at: millis <= 8_640_000_000_000_000n ? Number(millis) : Number.NaN,
    timestamp,
    extensions: extensions.value,
    hash: hashes[extensions.rest.readUInt8(0)],
    signature: signature.value,
  };
}

/**
 * What a log saw before the certificate existed: the signed part without the extension that holds the
 * timestamps (RFC 6962 §3.2). Every other byte stays as it is. Undefined when it cannot be taken apart.
 */
export function precertificateOf({ tbsDer, extensions }: Certificate): Buffer | undefined {
  const tbs = readDer(tbsDer);
  const wrapper = tbs && derChildren(tbs)?.at(-1);
  const place = extensions.findIndex(({ oid }) => oid === extensionIds.signedCertificateTimestamps);
  if (tbs === undefined || wrapper === undefined || place < 0) return tbs?.whole;
  // The extensions come last.
  const list = wrapper.tag === 0xa3 ? readDer(wrapper.content) : undefined;
  const timestamps = list && derChildren(list)?.[place];
  if (list === undefined || timestamps === undefined) return undefined;
  const before = cut(tbs.content, wrapper)[0];
  if (extensions.length === 1) return encode(derTags.sequence, before);
  const kept = encode(derTags.sequence, ...cut(list.content, timestamps));
  return encode(derTags.sequence, before, encode(wrapper.tag, kept));
}

/** What stands before and behind a value. */
function cut(bytes: Buffer, { whole }: DerNode): readonly [Buffer, Buffer] {
  const begin = whole.byteOffset - bytes.byteOffset;
  return [bytes.subarray(0, begin), bytes.subarray(begin + whole.length)];
}

/** A DER value (X.690 §8.1.3, §10.1). */
function encode(tag: number, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), ...parts]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  return Buffer.concat([Buffer.of(tag, 0x80 | octets.length, ...octets), ...parts]);
}

/** A TLS vector with a length of two bytes, and what follows it. */
function vector(bytes: Buffer): { readonly value: Buffer; readonly rest: Buffer } | undefined {
  if (bytes.length < 2) return undefined;
  const end = 2 + bytes.readUInt16BE(0);
  if (end > bytes.length) return undefined;
  return { value: bytes.subarray(2, end), rest: bytes.subarray(end) };
}
