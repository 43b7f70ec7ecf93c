import type { ReasonCode } from '#lib/model/reasons.ts';
import type { Check, LogEntry, Signer, VerifiedTime } from '#lib/model/verdict.ts';
import type { Artifact } from './artifact.ts';
import type { Certificate } from './certificate.ts';
import { CheckLog } from './checks.ts';
import { type Claim, checkClaim } from './claim.ts';
import type { Demands } from './demands.ts';
import { signerOf } from './fulcio.ts';
import { checkKeyWindow, type PreparedKey } from './keys.ts';
import { type ProvenTime, proveTime, type TimeQuestion } from './prove-time.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from './refusal.ts';
import { compareOpinions } from './second-opinion.ts';
import { checkSignature } from './signature.ts';
import { signedContentOf } from './signed-content.ts';
import type { SignedItem } from './signed-item.ts';
import type { TrustDomain } from './trusted-root.ts';
import { checkScts } from './x509/check-scts.ts';
import { type CertificatePath, checkPathTimes, findPaths } from './x509/validate-path.ts';

/** How far the cryptography of one signature holds, before anyone asks whom to believe. */
export interface Examination {
  readonly checks: readonly Check[];
  /** Absent when everything holds. */
  readonly refusal?: Refusal;
  readonly signer?: Signer;
  /** What the signed content says; there once signature and claim hold. */
  readonly claim?: Claim;
  readonly times: readonly VerifiedTime[];
  readonly log?: LogEntry;
  /** Until when it holds, ISO 8601, where it was judged by the present for want of a proven time. */
  readonly holdsUntil?: string;
}

/** True when the signature was not made with the key: then nothing else is said of it. */
export const isOtherKey = ({ claim, refusal }: Examination): boolean =>
  claim === undefined && refusal?.reason === 'signature-bad';

/** Examines a signature by the certificate that it carries, within one trust domain. */
export function examineCertificate(
  item: SignedItem,
  domain: TrustDomain,
  demands: Demands,
): Examination {
  const log = new CheckLog();
  const leaf = item.certificate;
  if (leaf === undefined)
    return refused(
      log,
      log.failed('key', inconclusive('key-unresolvable', 'it carries no certificate')),
    );
  log.skipped('key', 'the key is the one of the certificate');
  const signer = signerOf(leaf);
  if (isRefusal(signer)) return refused(log, log.failed('certificate-usage', signer));
  const claim = signatureAndClaim(item, leaf.key, demands.artifact, log);
  if (isRefusal(claim)) return refused(log, claim, { signer });

  const question = { item, key: leaf.key, domain, demands, log };
  const placed = placeCertificate(question, leaf);
  const refusal = isRefusal(placed) ? placed : undefined;
  const path = isRefusal(placed) ? undefined : placed.path;
  const settled = withSecondOpinion(question, refusal, path);
  const passing = holdsUntil(placed, question);
  if (isRefusal(placed)) return refused(log, settled ?? placed, { signer, claim, ...passing });
  if (settled) return refused(log, settled, { signer, claim });
  return { checks: log.finish(), signer, claim, ...placed.proven, ...passing };
}

interface PlacedCertificate {
  readonly path: CertificatePath;
  readonly proven: ProvenTime;
}

/** What was judged by the present lasts no longer than the first certificate, and a refusal not at all. */
function holdsUntil(
  placed: PlacedCertificate | Refusal,
  { item, demands }: TimeQuestion,
): Pick<Examination, 'holdsUntil'> {
  if (isRefusal(placed)) {
    const byNow = demands.tlog === 'ignored' && item.timestamps.length === 0;
    return byNow && placed.reason === 'cert-expired-at-time'
      ? { holdsUntil: demands.now.toISOString() }
      : {};
  }
  if (placed.proven.times.length > 0) return {};
  const { certificates, authority } = placed.path;
  const ends = certificates.map(({ notAfter }) => notAfter);
  return { holdsUntil: new Date(Math.min(authority.until, ...ends)).toISOString() };
}

/** Certificate path, times, transparency log and certificate log: everything beside the signature. */
function placeCertificate(question: TimeQuestion, leaf: Certificate): PlacedCertificate | Refusal {
  const { item, domain, demands, log } = question;
  const paths = findPaths({
    leaf,
    intermediates: item.chain,
    authorities: domain.authorities,
    domain: domain.name,
    purpose: 'code-signing',
  });
  if (isRefusal(paths))
    return log.failed(
      usageReasons.includes(paths.reason) ? 'certificate-usage' : 'certificate-path',
      paths,
    );
  log.passed('certificate-usage', 'it is a certificate for code signing');
  const proven = proveTime(question);
  if (isRefusal(proven)) return proven;
  const instants = instantsOf(proven, demands);
  if (isRefusal(instants)) return log.failed('timestamp', instants);
  const path = checkPathTimes(paths, instants);
  if (isRefusal(path)) return log.failed('certificate-path', path);
  log.passed('certificate-path', `the certificate leads to ${domain.name} at every proven time`);
  if (demands.sct === 'ignored') log.skipped('sct', 'the authority does not ask for it');
  else {
    const { issuer } = path;
    const logged = checkScts({ leaf, issuer, logs: domain.certificateLogs, domain: domain.name });
    if (isRefusal(logged)) return log.failed('sct', logged);
    log.passed('sct', 'a known certificate log has the certificate');
  }
  return { path, proven };
}

