import type { NotationCheck } from '#lib/model/notation-policy.ts';
import type { RevocationQuestion } from '#lib/model/revocation.ts';
import type { CheckId, EvidenceVerdict, VerifiedTime } from '#lib/model/verdict.ts';
import type { CheckLog } from '#lib/verify/checks.ts';
import { invalid, type Refusal, untrusted } from '#lib/verify/refusal.ts';
import { checkRevocation, type RevocationAnswers } from './check-revocation.ts';
import type { NotationEvidence, NotationExamination } from './examine-notation.ts';
import { checkDemands } from './headers.ts';
import type { PreparedNotation } from './prepare-notation.ts';
import { proveSigningTime } from './prove-signing-time.ts';
import { checkTrustedIdentity } from './trusted-identity.ts';

/** What an outcome depends on beside evidence and authority. */
export interface NotationCircumstances {
  readonly answers: RevocationAnswers;
  readonly now: Date;
}

/** A verdict, and what must be asked of the world before there can be a better one. */
export interface NotationAssessment {
  readonly verdict: EvidenceVerdict;
  readonly lacks: readonly RevocationQuestion[];
}

type Intact = Extract<NotationExamination, { readonly intact: true }>;

/** The course of one assessment: what failed and was only logged, and what was found on the way. */
interface Course {
  readonly log: CheckLog;
  readonly prepared: PreparedNotation;
  /** The first failure that the policy lets pass and that keeps the signature from being proven. */
  unproven?: Refusal;
  times: readonly VerifiedTime[];
  lacks: readonly RevocationQuestion[];
  /** Milliseconds. */
  until: number;
}

/**
 * What a signature comes to under one statement of a trust policy. The checks run in the order of the
 * notation command. One that the level only logs is recorded as failed and shown; the verdict is
 * `verified` all the same only if the signer is proven to be a trusted one and no certificate is known
 * to be revoked.
 */
export function assessNotation(
  evidence: NotationEvidence,
  examination: NotationExamination,
  prepared: PreparedNotation,
  circumstances: NotationCircumstances,
): NotationAssessment {
  const course: Course = {
    log: examination.openLog(),
    prepared,
    times: [],
    lacks: [],
    until: Number.POSITIVE_INFINITY,
  };
  const refusal = examination.intact
    ? (runChecks(examination, course, circumstances) ?? course.unproven)
    : examination.refusal;
  return {
    verdict: verdictOf(evidence, examination, course, refusal),
    lacks: course.lacks,
  };
}

/** The verdict about a signature that no statement speaks about: who says to have signed, at most. */
export function assessStrangeNotation(
  evidence: NotationEvidence,
  examination: NotationExamination,
): EvidenceVerdict {
  const log = examination.openLog();
  const refusal = examination.intact
    ? log.failed(
        'certificate-path',
        untrusted(
          'no-authority',
          `it was signed by ${subjectOf(examination)}, and no Notation authority covers this image`,
        ),
      )
    : examination.refusal;
  return verdictOf(evidence, examination, { log, times: [], until: Infinity }, refusal);
}

function runChecks(
  examination: Intact,
  course: Course,
  { answers, now }: NotationCircumstances,
): Refusal | undefined {
  const { log, prepared } = course;
  const { envelope, chain } = examination;
  const { level } = prepared.authority;
  if (prepared.problem) return log.failed('certificate-path', prepared.problem);
  if (level === 'skip')
    return log.failed(
      'certificate-path',
      untrusted('policy-skips', `it was signed by ${subjectOf(examination)}; nothing is verified`),
    );
  const demand = checkDemands(envelope.attributes);
  if (demand) return log.failed('format', demand);
  const time = now.getTime();
  return (
    checkAuthenticity(examination, course) ??
    checkExpiry(examination, course, time) ??
    checkTime(course, { envelope, chain, prepared, answers, now: time }) ??
    checkRevoked(examination, course, { answers, now: time }) ??
    checkAnnotations(examination, course)
  );
}

/** User metadata that the authority asks for (`notation verify --user-metadata`). */
function checkAnnotations({ claim }: Intact, { log, prepared }: Course): Refusal | undefined {
  const unmet = Object.entries(prepared.authority.annotations ?? {}).find(
    ([name, value]) => claim.annotations[name] !== value,
  );
  if (unmet === undefined) return undefined;
  const [name, value] = unmet;
  const found = claim.annotations[name] ?? 'nothing of it';
  return log.failed(
    'claim',
    untrusted(
      'annotation-mismatch',
      `the authority asks for the metadata ${name}=${value}, and the signature says ${found}`,
    ),
  );
}

