import type { Discovery } from '#lib/model/evidence.ts';
import type { RevocationQuestion } from '#lib/model/revocation.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import type { Fact } from '#lib/ports/verifier.ts';
import { bestOf, crashVerdict } from '#lib/verify/assess.ts';
import { factKey } from '#lib/verify/fact-key.ts';
import type { CoveringRules } from '#lib/verify/prepare-policies.ts';
import { verifierVersion } from '#lib/verify/verifier-version.ts';
import {
  assessNotation,
  assessStrangeNotation,
  type NotationAssessment,
  type NotationCircumstances,
} from './assess-notation.ts';
import {
  examineNotation,
  type NotationEvidence,
  type NotationExamination,
} from './examine-notation.ts';
import type { PreparedNotation } from './prepare-notation.ts';

/** One Notation signature beside an image, and the statements that speak about the image. */
export interface NotationQuestion extends NotationCircumstances {
  readonly discovery: Discovery;
  readonly evidence: NotationEvidence;
  readonly covering: readonly PreparedNotation[];
  readonly policies?: readonly CoveringRules[];
}

/** The best verdict, facts that were not known, and what the world must be asked for a better one. */
export interface NotationAnswer {
  readonly verdict: EvidenceVerdict;
  readonly facts: readonly Fact[];
  readonly checks: number;
  readonly lacks: readonly RevocationQuestion[];
  readonly underPolicies?: readonly {
    readonly covering: CoveringRules;
    readonly verdict: EvidenceVerdict;
    readonly foreign: false;
  }[];
}

/**
 * Verifies a Notation signature under every Notation authority that covers the image; no other kind
 * has a say. A known outcome is taken for as long as it holds by the clock.
 */
export function verifyNotation(
  question: NotationQuestion,
  known: ReadonlyMap<string, Fact>,
): NotationAnswer {
  const { evidence } = question;
  try {
    const examine = once(() => examineNotation(evidence, question.discovery));
    const own = assessForImage(question, known, examine.get);
    const policies = (question.policies ?? []).flatMap((covering) => {
      const { rules } = covering;
      if (rules.kind !== 'notation') return [];
      return [{ covering, ...assessForPolicy(rules.prepared, question, known, examine.get) }];
    });
    return {
      verdict: own.verdict,
      facts: [...own.facts, ...policies.flatMap(({ fact }) => fact ?? [])],
      checks: examine.count(),
      lacks: [...own.lacks, ...policies.flatMap(({ lacks }) => lacks)],
      underPolicies: policies.map(({ covering, verdict }) => ({
        covering,
        verdict,
        foreign: false,
      })),
    };
  } catch (error) {
    return { verdict: crashVerdict(evidence, error), facts: [], checks: 0, lacks: [] };
  }
}

type Known = ReadonlyMap<string, Fact>;

function assessForImage(
  question: NotationQuestion,
  known: Known,
  examine: () => NotationExamination,
): Pick<NotationAnswer, 'verdict' | 'facts' | 'lacks'> {
  const { evidence, covering } = question;
  if (covering.length === 0)
    return { verdict: assessStrangeNotation(evidence, examine()), facts: [], lacks: [] };
  const outcomes = covering.map((prepared) => assessUnder(prepared, question, known, examine));
  const verdicts = outcomes.map(({ verdict }) => verdict);
  return {
    verdict: verdicts.find(isFullProof) ?? bestOf(verdicts),
    facts: outcomes.flatMap(({ fact }) => fact ?? []),
    lacks: outcomes.flatMap(({ lacks }) => lacks),
  };
}

/** A throw under a policy says nothing about the image, nor about other policies. */
function assessForPolicy(
  prepared: PreparedNotation,
  question: NotationQuestion,
  known: Known,
  examine: () => NotationExamination,
): ReturnType<typeof assessUnder> {
  try {
    return assessUnder(prepared, question, known, examine);
  } catch (error) {
    return { verdict: crashVerdict(question.evidence, error), lacks: [] };
  }
}

function assessUnder(
  prepared: PreparedNotation,
  question: NotationQuestion,
  known: Known,
  examine: () => NotationExamination,
): NotationAssessment & { readonly fact?: Fact } {
  const { discovery, evidence, now } = question;
  const { mediaType, size } = discovery.subjectDescriptor ?? {};
  const key = {
    subject: discovery.subject,
    evidence: evidence.id,
    authorityFingerprint: prepared.authority.fingerprint,
    // There is no trust root; but the signature is about the whole descriptor, not the digest alone.
    trustRootRevision: `${mediaType} ${size}`,
    verifierVersion,
  };
  const name = { authority: prepared.authority.name };
  const before = known.get(factKey(key))?.verdict;
  if (before && holdsAt(before, now))
    return { verdict: { ...before, ...name, sources: evidence.sources }, lacks: [] };
  const assessment = assessNotation(evidence, examine(), prepared, question);
  const { verdict } = assessment;
  return isLasting(assessment) && holdsAt(verdict, now)
    ? { ...assessment, fact: { ...key, verdict } }
    : assessment;
}

/** Proven without a failure that the level of a statement only logs. */
const isFullProof = ({ status, checks }: EvidenceVerdict): boolean =>
  status === 'verified' && checks.every(({ logged }) => !logged);

const holdsAt = ({ holdsUntil }: EvidenceVerdict, now: Date): boolean =>
  holdsUntil === undefined || now.getTime() < Date.parse(holdsUntil);

/** What a later try may change though no time is named: an address that did not answer, a clock. */
const isLasting = ({ verdict, lacks }: NotationAssessment): boolean =>
  lacks.length === 0 &&
  !verdict.checks.some(({ reason }) => reason === 'revocation-unknown' || reason === 'time-future');

function once<T>(find: () => T): { readonly get: () => T; readonly count: () => number } {
  let found: { readonly value: T } | undefined;
  return {
    get: () => {
      found ??= { value: find() };
      return found.value;
    },
    count: () => (found ? 1 : 0),
  };
}