const usageReasons: readonly ReasonCode[] = ['cert-eku', 'cert-ku', 'cert-critical-ext'];

/**
 * When the certificate must have been valid. Where nothing proves a time and no log is asked for, as
 * with the long-lived certificates of a private authority, it must be valid now.
 */
function instantsOf({ times }: ProvenTime, { tlog, now }: Demands): readonly number[] | Refusal {
  if (times.length > 0) return times.map(({ at }) => Date.parse(at));
  return tlog === 'ignored'
    ? [now.getTime()]
    : invalid('no-trusted-time', 'nothing proves when it was signed');
}

function withSecondOpinion(
  question: TimeQuestion,
  own: Refusal | undefined,
  path?: CertificatePath,
): Refusal | undefined {
  if (question.demands.secondOpinion) return compareOpinions(own, question, path, question.log);
  question.log.skipped('second-opinion', 'it is not in the sample of what both verifiers judge');
  return own;
}

/** Examines a signature with one key of an authority. The domain is that of its logs, if it names one. */
export function examineKey(
  item: SignedItem,
  key: PreparedKey,
  domain: TrustDomain | undefined,
  demands: Demands,
): Examination {
  const log = new CheckLog();
  const signer = { kind: 'key', fingerprint: key.fingerprint, algorithm: key.algorithm } as const;
  // A certificate that lies beside it does not matter: the authority names a key.
  const bare = item.certificate ? withoutCertificate(item) : item;
  const why = item.certificate ? besideKey : forKeys;
  for (const id of ofCertificates) log.skipped(id, why);
  const claim = signatureAndClaim(bare, key, demands.artifact, log);
  if (isRefusal(claim)) return refused(log, claim, { signer });

  if (demands.tlog === 'ignored' && key.window === undefined && demands.atLeast === undefined) {
    log.skipped('timestamp', 'the key counts at any time');
    log.skipped('transparency-log', 'the authority does not ask for it');
    log.skipped('log-binding', 'the authority does not ask for it');
    log.skipped('second-opinion', 'there is nothing but the signature');
    log.passed('key', `the key ${key.fingerprint} counts`);
    return { checks: log.finish(), signer, claim, times: [] };
  }
  if (domain === undefined) {
    const missing = inconclusive(
      'trustroot-missing',
      'the authority names no trust root for its logs',
    );
    return refused(log, log.failed('transparency-log', missing), { signer, claim });
  }
  const question = { item: bare, key, domain, demands, log };
  const proven = proveTime(question);
  const settled = withSecondOpinion(question, isRefusal(proven) ? proven : undefined);
  if (isRefusal(proven)) return refused(log, settled ?? proven, { signer, claim });
  if (settled) return refused(log, settled, { signer, claim });
  const window = checkKeyWindow(key, proven.times);
  if (window) return refused(log, log.failed('key', window), { signer, claim });
  log.passed('key', `the key ${key.fingerprint} counts at the proven times`);
  return { checks: log.finish(), signer, claim, ...proven };
}

const withoutCertificate = ({ certificate: _, ...bare }: SignedItem): SignedItem => bare;

const ofCertificates = ['certificate-path', 'certificate-usage', 'sct', 'identity'] as const;
const forKeys = 'the authority names a key, not certificates';
const besideKey = `${forKeys}; the certificate beside the signature is not looked at`;

function signatureAndClaim(
  item: SignedItem,
  key: PreparedKey,
  artifact: Artifact,
  log: CheckLog,
): Claim | Refusal {
  log.passed('evidence-readable', 'its bytes match their digest');
  log.passed('format', item.notes.join('; ') || formatName(item));
  const content = signedContentOf(item, artifact);
  if (isRefusal(content)) return log.failed('claim', content);
  const result = checkSignature(key, content.content, item.signature, content.scheme);
  if (isRefusal(result)) return log.failed('signature', result);
  if (!result.holds) {
    const bad = invalid(
      'signature-bad',
      `the signature does not verify with the key (${result.how})`,
    );
    return log.failed('signature', bad);
  }
  log.passed('signature', `it verifies (${result.how})`);
  const claim = checkClaim(item, artifact);
  if (isRefusal(claim)) return log.failed('claim', claim);
  log.passed('claim', claim.detail);
  return claim;
}

const formatName = ({ layout, content }: SignedItem): string =>
  `${layout === 'legacy' ? 'cosign annotations' : 'Sigstore bundle'}, ${content.form}`;

const refused = (
  log: CheckLog,
  refusal: Refusal,
  known: Partial<Pick<Examination, 'signer' | 'claim' | 'holdsUntil'>> = {},
): Examination => ({ checks: log.finish(), refusal, times: [], ...known });
