import type { Check, LogEntry, Signer, VerifiedTime } from '#lib/model/verdict.ts';
import type { Artifact } from './artifact.ts';
import { checkSigningCertificate } from './certificate-rules.ts';
import { checkCertificateLogs, findIssuer } from './certificate-trust.ts';
import { type CheckLog, openCheckLog } from './checks.ts';
import { type Claim, checkClaim } from './claim.ts';
import type { Demands } from './demands.ts';
import { signerOf } from './fulcio.ts';
import type { PreparedKey } from './keys.ts';
import { proveTime } from './prove-time.ts';
import { inconclusive, invalid, isRefusal, type Refusal } from './refusal.ts';
import { checkSignature } from './signature.ts';
import { signedContentOf } from './signed-content.ts';
import type { SignedItem } from './signed-item.ts';
import type { TrustDomain } from './trusted-root.ts';

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
  const log = openCheckLog();
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

  const usage = checkSigningCertificate(leaf);
  if (usage) return refused(log, log.failed('certificate-usage', usage), { signer });
  const path = findIssuer(leaf, item, domain);
  if (isRefusal(path)) {
    const step = path.status === 'invalid' ? 'certificate-usage' : 'certificate-path';
    return refused(log, log.failed(step, path), { signer, claim });
  }
  log.passed('certificate-usage', 'it is a certificate for code signing');
  const logged = checkCertificateLogs(leaf, domain, demands.sct);
  if (logged) return refused(log, log.failed('sct', logged), { signer, claim });

  const proven = proveTime({ item, key: leaf.key, domain, path, demands, log });
  if (isRefusal(proven)) return refused(log, proven, { signer, claim });
  log.passed('certificate-path', `the certificate leads to ${domain.name} at every proven time`);
  if (demands.sct === 'required') log.passed('sct', 'a known certificate log has the certificate');
  else log.skipped('sct', 'the authority does not ask for it');
  return { checks: log.finish(), signer, claim, ...proven };
}

/** Examines a signature with one key of an authority. The domain is that of its logs, if it names one. */
export function examineKey(
  item: SignedItem,
  key: PreparedKey,
  domain: TrustDomain | undefined,
  demands: Demands,
): Examination {
  const log = openCheckLog();
  const signer = { kind: 'key', fingerprint: key.fingerprint, algorithm: key.algorithm } as const;
  // A certificate that lies beside it does not matter: the authority names a key.
  const { certificate, ...bare } = item;
  const why = 'the authority names a key, not certificates';
  for (const id of ['certificate-path', 'certificate-usage', 'sct', 'identity'] as const)
    log.skipped(
      id,
      certificate ? `${why}; the certificate beside the signature is not looked at` : why,
    );
  const claim = signatureAndClaim(bare, key, demands.artifact, log);
  if (isRefusal(claim)) return refused(log, claim, { signer });

  if (demands.tlog === 'ignored' && key.window === undefined) {
    log.skipped('timestamp', 'the key counts at any time');
    log.skipped('transparency-log', 'the authority does not ask for it');
    log.skipped('log-binding', 'the authority does not ask for it');
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
  const proven = proveTime({ item: bare, key, domain, demands, log });
  if (isRefusal(proven)) return refused(log, proven, { signer, claim });
  const window = checkKeyWindow(key, proven.times);
  if (window) return refused(log, log.failed('key', window), { signer, claim });
  log.passed('key', `the key ${key.fingerprint} counts at the proven times`);
  return { checks: log.finish(), signer, claim, ...proven };
}

/** A key with a window counts only within it, and only where something proves the time. */
function checkKeyWindow(
  { window }: PreparedKey,
  times: readonly VerifiedTime[],
): Refusal | undefined {
  if (window === undefined) return undefined;
  if (times.length === 0)
    return inconclusive(
      'no-trusted-time',
      'the key counts for a time only, and nothing proves the time',
    );
  const outside = times.find(
    ({ at }) => !(Date.parse(at) >= window.from && Date.parse(at) <= window.until),
  );
  return (
    outside && invalid('key-window', `it was signed at ${outside.at}, when the key did not count`)
  );
}

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
  known: Partial<Pick<Examination, 'signer' | 'claim'>> = {},
): Examination => ({ checks: log.finish(), refusal, times: [], ...known });
