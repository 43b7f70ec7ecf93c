import type { Discovery, Evidence } from '#lib/model/evidence.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { RevocationAnswer, RevocationQuestion } from '#lib/model/revocation.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import type { Fact, VerifyAnswer } from '#lib/ports/verifier.ts';
import { artifactOfImage } from './artifact.ts';
import { assessUnder, attachmentVerdict, bestOf, crashVerdict, refusedVerdict } from './assess.ts';
import { assessStranger, coverageOf } from './assess-stranger.ts';
import { missingAttestations, requiredAttestations } from './attestation/required.ts';
import { verifyContentTrust } from './content-trust/verify-content-trust.ts';
import { Examiner } from './examiner.ts';
import { factKey } from './fact-key.ts';
import { judgeImage } from './judge-image.ts';
import { verifyNotation } from './notation/verify-notation.ts';
import { openPolicyLedger } from './policy-evidence.ts';
import type { PreparedAuthority } from './prepare-authority.ts';
import type { PreparedMaterial } from './prepare-material.ts';
import type { CoveringRules } from './prepare-policies.ts';
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
 * Authorities of policies are asked after the others, and say nothing but `underPolicies`.
 */
export function verifyImage(
  discovery: Discovery,
  material: PreparedMaterial,
  known: readonly Fact[],
  now: Date,
  opinion: SecondOpinion = 'always',
  answers: readonly RevocationAnswer[] = [],
): VerifyAnswer {
  const { registry, repository } = discovery;
  const covering = material.covering(registry, repository);
  const policies = material.policies?.(`${registry}/${repository}`);
  const ledger = policies && openPolicyLedger(policies);
  const revocation = byKey(answers, ({ key }) => key);
  const facts = byKey(known, factKey);
  const newFacts: Fact[] = [];
  const lacks: RevocationQuestion[] = [];
  let signatureChecks = 0;
  const verdicts = discovery.evidence.map((evidence): EvidenceVerdict => {
    const found = verifyOne(evidence);
    for (const one of found.underPolicies ?? [])
      ledger?.note(one.covering, one.verdict, found.verdict, one.foreign);
    newFacts.push(...found.facts);
    if (found.lacks) lacks.push(...found.lacks);
    signatureChecks += found.checks;
    return found.verdict;
  });
  function verifyOne(evidence: Evidence): EvidenceAnswer {
    const asked = { discovery, now, policies: policies?.covering ?? [] };
    if (evidence.kind === 'notation')
      return verifyNotation(
        { ...asked, evidence, covering: covering.notation, answers: revocation },
        facts,
      );
    if (evidence.kind === 'content-trust')
      return verifyContentTrust({ discovery, evidence, covering: covering.contentTrust, now });
    const { authorities } = covering;
    return assessEvidence({ ...asked, evidence, material, covering: authorities, opinion }, facts);
  }
  const required = requiredAttestations(covering.demanding, verdicts, discovery.complete);
  const warnings = [...covering.stale, ...missingAttestations(required)];
  const verdict = judgeImage(discovery, verdicts, warnings);
  return {
    verdict: {
      ...verdict,
      ...(required.length > 0 && { required }),
      ...(ledger && { underPolicies: ledger.result() }),
    },
    newFacts,
    signatureChecks,
    ...(lacks.length > 0 && { lacks }),
  };
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>();

const byKey = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> =>
  items.length === 0 ? nothing : new Map(items.map((item) => [keyOf(item), item]));

interface EvidenceQuestion {
  readonly discovery: Discovery;
  readonly evidence: Evidence;
  readonly material: PreparedMaterial;
  readonly covering: readonly PreparedAuthority[];
  readonly policies: readonly CoveringRules[];
  readonly now: Date;
  readonly opinion: SecondOpinion;
}

interface EvidenceAnswer {
  readonly verdict: EvidenceVerdict;
  readonly facts: readonly Fact[];
  readonly checks: number;
  readonly lacks?: readonly RevocationQuestion[];
  readonly underPolicies?: readonly PolicyAnswer[];
}

/** What an item came to under rules of policies. */
interface PolicyAnswer {
  readonly covering: CoveringRules;
  readonly verdict: EvidenceVerdict;
  /** The rules have nothing to say about it. */
  readonly foreign: boolean;
}

type Recall = (under: Under, assess: () => EvidenceVerdict) => EvidenceVerdict;

/** Under what an item is judged; the rest of a fact is the same for all outcomes of an item. */
type Under = Pick<Fact, 'authorityFingerprint' | 'trustRootRevision'>;

const isUnder = (fact: Fact, { authorityFingerprint, trustRootRevision }: Under): boolean =>
  fact.authorityFingerprint === authorityFingerprint &&
  fact.trustRootRevision === trustRootRevision;

function assessEvidence(
  question: EvidenceQuestion,
  known: ReadonlyMap<string, Fact>,
): EvidenceAnswer {
  const { evidence } = question;
  const plain = (verdict: EvidenceVerdict): EvidenceAnswer => ({ verdict, facts: [], checks: 0 });
  try {
    if (evidence.kind === 'unsigned-attachment') return plain(attachmentVerdict(evidence));
    const items = readEvidence(evidence);
    if (isRefusal(items)) return plain(refusedVerdict(evidence, items, stepOfReading(evidence)));
    const artifact = artifactOfImage(question.discovery.subject);
    return assessItems(
      new Examiner({ evidence, items, artifact, now: question.now, opinion: question.opinion }),
      question,
      known,
    );
  } catch (error) {
    return plain(crashVerdict(evidence, error));
  }
}

function assessItems(
  examiner: Examiner,
  question: EvidenceQuestion,
  known: ReadonlyMap<string, Fact>,
): EvidenceAnswer {
  const { discovery, evidence, now } = question;
  const facts: Fact[] = [];
  const recall: Recall = (under, assess) => {
    const { authorityFingerprint, trustRootRevision } = under;
    const key = {
      subject: discovery.subject,
      evidence: evidence.id,
      authorityFingerprint,
      trustRootRevision,
      verifierVersion,
    };
    const before =
      facts.find((fact) => isUnder(fact, under))?.verdict ??
      (known.size > 0 ? known.get(factKey(key))?.verdict : undefined);
    // The place of the evidence and the name of the authority may have changed; the outcome has not.
    if (before && holdsAt(before, now)) return { ...before, sources: evidence.sources };
    const { asked } = examiner;
    const verdict = guarded(evidence, assess);
    // What took no cryptography is found again as fast as a fact.
    if (examiner.asked > asked && isLasting(verdict)) facts.push({ ...key, verdict });
    return verdict;
  };
  const verdict = assessForImage(examiner, question, recall);
  const underPolicies = assessForPolicies(examiner, question, recall);
  return { verdict, underPolicies, facts, checks: examiner.count };
}

const askUnder = (examiner: Examiner, prepared: PreparedAuthority, recall: Recall) =>
  recall(
    {
      authorityFingerprint: prepared.authority.fingerprint,
      trustRootRevision: prepared.domain?.revision ?? '',
    },
    () => assessUnder(examiner, prepared),
  );

function assessForImage(
  examiner: Examiner,
  { material, covering }: EvidenceQuestion,
  recall: Recall,
): EvidenceVerdict {
  const mine: EvidenceVerdict[] = [];
  for (const prepared of covering) {
    const verdict = askUnder(examiner, prepared, recall);
    const called = calledBy(prepared.authority.name, verdict);
    if (verdict.status === 'verified') return called;
    if (!isForeign(verdict, prepared)) mine.push(called);
  }
  const best = mine.length > 0 ? bestOf(mine) : undefined;
  if (best !== undefined && best.reason !== 'cert-untrusted-root') return best;
  const coverage = coverageOf(covering);
  return recall(
    {
      authorityFingerprint: `${strangers} ${coverage.keys} ${coverage.identities}`,
      trustRootRevision: material.revision,
    },
    () => assessStranger(examiner, material, coverage),
  );
}

/** An outcome that was recalled may name the authority as it was called then. */
const calledBy = (authority: string, verdict: EvidenceVerdict): EvidenceVerdict =>
  verdict.authority === authority ? verdict : { ...verdict, authority };

const assessForPolicies = (
  examiner: Examiner,
  { policies }: EvidenceQuestion,
  recall: Recall,
): readonly PolicyAnswer[] =>
  policies.flatMap((covering) => {
    const { rules } = covering;
    if (rules.kind !== 'sigstore') return [];
    const verdict = askUnder(examiner, rules.prepared, recall);
    return [{ covering, verdict, foreign: isForeign(verdict, rules.prepared) }];
  });

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
