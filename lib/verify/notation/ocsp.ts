import { createHash } from 'node:crypto';
import { type Certificate, parseCertificate } from '#lib/verify/certificate.ts';
import { type DerNode, derChildren, derOid, derTags, readDer } from '#lib/verify/der.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import { isSignedBy } from '#lib/verify/x509/certificate-signature.ts';
import { keyPurposesOf } from '#lib/verify/x509/extensions.ts';
import { derTime, readDataExtensions } from './der-values.ts';
import { isSignedWith, readSignedData, type SignedData } from './signed-data.ts';

/** What an answer says of one certificate, or why it says nothing. Times in milliseconds. */
export type RevocationStatus =
  | { readonly status: 'good'; readonly until: number }
  | {
      readonly status: 'revoked';
      readonly at: number;
      readonly invalidFrom?: number;
      readonly until: number;
    }
  | { readonly status: 'unknown'; readonly detail: string };

const unknown = (detail: string): RevocationStatus => ({ status: 'unknown', detail });

/** Clocks of responders may run ahead of ours by this much. */
const skewMs = 5 * 60_000;
const ocspSigning = '1.3.6.1.5.5.7.3.9';
const basicResponse = '1.3.6.1.5.5.7.48.1.1';
const invalidityDate = '2.5.29.24';

/** Hashes by which a CertID may name an issuer. SHA-1 only names here; it proves nothing. */
const idHashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
};

/**
 * The request for one certificate (RFC 6960 §4.1) without a nonce, so that equal questions have equal
 * answers. The issuer is named by SHA-1, since most responders know no other.
 */
export function ocspRequest(certificate: Certificate, issuer: Certificate): Buffer {
  const identifier = der(0x30, Buffer.from('06052b0e03021a', 'hex'), Buffer.of(5, 0));
  const certId = der(
    0x30,
    identifier,
    der(4, hash('sha1', issuer.subjectDer)),
    der(4, hash('sha1', keyBits(issuer))),
    der(2, certificate.serialNumber),
  );
  return der(0x30, der(0x30, der(0x30, der(0x30, certId))));
}

/** Reads and verifies an answer about a certificate at a time. */
export function readOcspAnswer(
  bytes: Buffer,
  certificate: Certificate,
  issuer: Certificate,
  now: number,
): RevocationStatus {
  const signed = readResponse(bytes);
  if (typeof signed === 'string') return unknown(signed);
  if (!isAuthentic(signed, issuer, now))
    return unknown('the answer is not signed by the issuer or its responder');
  const fields = derChildren(signed.content) ?? [];
  const responses = fields.findLast(({ tag }) => tag === derTags.sequence);
  const single = ((responses && derChildren(responses)) ?? []).find((one) =>
    isAbout(one, certificate, issuer),
  );
  return single === undefined
    ? unknown('the answer is about another certificate')
    : statusOf(single, now);
}

function readResponse(bytes: Buffer): SignedData | string {
  const [status, wrapper] = childrenOf(readDer(bytes)) ?? [];
  if (status?.tag !== 0x0a) return 'the answer is malformed';
  if (status.content[0] !== 0) return `the responder answers with error ${status.content[0]}`;
  const [type, octets] = childrenOf(wrapper && readDer(wrapper.content)) ?? [];
  if ((type && derOid(type)) !== basicResponse || octets?.tag !== derTags.octetString)
    return 'the answer is of another type';
  return readSignedData(octets.content) ?? 'the answer is malformed';
}

/** Signed by the issuer, or by a certificate that it issued for signing such answers (RFC 6960 §4.2.2.2). */
function isAuthentic(signed: SignedData, issuer: Certificate, now: number): boolean {
  if (isSignedWith(signed, issuer.key)) return true;
  const wrapper = signed.rest.find(({ tag }) => tag === 0xa0);
  const list = wrapper && readDer(wrapper.content);
  return ((list && derChildren(list)) ?? []).slice(0, 4).some((node) => {
    const responder = parseCertificate(node.whole);
    return (
      !isRefusal(responder) &&
      responder.issuerDer.equals(issuer.subjectDer) &&
      isSignedBy(responder, issuer) &&
      (keyPurposesOf(responder)?.includes(ocspSigning) ?? false) &&
      responder.notBefore <= now &&
      now <= responder.notAfter &&
      isSignedWith(signed, responder.key)
    );
  });
}

function isAbout(single: DerNode, certificate: Certificate, issuer: Certificate): boolean {
  const [certId] = derChildren(single) ?? [];
  const [identifier, name, key, serial] = childrenOf(certId) ?? [];
  const [id] = childrenOf(identifier) ?? [];
  const algorithm = idHashes[(id && derOid(id)) ?? ''];
  return (
    algorithm !== undefined &&
    name?.content.equals(hash(algorithm, issuer.subjectDer)) === true &&
    key?.content.equals(hash(algorithm, keyBits(issuer))) === true &&
    serial?.tag === derTags.integer &&
    serial.content.equals(certificate.serialNumber)
  );
}

function statusOf(single: DerNode, now: number): RevocationStatus {
  const [, status, thisUpdate, ...rest] = derChildren(single) ?? [];
  const from = thisUpdate && derTime(thisUpdate);
  if (status === undefined || from === undefined) return unknown('the answer is malformed');
  const until = timeIn(rest.find(({ tag }) => tag === 0xa0));
  if (until === undefined) return unknown('the answer does not say until when it holds');
  if (from > now + skewMs || now > until) return unknown('the answer is out of date');
  if (status.tag === 0x80) return { status: 'good', until };
  if (status.tag !== 0xa1) return unknown('the responder does not know the certificate');
  const wrapper = rest.find(({ tag }) => tag === 0xa1);
  const invalidFrom = wrapper && invalidityIn(readDer(wrapper.content));
  const [time] = derChildren(status) ?? [];
  return {
    status: 'revoked',
    at: (time && derTime(time)) ?? from,
    until,
    ...(invalidFrom !== undefined && { invalidFrom }),
  };
}

/** The time inside an explicitly tagged value. */
function timeIn(wrapper: DerNode | undefined): number | undefined {
  const node = wrapper && readDer(wrapper.content);
  return node && derTime(node);
}

/** The time since when a revoked certificate is not to be believed (RFC 5280 §5.3.2). */
export function invalidityIn(list: DerNode | undefined): number | undefined {
  const extension = (list && readDataExtensions(list))?.find(({ oid }) => oid === invalidityDate);
  const node = extension && readDer(extension.value);
  return node && derTime(node);
}

const hash = (algorithm: string, bytes: Buffer): Buffer =>
  createHash(algorithm).update(bytes).digest();

/** The key as a CertID hashes it: the bits of subjectPublicKey without their count of unused ones. */
function keyBits({ spkiDer }: Certificate): Buffer {
  const [, bits] = childrenOf(readDer(spkiDer)) ?? [];
  return bits?.content.subarray(1) ?? Buffer.alloc(0);
}

const childrenOf = (node: DerNode | undefined): readonly DerNode[] | undefined =>
  node && derChildren(node);

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const octets = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...octets), content]);
}
