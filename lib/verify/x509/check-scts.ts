import type { Certificate } from '#lib/verify/certificate.ts';
import { sha256 } from '#lib/verify/fingerprint.ts';
import { invalid, isRefusal, type Refusal, untrusted } from '#lib/verify/refusal.ts';
import { checkSignature } from '#lib/verify/signature.ts';
import type { TrustedLog } from '#lib/verify/trusted-root.ts';
import {
  type CertificateTimestamp,
  embeddedTimestamps,
  precertificateOf,
  readTimestamp,
} from './sct-list.ts';

/** A certificate and the logs of the trust domain that may vouch for it. */
export interface SctQuestion {
  readonly leaf: Certificate;
  /** The certificate whose key signed the leaf: its key is part of what a log signs. */
  readonly issuer: Certificate;
  readonly logs: readonly TrustedLog[];
  /** How the domain is called in messages. */
  readonly domain: string;
  /** How many different logs must vouch; 1 where nothing else is said. */
  readonly threshold?: number;
  /** A timestamp that came beside the certificate (`cosign --sct`), in TLS encoding. */
  readonly detached?: Buffer;
}

/** The logs that vouch for the certificate, each once. */
export interface LoggedCertificate {
  readonly logs: readonly { readonly url: string; readonly at: Date }[];
  /** Why other promises were passed over: by strangers, out of their time, or not holding. */
  readonly passedOver: readonly Refusal[];
}

/**
 * Demands that enough of the certificate logs of a trust domain vouch for the certificate
 * (RFC 6962 §3.2). Logs that the domain does not name are passed over, and so is a promise that does
 * not hold while another does; one by a log that had closed does not count.
 */
export function checkScts(question: SctQuestion): LoggedCertificate | Refusal {
  const { leaf, domain, threshold = 1 } = question;
  const embedded = embeddedTimestamps(leaf);
  const detached = question.detached && readTimestamp(question.detached);
  if (embedded === undefined || (question.detached && detached === undefined))
    return invalid('sct-bad', 'the certificate log proof cannot be read');
  const promises = [
    ...embedded.map((promise) => ({ promise, entry: precertificateEntry(question) })),
    ...(detached ? [{ promise: detached, entry: certificateEntry(leaf) }] : []),
  ];
  if (promises.length === 0)
    return invalid('sct-missing', 'the certificate carries no proof of a certificate log');

  const vouching = new Map<string, { url: string; at: Date }>();
  const refusals: Refusal[] = [];
  for (const { promise, entry } of promises) {
    const log = checkPromise(promise, entry, question);
    if (isRefusal(log)) refusals.push(log);
    else vouching.set(promise.logId, { url: log.url, at: new Date(promise.at) });
  }
  if (vouching.size >= threshold) return { logs: [...vouching.values()], passedOver: refusals };
  return (
    refusals.find(({ status }) => status === 'invalid') ??
    refusals.find(({ status }) => status === 'inconclusive') ??
    refusals[0] ??
    invalid('sct-missing', `${vouching.size} certificate logs of ${domain} vouch, not ${threshold}`)
  );
}

function checkPromise(
  promise: CertificateTimestamp,
  entry: Buffer | undefined,
  { logs, domain }: SctQuestion,
): TrustedLog | Refusal {
  const known = logs.filter(({ ids }) => ids.includes(promise.logId));
  if (known.length === 0)
    return untrusted('sct-unknown-log', `${domain} does not name the certificate log`);
  const log = known.find(({ from, until }) => promise.at >= from && promise.at <= until);
  if (log === undefined)
    return invalid('sct-bad', 'the certificate log was not valid when it vouched');
  if (promise.version !== 0 || promise.hash === undefined || entry === undefined)
    return invalid('sct-bad', 'the certificate log proof is of an unknown version or hash');
  if (isRefusal(log.key)) return log.key;
  const signed = Buffer.concat([
    // Version, and signature type certificate_timestamp.
    Buffer.of(promise.version, 0),
    promise.timestamp,
    entry,
    lengthOf(promise.extensions, 2),
    promise.extensions,
  ]);
  const result = checkSignature(
    { ...log.key, hash: promise.hash },
    { kind: 'bytes', bytes: signed },
    promise.signature,
    'dsse',
  );
  if (isRefusal(result)) return result;
  return result.holds
    ? log
    : invalid('sct-bad', 'the certificate log did not vouch for this certificate');
}

/** Entry of the type precert_entry: the key of the issuer binds it to one authority. */
function precertificateEntry({ leaf, issuer }: SctQuestion): Buffer | undefined {
  const tbs = precertificateOf(leaf);
  return tbs && Buffer.concat([Buffer.of(0, 1), sha256(issuer.spkiDer), lengthOf(tbs, 3), tbs]);
}

/** Entry of the type x509_entry: the certificate as it is. */
const certificateEntry = ({ der }: Certificate): Buffer =>
  Buffer.concat([Buffer.of(0, 0), lengthOf(der, 3), der]);

function lengthOf({ length }: Buffer, octets: number): Buffer {
  const bytes = Buffer.alloc(octets);
  bytes.writeUIntBE(length, 0, octets);
  return bytes;
}
