import type { Digest } from '#lib/model/digest.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { CheckLog } from './checks.ts';
import { sha256 } from './fingerprint.ts';
import { inconclusive, isRefusal, type Refusal } from './refusal.ts';
import type { SignedItem } from './signed-item.ts';
import { askLibrary, type LibraryQuestion } from './sigstore-bundle.ts';
import type { TrustDomain } from './trusted-root.ts';
import { checkScts } from './x509/check-scts.ts';
import type { CertificatePath } from './x509/validate-path.ts';

/** Whether @sigstore/verify is asked about all evidence, or about the part that {@link isSampled} names. */
export type SecondOpinion = 'always' | 'sample';

/** One in so many of ordinary items is asked about. */
const sampleOf = 128;

/**
 * Whether an item belongs to the sample: all with several log entries or timestamps, and of the rest a
 * share by a hash over evidence and trust root. Nothing else goes in: the same item gets the same answer
 * on every worker, in any order and on any day.
 */
export function isSampled(
  { tlogEntries, timestamps }: SignedItem,
  evidence: Digest,
  { revision }: Pick<TrustDomain, 'revision'>,
): boolean {
  if (tlogEntries.length > 1 || timestamps.length > 1) return true;
  return sha256(`${evidence} ${revision}`).readUInt16BE(0) % sampleOf === 0;
}

/** Refusals by rules that the library has in the same words; then it is asked too. */
const sharedReasons: readonly ReasonCode[] = ['tlog-set-bad', 'sct-bad', 'cert-expired-at-time'];

/**
 * Holds what our own code found against what @sigstore/verify finds. Where both judge and differ,
 * nothing is claimed; the refusal names both. The library is not asked about a refusal that it has no
 * rule for, nor about the kinds of evidence that it is known to get wrong.
 */
export function compareOpinions(
  own: Refusal | undefined,
  question: LibraryQuestion,
  path: CertificatePath | undefined,
  log: CheckLog,
): Refusal | undefined {
  const step = 'second-opinion';
  if (own && !sharedReasons.includes(own.reason)) return own;
  const unusual = path && (unusualPath(path) ?? unusualScts(path, question.domain));
  const answer = unusual ? ({ kind: 'cannot', why: unusual } as const) : askLibrary(question);
  if (answer.kind === 'cannot') {
    log.skipped(step, `@sigstore/verify cannot judge it: ${answer.why}`);
    return own;
  }
  if (answer.kind === 'holds' ? own === undefined : own !== undefined) {
    log.passed(step, '@sigstore/verify comes to the same result');
    return own;
  }
  const mine = own ? `our own code refuses it (${own.detail})` : 'our own code accepts it';
  const theirs = answer.kind === 'holds' ? 'accepts it' : `refuses it (${answer.why})`;
  const detail = `${mine}, @sigstore/verify ${theirs}`;
  return log.failed(step, inconclusive('verifier-disagreement', detail));
}

/** Paths that the library does not find: over intermediates of the evidence, or to no self-signed root. */
function unusualPath({ certificates, authority }: CertificatePath): string | undefined {
  const top = certificates.at(-1);
  if (top === undefined || !top.subjectDer.equals(top.issuerDer))
    return 'the path ends in an authority that is not self-signed';
  const listed = certificates
    .slice(1)
    .every(({ fingerprint }) =>
      authority.certificates.some((one) => one.fingerprint === fingerprint),
    );
  return listed ? undefined : 'the path needs certificates that only the evidence carries';
}

/**
 * Certificate log proofs that the library holds against the certificate although others vouch for it,
 * or although nobody asked for any: it wants every one to hold, cosign and sigstore-go enough of them.
 */
function unusualScts(
  { certificates: [leaf], issuer }: CertificatePath,
  { certificateLogs: logs, name: domain }: TrustDomain,
): string | undefined {
  const logged = leaf && checkScts({ leaf, issuer, logs, domain, threshold: 0 });
  if (logged === undefined) return undefined;
  if (isRefusal(logged)) return logged.reason === 'sct-missing' ? undefined : logged.detail;
  return logged.passedOver[0]?.detail;
}
