import type { Discovery, Evidence } from '#lib/model/evidence.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { RevocationAnswer, RevocationQuestion } from '#lib/model/revocation.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import type { Fact, VerifyAnswer } from '#lib/ports.ts';
import { artifactOfImage } from './artifact.ts';
import { assessUnder, attachmentVerdict, bestOf, crashVerdict, refusedVerdict } from './assess.ts';
import { assessStranger, coverageOf } from './assess-stranger.ts';
import { missingAttestations, requiredAttestations } from './attestation/required.ts';
import { verifyContentTrust } from './content-trust/verify-content-trust.ts';
import { createExaminer, type Examiner } from './examiner.ts';
import { factKey } from './fact-key.ts';
import { judgeImage } from './judge-image.ts';
import { verifyNotation } from './notation/verify-notation.ts';
import type { PreparedAuthority, PreparedMaterial } from './prepare-material.ts';
import { readEvidence } from './read-evidence.ts';
import { isRefusal } from './refusal.ts';
import type { SecondOpinion } from './second-opinion.ts';
import { verifierVersion } from './verifier-version.ts';
import { stepOfReading } from './verify-evidence.ts';

/** Fingerprint under which outcomes are kept that no covering authority decided. */
const strangers = 'no-covering-authority';

/**
 * Verifies everything that was found beside an image under every authority that covers it. What is
 * among the known facts is not verified again; a broken item never hides a good one beside it.
 */
export function verifyImage(
  discovery: Discovery,
  material: PreparedMaterial,
  known: readonly Fact[],
  now: Date,
  opinion: SecondOpinion = 'always',
  answers: readonly RevocationAnswer[] = [],
): VerifyAnswer {
  const name = `${discovery.registry}/${discovery.repository}`;
  const covering = material.authorities.filter(({ covers }) => covers(name));
  const notation = material.notation.filter(({ covers }) => covers(name));
  const contentTrust = material.contentTrust.filter(({ covers }) => covers(name));
  const revocation = new Map(answers.map((answer) => [answer.key, answer]));
  const facts = new Map(known.map((fact) => [factKey(fact), fact.verdict]));
  const newFacts: Fact[] = [];
  const lacks: RevocationQuestion[] = [];
  let signatureChecks = 0;
  const verdicts = discovery.evidence.map((evidence): EvidenceVerdict => {
    const { verdict, ...found } = verifyOne(evidence);
    newFacts.push(...found.facts);
    lacks.push(...(found.lacks ?? []));
    signatureChecks += found.checks;
    return verdict;
  });
  function verifyOne(evidence: Evidence): EvidenceAnswer {
    if (evidence.kind === 'notation')
      return verifyNotation(
        { discovery, evidence, covering: notation, answers: revocation, now },
        facts,
      );
    if (evidence.kind === 'content-trust')
      return verifyContentTrust({ discovery, evidence, covering: contentTrust, now });
    return assessEvidence({ discovery, evidence, material, covering, now, opinion }, facts);
  }
  const required = requiredAttestations(
    [...covering, ...notation].map(({ authority }) => authority),
    verdicts,
    discovery.complete,
  );
  const warnings = [...staleRoots(covering), ...missingAttestations(required)];
  const verdict = judgeImage(discovery, verdicts, warnings);
  return {
    verdict: required.length === 0 ? verdict : { ...verdict, required },
    newFacts,
    signatureChecks,
    ...(lacks.length > 0 && { lacks }),
  };
}

interface EvidenceQuestion {
  readonly discovery: Discovery;
  readonly evidence: Evidence;
  readonly material: PreparedMaterial;
  readonly covering: readonly PreparedAuthority[];
  readonly now: Date;
  readonly opinion: SecondOpinion;
}

interface EvidenceAnswer {
  readonly verdict: EvidenceVerdict;
  readonly facts: readonly Fact[];
  readonly checks: number;
  readonly lacks?: readonly RevocationQuestion[];
}

