import { X509Certificate } from '@sigstore/core';
import type { Certificate } from './certificate.ts';

type Asn1 = X509Certificate['root'];

/**
 * A certificate in the form that the library underneath reads. The library encodes certificates anew
 * for every comparison and checks the same pair of them again and again; this one remembers both, for
 * as long as it lives. What is decided stays the library's.
 * @throws Error when the bytes are not DER
 */
export function libraryCertificate(der: Uint8Array): X509Certificate {
  const certificate = parseQuietly(der);
  for (const node of nodesEncodedOften(certificate)) {
    let known: Buffer | undefined;
    node.toDER = () => {
      known ??= encode(node);
      return known;
    };
  }
  const verified = new WeakMap<X509Certificate, boolean>();
  certificate.verify = (issuer = certificate) => {
    const known = verified.get(issuer);
    if (known !== undefined) return known;
    // Without an issuer the method means the certificate itself.
    const holds = X509Certificate.prototype.verify.call(certificate, issuer);
    verified.set(issuer, holds);
    return holds;
  };
  // The library takes extensions out of the copy and encodes the rest.
  certificate.clone = () => {
    const copy = parseQuietly(Buffer.from(certificate.root.toDER()));
    for (const node of nodesEncodedOften(copy)) node.toDER = () => encode(node);
    return copy;
  };
  return certificate;
}

const made = new WeakMap<Pick<Certificate, 'der'>, X509Certificate>();

/** The same for a certificate that was read before: made once. */
export function libraryCertificateOf(certificate: Pick<Certificate, 'der'>): X509Certificate {
  const known = made.get(certificate) ?? libraryCertificate(certificate.der);
  made.set(certificate, known);
  return known;
}

/** The whole, what is signed, and where the library looks for the public key. */
const nodesEncodedOften = ({ root }: X509Certificate): readonly Asn1[] =>
  [root, root.subs[0], root.subs[0]?.subs[6]].filter((node) => node !== undefined);

/** Reading tries every octet string as DER and throws a lot: traces of that nobody sees. */
function parseQuietly(der: Uint8Array): X509Certificate {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return X509Certificate.parse(Buffer.from(der));
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** DER of a node (X.690 §8.1, §10.1): what the library's `toDER` gives, without its growing buffers. */
function encode({ tag, subs, value }: Asn1): Buffer {
  const parts = subs.length > 0 ? subs.map(encode) : [value];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.of(tag.toDER()), encodeLength(length), ...parts]);
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  return Buffer.of(0x80 | octets.length, ...octets);
}
