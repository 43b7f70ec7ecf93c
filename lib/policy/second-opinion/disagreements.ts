import type { Disagreement, DisagreementKind } from '#lib/model/admission.ts';
import type { EngineResult } from '#lib/model/engine-report.ts';
import type { Engine, PolicySummary, RuleDecision } from '#lib/model/policy.ts';
import type { OpinionQuestion, ReportedAbout } from '#lib/policy/admission.ts';
import { policyKey } from '#lib/policy/decisions/decider.ts';
import { claimedPasses } from './claimed-passes.ts';
import { suspectedDefect } from './known-defects.ts';

/** What is known of a cluster beside the one object that is asked about. */
export interface OpinionContext {
  readonly policies: readonly PolicySummary[];
  /** Whether an engine reports about any object under a policy, by its name in reports. */
  readonly reportsUnder: (engine: Engine, policy: string) => boolean;
  /** Versions of an engine that run. */
  readonly versionsOf: (engine: Engine) => readonly string[];
}

/** Background scans run every hour; a report that missed two of them speaks of an older state. */
const reportLagMs = 2 * 3_600_000;

/** Makes the comparison of engines' words with ours for one cluster. */
export function secondOpinion(
  context: OpinionContext,
): (question: OpinionQuestion) => readonly Disagreement[] {
  const verifying = new Map(
    context.policies.map(({ reference, verifies }) => [policyKey(reference), verifies]),
  );
  const verifies = ({ policy }: RuleDecision) => verifying.get(policyKey(policy)) ?? true;
  return (question) => {
    const told = question.decisions.flatMap((decision): readonly Disagreement[] => {
      const result = latestFor(decision, question);
      if (result === undefined) return silence(decision, question, context);
      const found = judge(decision, result, question, context, verifies(decision));
      return found === undefined ? [] : [found];
    });
    return [...told, ...refutedClaims(question, told)];
  };
}

/** How reports call the policy of a decision. */
const reportedPolicy = ({ policy: { namespace, name } }: RuleDecision): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

/** The newest result of the very rule; of a rule for controllers, the name was made from it. */
function latestFor(
  decision: RuleDecision,
  { reported }: OpinionQuestion,
): ReportedAbout | undefined {
  const name = reportedPolicy(decision);
  // A policy in CEL has no rules, and reports call its only one as they like.
  const hasRules = decision.policy.group !== 'policies.kyverno.io';
  const own = reported.filter(
    ({ engine, policy, rule }) =>
      engine === decision.engine &&
      policy === name &&
      (rule === undefined ||
        !hasRules ||
        rule.replace(/^autogen-(?:cronjob-)?/, '') === decision.rule),
  );
  return own.reduce<ReportedAbout | undefined>(
    (newest, one) => (newest === undefined || isNewer(one, newest) ? one : newest),
    undefined,
  );
}

/** Of results of one time (a report is about each pod by itself), the worse one counts. */
function isNewer(one: ReportedAbout, other: ReportedAbout): boolean {
  const [at, before] = [one.at ?? '', other.at ?? ''];
  return at === before ? one.result === 'fail' && other.result !== 'fail' : at > before;
}

function judge(
  decision: RuleDecision,
  result: ReportedAbout,
  question: OpinionQuestion,
  context: OpinionContext,
  verifies: boolean,
): Disagreement | undefined {
  const kind = kindOf(decision, result, verifies);
  if (kind === undefined) return undefined;
  if (kind === 'fails-and-we-prove' && !namesImage(result, decision, question)) return undefined;
  const told = tell(kind, decision, result.result, question, whyOf(kind, decision, result));
  const at = result.at === undefined ? told : { ...told, engineAt: result.at };
  const age = whyStale(result, question);
  // An unproven green stays what it is, however old it is.
  if (kind === 'passes-and-we-refute')
    return withDefect(
      age === undefined ? at : { ...at, why: `${at.why} (${age})` },
      decision,
      context,
    );
  if (age !== undefined && kind !== 'verified-nothing')
    return { ...at, kind: 'stale', why: `${age}; ${at.why}` };
  return kind === 'fails-and-we-prove' ? withDefect(at, decision, context) : at;
}

function kindOf(
  { engine, enforced, mode, today }: RuleDecision,
  { result }: ReportedAbout,
  verifies: boolean,
): DisagreementKind | undefined {
  // What is left out by an exception or a filter is admitted today by both.
  const isExempt = mode === 'none' && today === 'admit';
  if (result === 'fail' && enforced === 'admit') return 'fails-and-we-prove';
  if (result !== 'pass') return undefined;
  if (enforced === 'refuse') return isExempt ? undefined : 'passes-and-we-refute';
  // Of engines that look at anything, a pass of another kind of policy claims no signature.
  if (!verifies) return engine === 'kyverno' ? 'verified-nothing' : undefined;
  return enforced === 'error' || enforced === 'not-evaluated'
    ? 'passes-and-we-could-not-check'
    : undefined;
}

