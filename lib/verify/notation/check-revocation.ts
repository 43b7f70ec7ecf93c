import { limits } from '#lib/model/limits.ts';
import type { RevocationAnswer, RevocationQuestion } from '#lib/model/revocation.ts';
import { type Certificate, extensionOf } from '#lib/verify/certificate.ts';
import { derChildren, derOid, readDer } from '#lib/verify/der.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { inconclusive, invalid, type Refusal } from '#lib/verify/refusal.ts';
import { nameText } from '#lib/verify/x509/distinguished-name.ts';
import { basicConstraintsOf } from '#lib/verify/x509/extensions.ts';
import { isDeltaOf, type RevocationList, readCrl, statusInLists } from './crl.ts';
import { distributionPoints, uris } from './der-values.ts';
import { ocspRequest, type RevocationStatus, readOcspAnswer } from './ocsp.ts';

const ids = {
  authorityInformation: '1.3.6.1.5.5.7.1.1',
  ocsp: '1.3.6.1.5.5.7.48.1',
  distributionPoints: '2.5.29.31',
  freshest: '2.5.29.46',
} as const;

/** Answers that are at hand, by the key of their question. */
export type RevocationAnswers = ReadonlyMap<string, RevocationAnswer>;

/** How a chain stands. `lacks` names answers that would tell more; then nothing is decided. */
export interface RevocationOutcome {
  readonly refusal?: Refusal;
  readonly lacks: readonly RevocationQuestion[];
  /** Milliseconds until when the answers hold. */
  readonly until: number;
  readonly detail: string;
}

interface Asked {
  readonly answers: RevocationAnswers;
  readonly now: number;
  /** When it was signed, where something trusted says so; milliseconds. */
  readonly signedAt?: number | undefined;
}

/** What one certificate comes to; without an address to ask it cannot be revoked. */
type CertificateOutcome =
  | RevocationStatus
  | { readonly status: 'not-revocable' }
  | { readonly status: 'lacking'; readonly questions: readonly RevocationQuestion[] };

/**
 * Checks every certificate below the root: by OCSP, and by revocation lists where OCSP tells nothing.
 * Addresses come from the certificates, so this is asked only once the chain leads to a trust store.
 * @see https://github.com/notaryproject/specifications/blob/main/specs/trust-store-trust-policy.md#certificate-revocation-evaluation
 */
export function checkRevocation(chain: readonly Certificate[], asked: Asked): RevocationOutcome {
  const found = chain.slice(0, -1).map((certificate, index) => ({
    certificate,
    // The slice leaves out the root, so there is an issuer above each.
    outcome: statusOf(certificate, chain[index + 1] ?? certificate, asked),
  }));
  const lacks = found.flatMap(({ outcome }) =>
    outcome.status === 'lacking' ? outcome.questions : [],
  );
  const revocable = found.filter(({ outcome }) => outcome.status !== 'not-revocable').length;
  const until = Math.min(
    revocable === 0 ? Number.POSITIVE_INFINITY : asked.now + limits.revocationMaxAgeMs,
    ...found.flatMap(({ outcome }) => ('until' in outcome ? outcome.until : [])),
  );
  const base = { lacks, until };
  for (const { certificate, outcome } of found)
    if (outcome.status === 'revoked' && !isBefore(asked.signedAt, outcome)) {
      const at = new Date(outcome.at).toISOString();
      const detail = `the certificate ${subjectText(certificate)} was revoked on ${at}`;
      return { ...base, lacks: [], detail, refusal: invalid('cert-revoked', detail) };
    }
  const open = found.flatMap(({ certificate, outcome }) => {
    if (outcome.status === 'unknown') return [`${subjectText(certificate)}: ${outcome.detail}`];
    return outcome.status === 'lacking' ? [`${subjectText(certificate)}: not asked yet`] : [];
  });
  if (open.length > 0)
    return { ...base, detail: open.join('; '), refusal: unknownRevocation(open.join('; ')) };
  return {
    ...base,
    detail:
      revocable === 0
        ? 'no certificate names an address to ask'
        : `${revocable} of ${found.length} certificates below the root were asked about and stand`,
  };
}

const unknownRevocation = (detail: string): Refusal =>
  inconclusive(
    'revocation-unknown',
    `revocation could not be checked, for which level strict refuses: ${detail}`,
  );

/** Revoked since a date after the signature (RFC 5280 §5.3.2): it still counted when it signed. */
const isBefore = (
  signedAt: number | undefined,
  { invalidFrom }: Extract<RevocationStatus, { status: 'revoked' }>,
): boolean => signedAt !== undefined && invalidFrom !== undefined && signedAt < invalidFrom;

function statusOf(certificate: Certificate, issuer: Certificate, asked: Asked): CertificateOutcome {
  const ocsp = byOcsp(certificate, issuer, asked);
  if (ocsp.status !== 'unknown' && ocsp.status !== 'not-revocable') return ocsp;
  const crl = byLists(certificate, issuer, asked);
  if (ocsp.status === 'not-revocable') return crl;
  if (crl.status === 'not-revocable') return ocsp;
  return crl.status === 'unknown'
    ? { status: 'unknown', detail: `${ocsp.detail}; ${crl.detail}` }
    : crl;
}

