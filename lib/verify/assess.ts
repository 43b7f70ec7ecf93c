import type { Authority } from '#lib/model/authority.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { Check, EvidenceVerdict } from '#lib/model/verdict.ts';
import { checksOfRefusal } from './checks.ts';
import type { Demands } from './demands.ts';
import { type Examination, isOtherKey } from './examine.ts';
import type { AskedOf, Examiner } from './examiner.ts';
import { matchIdentity } from './identity.ts';
import type { PreparedKey } from './keys.ts';
import type { PreparedAuthority } from './prepare-authority.ts';
import { inconclusive, invalid, type Refusal } from './refusal.ts';
import type { SignedItem } from './signed-item.ts';
import type { TrustDomain } from './trusted-root.ts';

/** What the evidence comes to under one authority. */
export function assessUnder(
  examiner: Examiner,
  { authority, domain, keys, rules, reference, problem }: PreparedAuthority,
): EvidenceVerdict {
  const { tlog, atLeast } = authority;
  const asked = { tlog, ...(atLeast && { atLeast }) };
  const mark = (verdict: EvidenceVerdict): EvidenceVerdict => ({
    ...verdict,
    authority: authority.name,
    authorityFingerprint: authority.fingerprint,
    ...(domain && { trustRoot: { name: domain.name, revision: domain.revision } }),
  });
  if (problem) return mark(refusedVerdict(examiner.evidence, problem, 'key'));
  const verdicts = examiner.items.map((item) => {
    const verdict =
      authority.kind === 'key'
        ? underKeys(examiner, item, keys, domain, asked)
        : underIdentities(examiner, item, domain, rules, { ...asked, sct: authority.sct });
    return withReference(withAnnotations(verdict, authority.annotations), reference);
  });
  return mark(bestOf(verdicts));
}

/** A signature without the annotations that the authority asks for is not the one it asks for. */
function withAnnotations(
  verdict: EvidenceVerdict,
  wanted: Authority['annotations'],
): EvidenceVerdict {
  if (wanted === undefined || verdict.status !== 'verified' || verdict.proves !== 'signed')
    return verdict;
  const unmet = Object.entries(wanted).find(
    ([name, value]) => verdict.annotations?.[name] !== value,
  );
  if (unmet === undefined) return verdict;
  const [name, value] = unmet;
  const detail = `the authority asks for the annotation ${name}=${value}, and the signature says ${verdict.annotations?.[name] ?? 'nothing of it'}`;
  return otherClaim(verdict, 'annotation-mismatch', detail);
}

/** A signature made under another name than the authority asks for may be about another use. */
function withReference(
  verdict: EvidenceVerdict,
  matches: PreparedAuthority['reference'],
): EvidenceVerdict {
  if (matches === undefined || verdict.status !== 'verified' || verdict.proves !== 'signed')
    return verdict;
  const { reference } = verdict;
  if (reference !== undefined && matches(reference)) return verdict;
  const detail = `the signed claim names ${reference ?? 'no reference'}, and the authority asks for another one`;
  return otherClaim(verdict, 'reference-mismatch', detail);
}

const otherClaim = (
  verdict: EvidenceVerdict,
  reason: ReasonCode,
  detail: string,
): EvidenceVerdict => ({
  ...verdict,
  status: 'untrusted',
  reason,
  checks: verdict.checks.map((check) =>
    check.id === 'claim' ? { id: 'claim', outcome: 'failed', reason, detail } : check,
  ),
});

function underKeys(
  examiner: Examiner,
  item: SignedItem,
  keys: readonly PreparedKey[],
  domain: TrustDomain | undefined,
  asked: AskedOf,
): EvidenceVerdict {
  let other: Examination | undefined;
  for (const key of keys) {
    const examination = examiner.key(item, key, domain, asked);
    if (!isOtherKey(examination)) return verdictOf(examiner.evidence, examination);
    other ??= examination;
  }
  if (other === undefined)
    return refusedVerdict(
      examiner.evidence,
      inconclusive('key-unresolvable', 'no key is known'),
      'key',
    );
  const { signer: _, ...stranger } = other;
  return verdictOf(examiner.evidence, stranger);
}

