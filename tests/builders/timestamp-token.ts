import { createHash, sign, X509Certificate } from 'node:crypto';
import { derChildren, readDer } from '#lib/verify/der.ts';
import { der, explicit, generalized, integer, octets, oid, sequence } from './der-writer.ts';
import { type Certified, purposes } from './notation-pki.ts';

const sha256Id = sequence(oid('2.16.840.1.101.3.4.2.1'), Buffer.of(5, 0));
const ids = {
  signedData: '1.2.840.113549.1.7.2',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.47',
} as const;

/** What a token says; by default the present second, exactly. */
export interface TokenOptions {
  readonly at?: Date;
  readonly accuracySeconds?: number;
}

/** The certificate of a timestamp authority. */
export const aTimestampSigner = (
  root: Certified,
  options: Parameters<Certified['issue']>[0] = {},
): Promise<Certified> =>
  root.issue({
    subject: 'C=US,ST=WA,O=acme,CN=time',
    purposes: [purposes.timestamps],
    purposesCritical: true,
    ...options,
  });

/** A bare TimeStampToken (RFC 3161 §2.4.2) over some bytes. */
export function aTimestampToken(
  signer: Certified,
  over: Uint8Array,
  options: TokenOptions = {},
): Buffer {
  const info = timestampInfo(over, options);
  const attributes = [
    attribute(ids.contentType, oid(ids.timestampInfo)),
    attribute(ids.messageDigest, octets(sha256(info))),
    attribute(ids.signingCertificate, sequence(sequence(sequence(octets(sha256(signer.der)))))),
  ].sort(Buffer.compare);
  const signerInfo = sequence(
    der(2, Buffer.of(1)),
    sequence(issuerOf(signer.der), integer(serialOf(signer.der))),
    sha256Id,
    explicit(0, ...attributes),
    sequence(oid('1.2.840.10045.4.3.2')),
    octets(sign('sha256', der(0x31, ...attributes), signer.key)),
  );
  const signed = sequence(
    der(2, Buffer.of(3)),
    der(0x31, sha256Id),
    sequence(oid(ids.timestampInfo), explicit(0, octets(info))),
    explicit(0, ...signer.chain.slice(0, -1)),
    der(0x31, signerInfo),
  );
  return sequence(oid(ids.signedData), explicit(0, signed));
}

function timestampInfo(over: Uint8Array, { at, accuracySeconds }: TokenOptions): Buffer {
  return sequence(
    der(2, Buffer.of(1)),
    oid('1.3.6.1.4.1.57264.2'),
    sequence(sha256Id, octets(sha256(over))),
    integer(4711),
    generalized(at ?? new Date()),
    ...(accuracySeconds === undefined ? [] : [sequence(integer(accuracySeconds))]),
  );
}

const attribute = (id: string, value: Buffer): Buffer => sequence(oid(id), der(0x31, value));
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const serialOf = (certificate: Buffer): Buffer =>
  Buffer.from(new X509Certificate(certificate).serialNumber, 'hex');

function issuerOf(certificate: Buffer): Buffer {
  const whole = readDer(certificate);
  const [tbs] = (whole && derChildren(whole)) ?? [];
  const name = tbs && derChildren(tbs)?.[3];
  if (name === undefined) throw new TypeError('no certificate');
  return Buffer.from(name.whole);
}