/** Asks one responder after the other until one tells anything about the certificate. */
function byOcsp(
  certificate: Certificate,
  issuer: Certificate,
  { answers, now }: Asked,
): CertificateOutcome {
  const urls = ocspAddresses(certificate);
  const details: string[] = [];
  for (const url of urls.slice(0, limits.revocationAddresses)) {
    const request = ocspRequest(certificate, issuer);
    const key = `ocsp ${url} ${sha256(request).toString('hex')}`;
    const answer = isWeb(url) ? answers.get(key) : notAsked(key);
    if (answer === undefined)
      return { status: 'lacking', questions: [{ key, kind: 'ocsp', url, request }] };
    const status: RevocationStatus =
      answer.outcome === 'failed'
        ? { status: 'unknown', detail: answer.detail }
        : readOcspAnswer(Buffer.from(answer.bytes), certificate, issuer, now);
    if (status.status !== 'unknown') return status;
    details.push(`OCSP at ${url}: ${status.detail}`);
  }
  return details.length === 0
    ? { status: 'not-revocable' }
    : { status: 'unknown', detail: details.join('; ') };
}

/** Every list counts, since lists at several addresses may be about different reasons. */
function byLists(certificate: Certificate, issuer: Certificate, asked: Asked): CertificateOutcome {
  const urls = addressesIn(certificate, ids.distributionPoints);
  if (urls.length === 0) return { status: 'not-revocable' };
  if (urls.length > limits.revocationAddresses)
    return { status: 'unknown', detail: `it names ${urls.length} revocation lists` };
  const outcomes = urls.map((url) => byList(certificate, issuer, url, asked));
  const questions = outcomes.flatMap((one) => (one.status === 'lacking' ? one.questions : []));
  const revoked = outcomes.find(({ status }) => status === 'revoked');
  if (revoked) return revoked;
  if (questions.length > 0) return { status: 'lacking', questions };
  return (
    outcomes.find(({ status }) => status === 'unknown') ??
    outcomes.reduce((one, other) =>
      'until' in one && 'until' in other && other.until < one.until ? other : one,
    )
  );
}

function byList(
  certificate: Certificate,
  issuer: Certificate,
  url: string,
  asked: Asked,
): CertificateOutcome {
  const read = (address: string) => listAt(address, certificate, issuer, url, asked);
  const base = read(url);
  if (!isList(base)) return base;
  const serial = certificate.serialNumber;
  if (base.freshest.length === 0)
    return addressesIn(certificate, ids.freshest).length > 0
      ? unknownList(url, 'its delta list is named by the certificate alone')
      : statusInLists(serial, [base]);
  let last: CertificateOutcome = unknownList(url, 'its delta list cannot be had');
  for (const address of base.freshest.slice(0, limits.revocationAddresses)) {
    const delta = read(address);
    if (isList(delta))
      return isDeltaOf(delta, base)
        ? statusInLists(serial, [base, delta])
        : unknownList(address, 'it is no delta of the base list');
    if (delta.status === 'lacking') return delta;
    last = delta;
  }
  return last;
}

function listAt(
  address: string,
  certificate: Certificate,
  issuer: Certificate,
  url: string,
  { answers, now }: Asked,
): RevocationList | Exclude<CertificateOutcome, { status: 'good' | 'revoked' }> {
  const key = `crl ${address}`;
  const answer = isWeb(address) ? answers.get(key) : notAsked(key);
  if (answer === undefined)
    return { status: 'lacking', questions: [{ key, kind: 'crl', url: address }] };
  if (answer.outcome === 'failed') return unknownList(address, answer.detail);
  const constraints = basicConstraintsOf(certificate);
  const isAuthority = constraints !== 'malformed' && constraints?.ca === true;
  const question = { issuer, url, now, isAuthority };
  const list = readCrl(Buffer.from(answer.bytes), question);
  return typeof list === 'string' ? unknownList(address, list) : list;
}

const unknownList = (url: string, why: string) =>
  ({ status: 'unknown', detail: `revocation list at ${url}: ${why}` }) as const;

const isList = (value: RevocationList | CertificateOutcome): value is RevocationList =>
  !('status' in value);

const notAsked = (key: string): RevocationAnswer => ({
  key,
  outcome: 'failed',
  detail: 'only http and https addresses are asked',
});

const isWeb = (url: string): boolean => /^https?:\/\//i.test(url) && URL.canParse(url);

function addressesIn(certificate: Certificate, oid: string): readonly string[] {
  const extension = extensionOf(certificate, oid);
  return extension === undefined ? [] : distributionPoints(extension.value);
}

/** Responders named in AuthorityInfoAccess (RFC 5280 §4.2.2.1). */
function ocspAddresses(certificate: Certificate): readonly string[] {
  const extension = extensionOf(certificate, ids.authorityInformation);
  const list = extension && readDer(extension.value);
  return ((list && derChildren(list)) ?? []).flatMap((access) => {
    const [method, ...location] = derChildren(access) ?? [];
    return (method && derOid(method)) === ids.ocsp ? uris(location) : [];
  });
}

const subjectText = ({ subjectDer }: Certificate): string => nameText(subjectDer) ?? 'without name';