/** A failure is about an object; where its message names an image of it, it is about that one. */
function namesImage(
  { message }: ReportedAbout,
  { image, policy }: RuleDecision,
  { admitted, decisions }: OpinionQuestion,
): boolean {
  const named = admitted.containers.filter((one) => message.includes(repositoryOf(one.image)));
  if (named.length > 0) return named.some((one) => one.image === image);
  // It names none: then it may be about any of them that we do not admit under this policy either.
  return decisions.every(
    (one) =>
      one.enforced === 'admit' ||
      one.image === image ||
      policyKey(one.policy) !== policyKey(policy),
  );
}

const repositoryOf = (image: string): string => image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');

function whyOf(
  kind: DisagreementKind,
  { why }: RuleDecision,
  { message, result }: ReportedAbout,
): string {
  const says = message === '' ? '' : `: ${message.slice(0, 300)}`;
  if (kind === 'verified-nothing')
    return 'the engine passes it under a policy that asks for no signature of it';
  return `the engine says ${result}${says}; we say: ${why}`;
}

function whyStale(
  { at }: ReportedAbout,
  { checkedAt, createdAt }: OpinionQuestion,
): string | undefined {
  if (at === undefined) return undefined;
  const time = Date.parse(at);
  if (createdAt !== undefined && time < Date.parse(createdAt))
    return `the report of ${at} is older than the pod`;
  return checkedAt !== undefined && time < Date.parse(checkedAt) - reportLagMs
    ? `the report of ${at} is older than what we found at ${checkedAt}`
    : undefined;
}

const tell = (
  kind: DisagreementKind,
  { engine, policy, rule, container, image, enforced }: RuleDecision,
  engineSays: EngineResult,
  { statusOf }: OpinionQuestion,
  why: string,
): Disagreement => ({
  kind,
  engine,
  policy: policy.name,
  rule,
  container,
  image,
  engineSays,
  weSay: enforced,
  status: statusOf(container) ?? 'inconclusive',
  why,
});

/** A defect of this version that fits takes the place of an open contradiction, and names its source. */
function withDefect(
  found: Disagreement,
  decision: RuleDecision,
  { versionsOf }: OpinionContext,
): Disagreement {
  const defect = suspectedDefect(decision, found.kind, versionsOf(decision.engine));
  if (defect === undefined) return found;
  const { source, why } = defect;
  const told = { ...found, source, why: `${found.why}; ${why}` };
  // A green that we refute keeps its name: the defect explains it and proves nothing.
  return found.kind === 'passes-and-we-refute' ? told : { ...told, kind: 'defect-suspected' };
}

/** Engines that report what passes too; of the others, saying nothing is the normal green. */
const reportsPasses: readonly Engine[] = ['kyverno', 'kubewarden', 'validating-admission-policy'];

function silence(
  decision: RuleDecision,
  question: OpinionQuestion,
  { reportsUnder }: OpinionContext,
): readonly Disagreement[] {
  const { engine, mode } = decision;
  if (mode === 'none' || !reportsPasses.includes(engine)) return [];
  if (!reportsUnder(engine, reportedPolicy(decision))) return [];
  const why = 'the engine reports about other objects under this policy, and not about this one';
  return [tell('silent', decision, 'unstated', question, why)];
}

/** A pod that claims of itself that its image was verified, and we refute it. */
function refutedClaims(
  question: OpinionQuestion,
  told: readonly Disagreement[],
): readonly Disagreement[] {
  const claims = claimedPasses(question.claims ?? []);
  if (claims.length === 0) return [];
  return question.decisions.flatMap((decision): readonly Disagreement[] => {
    if (decision.engine !== 'kyverno' || decision.enforced !== 'refuse') return [];
    const claim = claims.find((one) => one.isAbout(decision));
    const isTold = told.some(
      (one) =>
        one.kind === 'passes-and-we-refute' &&
        one.policy === decision.policy.name &&
        one.rule === decision.rule &&
        one.container === decision.container,
    );
    if (claim === undefined || isTold) return [];
    const why = `the annotation ${claim.annotation} claims that it passed, which whoever may write pods may write; we say: ${decision.why}`;
    return [tell('passes-and-we-refute', decision, 'pass', question, why)];
  });
}