function checkAuthenticity(examination: Intact, course: Course): Refusal | undefined {
  const { log, prepared } = course;
  const { scheme } = examination.envelope.attributes;
  const type = scheme === 'notary.x509' ? 'ca' : 'signingAuthority';
  const trusted = examination.chain.some(({ der }) =>
    prepared.stores[type].some((certificate) => certificate.der.equals(der)),
  );
  const stranger = trusted
    ? undefined
    : untrusted(
        'cert-untrusted-root',
        `it was signed by ${subjectOf(examination)}, whose certificates are in no trust store of the type ${type}`,
      );
  if (stranger) return settle(course, 'authenticity', 'certificate-path', stranger);
  log.passed(
    'certificate-path',
    `a certificate of the chain is in a trust store of the type ${type}`,
  );
  const [leaf] = examination.chain;
  const mismatch = leaf && checkTrustedIdentity(leaf, prepared);
  if (mismatch) return settle(course, 'authenticity', 'identity', mismatch);
  log.passed('identity', 'the policy trusts the subject of the certificate');
  return undefined;
}

function checkExpiry(
  { envelope: { attributes } }: Intact,
  course: Course,
  now: number,
): Refusal | undefined {
  const { expiry } = attributes;
  if (expiry === undefined) {
    course.log.skipped('expiry', 'the signature has no end');
    return undefined;
  }
  const at = new Date(expiry).toISOString();
  if (now >= expiry)
    return settle(course, 'expiry', 'expiry', invalid('notation-expired', `it expired on ${at}`));
  course.until = Math.min(course.until, expiry);
  course.log.passed('expiry', `it holds until ${at}`);
  return undefined;
}

function checkTime(
  course: Course,
  question: Parameters<typeof proveSigningTime>[0],
): Refusal | undefined {
  const time = proveSigningTime(question);
  course.until = Math.min(course.until, time.until);
  course.times = time.times;
  if (time.refusal) {
    course.lacks = [...course.lacks, ...time.lacks];
    return settle(course, 'authenticTimestamp', 'timestamp', time.refusal);
  }
  course.log.passed('timestamp', time.detail);
  return undefined;
}

function checkRevoked(
  { envelope: { attributes }, chain }: Intact,
  course: Course,
  asked: { readonly answers: RevocationAnswers; readonly now: number },
): Refusal | undefined {
  const { log, prepared } = course;
  if (prepared.authority.enforcement.revocation === 'skip') {
    log.skipped('revocation', 'the trust policy skips it');
    return undefined;
  }
  // A certificate that nobody trusts may name any address: it is not asked.
  if (course.unproven) {
    log.skipped('revocation', 'the signer is not a trusted one');
    return undefined;
  }
  const signedAt =
    attributes.scheme === 'notary.x509.signingAuthority' ? attributes.signingTime : undefined;
  const outcome = checkRevocation(chain, { ...asked, signedAt });
  course.until = Math.min(course.until, outcome.until);
  course.lacks = [...course.lacks, ...outcome.lacks];
  if (outcome.refusal) return settle(course, 'revocation', 'revocation', outcome.refusal);
  log.passed('revocation', outcome.detail);
  return undefined;
}

/** A failed check ends the assessment, or is logged where the level says so. */
function settle(
  course: Course,
  check: NotationCheck,
  id: CheckId,
  refusal: Refusal,
): Refusal | undefined {
  if (course.prepared.authority.enforcement[check] === 'enforce')
    return course.log.failed(id, refusal);
  course.log.logged(id, refusal);
  if (check === 'authenticity' || refusal.reason === 'cert-revoked') course.unproven ??= refusal;
  return undefined;
}

function verdictOf(
  evidence: NotationEvidence,
  examination: NotationExamination,
  {
    log,
    times,
    until,
    prepared,
  }: Pick<Course, 'log' | 'times' | 'until'> & { readonly prepared?: PreparedNotation },
  refusal: Refusal | undefined,
): EvidenceVerdict {
  const stands = examination.intact && (refusal === undefined || refusal.status === 'untrusted');
  const { signer } = examination;
  const annotations = examination.intact ? examination.claim.annotations : {};
  return {
    evidence: evidence.id,
    kind: evidence.kind,
    sources: evidence.sources,
    proves: stands ? 'signed' : 'nothing',
    status: refusal?.status ?? 'verified',
    times,
    checks: log.finish(),
    ...(refusal && { reason: refusal.reason }),
    ...(prepared && {
      authority: prepared.authority.name,
      authorityFingerprint: prepared.authority.fingerprint,
    }),
    ...(signer && { signer }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(Number.isFinite(until) && { holdsUntil: new Date(until).toISOString() }),
  };
}

const subjectOf = ({ signer }: Intact): string =>
  signer.kind === 'certificate' ? signer.subject : signer.fingerprint;