function assessEvidence(
  question: EvidenceQuestion,
  known: ReadonlyMap<string, EvidenceVerdict>,
): EvidenceAnswer {
  const { evidence } = question;
  const plain = (verdict: EvidenceVerdict): EvidenceAnswer => ({ verdict, facts: [], checks: 0 });
  try {
    if (evidence.kind === 'unsigned-attachment') return plain(attachmentVerdict(evidence));
    const items = readEvidence(evidence);
    if (isRefusal(items)) return plain(refusedVerdict(evidence, items, stepOfReading(evidence)));
    const artifact = artifactOfImage(question.discovery.subject);
    return assessItems(
      createExaminer(evidence, items, artifact, question.now, question.opinion),
      question,
      known,
    );
  } catch (error) {
    return plain(crashVerdict(evidence, error));
  }
}

function assessItems(
  examiner: Examiner,
  { discovery, evidence, material, covering, now }: EvidenceQuestion,
  known: ReadonlyMap<string, EvidenceVerdict>,
): EvidenceAnswer {
  const facts: Fact[] = [];
  const recall = (
    under: Pick<Fact, 'authorityFingerprint' | 'trustRootRevision'>,
    assess: () => EvidenceVerdict,
  ): EvidenceVerdict => {
    const key = { subject: discovery.subject, evidence: evidence.id, verifierVersion, ...under };
    const before = known.get(factKey(key));
    // The place of the evidence and the name of the authority may have changed; the outcome has not.
    if (before && holdsAt(before, now)) return { ...before, sources: evidence.sources };
    const asked = examiner.asked();
    const verdict = guarded(evidence, assess);
    // What took no cryptography is found again as fast as a fact.
    if (examiner.asked() > asked && isLasting(verdict)) facts.push({ ...key, verdict });
    return verdict;
  };

  const mine: EvidenceVerdict[] = [];
  for (const prepared of covering) {
    const { authority, domain } = prepared;
    const verdict = recall(
      { authorityFingerprint: authority.fingerprint, trustRootRevision: domain?.revision ?? '' },
      () => assessUnder(examiner, prepared),
    );
    if (!isForeign(verdict, prepared)) mine.push({ ...verdict, authority: authority.name });
    if (verdict.status === 'verified') break;
  }
  const best = mine.length > 0 ? bestOf(mine) : undefined;
  if (best !== undefined && best.reason !== 'cert-untrusted-root')
    return { verdict: best, facts, checks: examiner.count() };
  const coverage = coverageOf(covering);
  const verdict = recall(
    {
      authorityFingerprint: `${strangers} ${coverage.keys} ${coverage.identities}`,
      trustRootRevision: material.revision,
    },
    () => assessStranger(examiner, material, coverage),
  );
  return { verdict, facts, checks: examiner.count() };
}

const holdsAt = ({ holdsUntil }: EvidenceVerdict, now: Date): boolean =>
  holdsUntil === undefined || now.getTime() < Date.parse(holdsUntil);

/** A throw under one authority says nothing about the others. */
function guarded(evidence: Evidence, assess: () => EvidenceVerdict): EvidenceVerdict {
  try {
    return assess();
  } catch (error) {
    return crashVerdict(evidence, error);
  }
}

/** True when the authority has nothing to say: another key signed, or a key where it names identities. */
const isForeign = (
  { status, reason }: EvidenceVerdict,
  { authority, problem }: PreparedAuthority,
) =>
  problem === undefined &&
  (authority.kind === 'key'
    ? status === 'invalid' && reason === 'signature-bad'
    : reason === 'key-unresolvable');

/** Outcomes that a later try under the same material may change. */
const passing: readonly (ReasonCode | undefined)[] = [
  'verifier-crash',
  'verifier-timeout',
  'trustroot-missing',
  'time-future',
];

const isLasting = ({ reason }: EvidenceVerdict): boolean => !passing.includes(reason);

function staleRoots(covering: readonly PreparedAuthority[]) {
  const stale = new Map(
    covering.flatMap(({ domain }) => (domain?.stale ? [[domain.name, domain.stale] as const] : [])),
  );
  return [...stale].map(([name, { since, detail }]) => ({
    reason: 'trustroot-stale' as const,
    detail: `the trust root ${name} could not be refreshed since ${since}: ${detail}`,
  }));
}
