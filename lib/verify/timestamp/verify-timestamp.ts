import { limits } from '#lib/model/limits.ts';
import {
  type Certificate,
  type CertificateNames,
  namesOf,
  parseCertificate,
} from '#lib/verify/certificate.ts';
import { inconclusive, invalid, isRefusal, type Refusal, untrusted } from '#lib/verify/refusal.ts';
import type { TrustedAuthority } from '#lib/verify/trusted-root.ts';
import { basicConstraintsOf, subjectKeyIdOf } from '#lib/verify/x509/extensions.ts';
import { type CertificatePath, checkPathTimes, findPaths } from '#lib/verify/x509/validate-path.ts';
import {
  isBareToken,
  readSignedData,
  type SignedData,
  type SignerId,
  tokenOfResponse,
} from './signed-data.ts';
import { isAbout, readTimestampInfo } from './timestamp-info.ts';
import { checkTokenSignature } from './token-signature.ts';

/** A token, what it must be about, and whom to believe. */
export interface TimestampQuestion {
  /** DER: an answer of an authority (TimeStampResp), or a token by itself (CMS SignedData). */
  readonly der: Buffer;
  /** What was timestamped: a signature, or the payload of a legacy cosign attestation. */
  readonly over: Uint8Array;
  /** The timestamp authorities of one trust domain. Keep the list: paths are remembered by it. */
  readonly authorities: readonly TrustedAuthority[];
  /** How the domain is called in messages. */
  readonly domain: string;
  /** `token`: an answer around the token is refused, as Notation has it. */
  readonly container?: 'either' | 'token';
}

/** A time that an authority vouches for. */
export interface VerifiedTimestamp {
  readonly at: Date;
  /** Earliest and latest moment that the authority vouches for, milliseconds: time ± accuracy. */
  readonly earliest: number;
  readonly latest: number;
  readonly authority: TrustedAuthority;
  /** URL of the authority, or the fingerprint of its certificate where it has none. */
  readonly by: string;
  readonly signer: Certificate;
  readonly path: CertificatePath;
}

/**
 * Verifies one RFC 3161 timestamp: granted, about these very bytes, signed by a certificate that the
 * token names, that is for timestamps only and leads to an authority of the trust domain, whole chain
 * and authority valid at the time itself. RSA and ECDSA; SHA-1 is refused wherever it decides.
 * @see https://www.rfc-editor.org/rfc/rfc3161
 */
export function verifyTimestamp(question: TimestampQuestion): VerifiedTimestamp | Refusal {
  const { der, over, container = 'either' } = question;
  const token = container === 'token' || isBareToken(der) ? der : tokenOfResponse(der);
  if (isRefusal(token)) return token;
  const data = readSignedData(token);
  if (isRefusal(data)) return data;
  if (data.certificates.length > limits.certificates)
    return inconclusive(
      'limit-exceeded',
      `the timestamp has ${data.certificates.length} certificates`,
    );
  const signer = findSigner(data, question);
  if (isRefusal(signer)) return signer;
  const info = readTimestampInfo(data.content);
  if (isRefusal(info)) return info;
  if (!isAbout(info, over)) return invalid('tsa-bad', 'the timestamp is about something else');
  const path = checkPathTimes(signer.paths, [info.at]);
  if (isRefusal(path)) return invalid('tsa-bad', `the timestamp: ${path.detail}`);
  return {
    at: new Date(info.at),
    earliest: info.at - info.accuracyMs,
    latest: info.at + info.accuracyMs,
    authority: path.authority,
    by: path.authority.url || signer.certificate.fingerprint,
    signer: signer.certificate,
    path,
  };
}

interface TrustedSigner {
  readonly certificate: Certificate;
  readonly paths: readonly CertificatePath[];
}

/**
 * The certificate that signed, from the token or from the trust root, with its paths. Whose token it
 * is comes first: what a stranger wrote badly is a stranger's all the same.
 */
function findSigner(data: SignedData, question: TimestampQuestion): TrustedSigner | Refusal {
  const { authorities, domain } = question;
  // A certificate that cannot be read cannot be the signer, and proves nothing.
  const embedded = data.certificates
    .map(parseCertificate)
    .filter((one): one is Certificate => !isRefusal(one));
  const listed = authorities.flatMap(({ certificates }) => certificates);
  const named = distinct([...listed, ...embedded]).filter((one) => isNamed(one, data.signer.id));
  const refusals: Refusal[] = [];
  for (const certificate of named) {
    const paths = pathsOf(certificate, embedded, question);
    const bad = isRefusal(paths) ? paths : checkTokenSignature(data, certificate);
    if (bad) refusals.push(bad);
    else if (!isRefusal(paths)) return { certificate, paths };
  }
  return (
    refusals.find(({ status }) => status !== 'untrusted') ??
    unusableSigner(data, authorities) ??
    untrusted('tsa-untrusted', `the timestamp is by an authority that ${domain} does not name`)
  );
}

/**
 * Why the certificate that is named cannot be used: one that the trust root lists, or one of the token
 * by a listed authority with a key that is not supported. Such a token is not a stranger's.
 */
function unusableSigner(
  { certificates, signer }: SignedData,
  authorities: readonly TrustedAuthority[],
): Refusal | undefined {
  const listed = authorities.flatMap(({ unusable = [] }) => unusable);
  const issuers = authorities.flatMap((authority) => authority.certificates);
  const embedded = certificates.flatMap((der) => {
    const [refusal, names] = [parseCertificate(der), namesOf(der)];
    const issued = issuers.some(({ subjectDer }) => names && subjectDer.equals(names.issuerDer));
    return isRefusal(refusal) && refusal.status === 'inconclusive' && names && issued
      ? [{ ...names, refusal }]
      : [];
  });
  return [...listed, ...embedded].find((one) => bearsNames(one, signer.id))?.refusal;
}

function pathsOf(
  leaf: Certificate,
  embedded: readonly Certificate[],
  { authorities, domain }: TimestampQuestion,
): readonly CertificatePath[] | Refusal {
  const intermediates = embedded.filter(({ fingerprint }) => fingerprint !== leaf.fingerprint);
  const paths = findPaths({ leaf, intermediates, authorities, domain, purpose: 'timestamping' });
  if (isRefusal(paths)) return paths;
  const own = paths.filter(({ authority }) => maySign(authority, leaf));
  return own.length > 0
    ? own
    : untrusted('tsa-untrusted', `${domain} names another certificate of the timestamp authority`);
}

/** Where a trust root lists the certificate of an authority itself, only that one may sign for it. */
function maySign({ certificates }: TrustedAuthority, signer: Certificate): boolean {
  const ends = certificates.filter((one) => {
    const constraints = basicConstraintsOf(one);
    return one.version > 0 && (constraints === 'malformed' || !constraints?.ca);
  });
  return ends.length === 0 || ends.some(({ fingerprint }) => fingerprint === signer.fingerprint);
}

function isNamed(certificate: Certificate, id: SignerId): boolean {
  if (id.kind === 'key-id') return subjectKeyIdOf(certificate)?.equals(id.keyId) ?? false;
  return bearsNames(certificate, id);
}

const bearsNames = ({ serialNumber, issuerDer }: CertificateNames, id: SignerId): boolean =>
  id.kind === 'issuer-and-serial' &&
  serialNumber.equals(id.serial) &&
  issuerDer.equals(id.issuerDer);

const distinct = (certificates: readonly Certificate[]): readonly Certificate[] => [
  ...new Map(certificates.map((one) => [one.fingerprint, one])).values(),
];
