import { createHash, type KeyObject, sign, X509Certificate } from 'node:crypto';
import type { RevocationAnswer, RevocationQuestion } from '#lib/model/revocation.ts';
import { derChildren, readDer } from '#lib/verify/der.ts';
import {
  bits,
  der,
  explicit,
  extension,
  generalized,
  integer,
  octets,
  oid,
  sequence,
  utc,
} from './der-writer.ts';
import type { Certified } from './notation-pki.ts';

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const minute = 60_000;

/** When an answer was made and until when it holds; by default a minute ago and in an hour. */
interface Times {
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date | null;
}

/** One revoked certificate. */
export interface RevokedEntry {
  readonly serial: Uint8Array;
  readonly at?: Date;
  readonly reason?: number;
  readonly invalidFrom?: Date;
  readonly extra?: readonly Buffer[];
}

/** A revocation list. */
export interface CrlOptions extends Times {
  readonly revoked?: readonly RevokedEntry[];
  readonly number?: number;
  /** Makes it a delta of the base list with this number. */
  readonly base?: number;
  readonly freshest?: string;
  /** Content of IssuingDistributionPoint. */
  readonly point?: readonly Buffer[];
  readonly extra?: readonly Buffer[];
  readonly key?: KeyObject;
}

const subjectOf = (certificate: Buffer): Buffer => fieldOf(certificate, 5);
const spkiOf = (certificate: Buffer): Buffer => fieldOf(certificate, 6);

function fieldOf(certificate: Buffer, index: number): Buffer {
  const whole = readDer(certificate);
  const [tbs] = (whole && derChildren(whole)) ?? [];
  const field = tbs && derChildren(tbs)?.[index];
  if (field === undefined) throw new TypeError('no certificate');
  return Buffer.from(field.whole);
}

const uriPoint = (url: string): Buffer =>
  sequence(sequence(explicit(0, explicit(0, der(0x86, Buffer.from(url))))));

/** A list as its issuer publishes it. */
export function aCrl(issuer: Certified, options: CrlOptions = {}): Buffer {
  const {
    thisUpdate = new Date(Date.now() - minute),
    nextUpdate = new Date(Date.now() + 60 * minute),
  } = options;
  const entries = (options.revoked ?? []).map(({ serial, at, reason, invalidFrom, extra = [] }) => {
    const extensions = [
      ...(reason === undefined ? [] : [extension('2.5.29.21', der(0x0a, Buffer.of(reason)))]),
      ...(invalidFrom ? [extension('2.5.29.24', generalized(invalidFrom))] : []),
      ...extra,
    ];
    return sequence(
      integer(serial),
      utc(at ?? new Date(Date.now() - 10 * minute)),
      ...(extensions.length > 0 ? [sequence(...extensions)] : []),
    );
  });
  const extensions = [
    extension('2.5.29.20', integer(options.number ?? 7)),
    ...(options.base === undefined ? [] : [extension('2.5.29.27', integer(options.base), true)]),
    ...(options.freshest ? [extension('2.5.29.46', uriPoint(options.freshest))] : []),
    ...(options.point ? [extension('2.5.29.28', sequence(...options.point), true)] : []),
    ...(options.extra ?? []),
  ];
  const tbs = sequence(
    der(2, Buffer.of(1)),
    ecdsaWithSha256,
    subjectOf(issuer.der),
    utc(thisUpdate),
    ...(nextUpdate ? [utc(nextUpdate)] : []),
    ...(entries.length > 0 ? [der(0x30, Buffer.concat(entries))] : []),
    explicit(0, sequence(...extensions)),
  );
  return sequence(tbs, ecdsaWithSha256, bits(sign('sha256', tbs, options.key ?? issuer.key)));
}

/** An IssuingDistributionPoint that names an address. */
export const pointAt = (url: string): Buffer =>
  explicit(0, explicit(0, der(0x86, Buffer.from(url))));

/** An answer of a responder. */
export interface OcspOptions extends Times {
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly at?: Date;
  readonly invalidFrom?: Date;
  /** Another certificate that answers for the issuer. */
  readonly responder?: Certified;
  readonly key?: KeyObject;
  /** The certificate that the answer is about. */
  readonly about?: Certified;
}

/** An answer about a certificate (RFC 6960 §4.2). */
export function anOcspAnswer(issuer: Certified, certificate: Certified, options: OcspOptions = {}) {
  const {
    status = 'good',
    thisUpdate = new Date(Date.now() - minute),
    nextUpdate = new Date(Date.now() + 60 * minute),
    at = new Date(Date.now() - 10 * minute),
  } = options;
  const statuses = {
    good: der(0x80),
    revoked: explicit(1, generalized(at)),
    unknown: der(0x82),
  };
  const single = sequence(
    certId(issuer, options.about ?? certificate),
    statuses[status],
    generalized(thisUpdate),
    ...(nextUpdate ? [explicit(0, generalized(nextUpdate))] : []),
    ...(options.invalidFrom
      ? [explicit(1, sequence(extension('2.5.29.24', generalized(options.invalidFrom))))]
      : []),
  );
  const responder = options.responder ?? issuer;
  const data = sequence(
    explicit(1, subjectOf(responder.der)),
    generalized(thisUpdate),
    sequence(single),
  );
  const signature = bits(sign('sha256', data, options.key ?? responder.key));
  const certificates = options.responder ? [explicit(0, sequence(options.responder.der))] : [];
  const basic = sequence(data, ecdsaWithSha256, signature, ...certificates);
  return sequence(
    der(0x0a, Buffer.of(0)),
    explicit(0, sequence(oid('1.3.6.1.5.5.7.48.1.1'), octets(basic))),
  );
}

function certId(issuer: Certified, certificate: Certified): Buffer {
  const hash = (bytes: Uint8Array) => octets(createHash('sha1').update(bytes).digest());
  const spki = readDer(spkiOf(issuer.der));
  const key = (spki && derChildren(spki)?.[1]?.content.subarray(1)) ?? Buffer.alloc(0);
  const serial = Buffer.from(new X509Certificate(certificate.der).serialNumber, 'hex');
  return sequence(
    sequence(oid('1.3.14.3.2.26'), Buffer.of(5, 0)),
    hash(subjectOf(issuer.der)),
    hash(key),
    integer(serial),
  );
}

/** The responder that says so: nothing was wrong with the request, but there is no answer. */
export const ocspError = (status: number): Buffer => sequence(der(0x0a, Buffer.of(status)));

/** Answers out of bytes by address; an address without any fails. */
export const answersFrom =
  (bytes: Readonly<Record<string, Buffer>>) =>
  (question: RevocationQuestion): RevocationAnswer => {
    const found = bytes[question.url];
    return found === undefined
      ? { key: question.key, outcome: 'failed', detail: 'it does not answer' }
      : { key: question.key, outcome: 'answered', bytes: found };
  };