function underIdentities(
  examiner: Examiner,
  item: SignedItem,
  domain: TrustDomain | undefined,
  rules: PreparedAuthority['rules'],
  asked: AskedOf & Pick<Demands, 'sct'>,
): EvidenceVerdict {
  const { evidence } = examiner;
  if (item.certificate === undefined)
    return refusedVerdict(
      evidence,
      inconclusive(
        'key-unresolvable',
        'it is signed with a bare key, and the authority names identities',
      ),
      'key',
    );
  if (domain === undefined)
    return refusedVerdict(
      evidence,
      inconclusive('trustroot-missing', 'there is no trust root'),
      'certificate-path',
    );
  const examination = examiner.certificate(item, domain, asked);
  if (examination.refusal || examination.signer === undefined)
    return verdictOf(evidence, examination);
  const stranger = matchIdentity(examination.signer, rules);
  return verdictOf(evidence, withIdentity(examination, stranger));
}

/** The examination with the outcome of the identity step. */
export function withIdentity(examination: Examination, refusal: Refusal | undefined): Examination {
  const identity: Check =
    refusal === undefined
      ? {
          id: 'identity',
          outcome: 'passed',
          detail: 'the authority names this identity and its issuer',
        }
      : { id: 'identity', outcome: 'failed', reason: refusal.reason, detail: refusal.detail };
  return {
    ...examination,
    checks: examination.checks.map((check) => (check.id === 'identity' ? identity : check)),
    ...(refusal && { refusal }),
  };
}

/** The verdict that an examination amounts to. A claim counts as shown only if a signer stands for it. */
export function verdictOf(evidence: Evidence, examination: Examination): EvidenceVerdict {
  const { checks, refusal, signer, claim, times, log, holdsUntil } = examination;
  const stands = refusal === undefined || refusal.status === 'untrusted';
  return {
    evidence: evidence.id,
    kind: evidence.kind,
    sources: evidence.sources,
    proves: stands && claim ? claim.proves : 'nothing',
    status: refusal === undefined ? 'verified' : refusal.status,
    times,
    checks,
    ...(refusal && { reason: refusal.reason }),
    ...(claim?.predicateType !== undefined && { predicateType: claim.predicateType }),
    ...(stands && claim?.attestation && { attestation: claim.attestation }),
    ...(signer && { signer }),
    ...(log && { log }),
    ...(holdsUntil !== undefined && { holdsUntil }),
    ...(claim?.reference !== undefined && { reference: claim.reference }),
    ...(claim && Object.keys(claim.annotations).length > 0 && { annotations: claim.annotations }),
  };
}

/** The verdict about evidence that was refused before any cryptography. */
export function refusedVerdict(
  evidence: Evidence,
  refusal: Refusal,
  step: Check['id'],
): EvidenceVerdict {
  return verdictOf(evidence, { checks: checksOfRefusal(step, refusal), refusal, times: [] });
}

/** A verdict for whatever the verifier threw: nothing is claimed. */
export const crashVerdict = (evidence: Evidence, error: unknown): EvidenceVerdict =>
  refusedVerdict(
    evidence,
    inconclusive(
      'verifier-crash',
      `${evidence.id}: ${error instanceof Error ? `${error.name}: ${error.message}` : 'unknown failure'}`,
    ),
    'format',
  );

/** Unsigned attachments are shown, and are no evidence of anything. */
export const attachmentVerdict = (
  evidence: Extract<Evidence, { kind: 'unsigned-attachment' }>,
): EvidenceVerdict => ({
  ...refusedVerdict(
    evidence,
    invalid('no-signature', 'it is present, but nobody signed it'),
    'signature',
  ),
  status: 'untrusted',
  attachment: {
    mediaType: evidence.mediaType,
    ...(evidence.claimedType !== undefined && { claimedType: evidence.claimedType }),
  },
});

const rank = { verified: 0, inconclusive: 1, untrusted: 2, invalid: 3 } as const;

/**
 * The best of several verdicts about one item: verified; else inconclusive, because what could not be
 * judged may be good; else untrusted, because there the cryptography holds; else invalid.
 */
export function bestOf(verdicts: readonly EvidenceVerdict[]): EvidenceVerdict {
  const [first] = verdicts;
  if (first === undefined) throw new RangeError('there is no verdict to choose from');
  return verdicts.reduce(
    (best, next) => (rank[next.status] < rank[best.status] ? next : best),
    first,
  );
}
