import type { Disagreement } from '#lib/model/admission.ts';
import type { DecisionOutcome, RuleDecision } from '#lib/model/policy.ts';
import { type VerdictStatus, verdictStatuses } from '#lib/model/verdict.ts';
import type { AdmissionFacts } from '#lib/model/workload.ts';
import type { Admission, NextEvent, ReportedAbout } from '#lib/policy/admission.ts';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import type { FactsOf, ImageFacts } from '#lib/policy/facts.ts';
import { nextEvent } from '#lib/policy/next-event.ts';
import type { ReviewedUse, ReviewedWorkload } from '#lib/ports/review-store.ts';

/** What admission says about one workload. */
export interface WorkloadReview {
  readonly input: ReviewedWorkload;
  readonly decisions: readonly RuleDecision[];
  readonly event: NextEvent;
  readonly disagreements: readonly Disagreement[];
  /** Set where a fault of ours kept it from being worked out: then nothing is known, and that is said. */
  readonly failed?: true;
}

/** Facts about the image that a use names now. */
export type FactsOfUse = (use: ReviewedUse) => ImageFacts | undefined;

type Labels = Readonly<Record<string, string>>;

/** Labels of namespaces; undefined where they could not be read. */
export type NamespaceLabels = (namespace: string) => Labels | undefined;

/**
 * What the engines of a cluster say to a workload, asked as its pod and, where something makes its
 * pods, as that too: the stricter answer counts, since either stops it.
 */
export function decideWorkload(
  admission: Pick<Admission, 'decide'>,
  input: ReviewedWorkload,
  labelsOf: NamespaceLabels,
  factsOfUse: FactsOfUse,
): readonly RuleDecision[] {
  const factsOf = factsByImage(input.uses, factsOfUse);
  const decided = admittedObjects(input, labelsOf(input.workload.namespace)).map((admitted) =>
    admission.decide(admitted, factsOf),
  );
  const decisions = strictest(decided.flat());
  if (input.workload.admission?.mirror !== true) return decisions;
  const why = 'a static pod: its kubelet starts it and asks nobody';
  return decisions.map((decision) => ({ ...decision, today: 'admit', enforced: 'admit', why }));
}

/** The review of one workload: decisions, the next event, and where engines say otherwise. */
export function reviewWorkload(
  admission: Admission,
  input: ReviewedWorkload,
  labelsOf: NamespaceLabels,
  factsOfUse: FactsOfUse,
): WorkloadReview {
  const decisions = decideWorkload(admission, input, labelsOf, factsOfUse);
  const [pod] = admittedObjects(input, labelsOf(input.workload.namespace));
  const reported = reportedAbout(admission, input);
  // Of a static pod no engine was asked, so none of them says anything that could be wrong.
  const { mirror, createdAt, claims } = input.workload.admission ?? noFacts;
  const disagreements =
    pod === undefined || mirror || (decisions.length === 0 && reported.length === 0)
      ? []
      : admission.disagreements({
          admitted: pod,
          decisions,
          reported,
          statusOf: (container) => worstStatus(input.uses, container),
          ...(createdAt !== undefined && { createdAt }),
          ...(claims && { claims }),
        });
  return { input, decisions, event: nextEvent(input.workload), disagreements };
}

const noFacts: AdmissionFacts = { labels: {}, podLabels: {}, mirror: false, pods: [] };

/** The pod, and what makes it where that is another object. */
function admittedObjects(
  { workload, uses }: ReviewedWorkload,
  namespaceLabels: Labels | undefined,
): readonly AdmittedObject[] {
  const { admission = noFacts, kind, apiVersion, namespace, name } = workload;
  const containers = new Map(
    uses.map(({ container, kind: of, declared }) => [
      JSON.stringify([container, of, declared]),
      { name: container, kind: of, image: declared },
    ]),
  );
  const common = {
    namespace,
    containers: [...containers.values()],
    ...(namespaceLabels && { namespaceLabels }),
  };
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  const pod: AdmittedObject = {
    ...common,
    group: '',
    kind: 'Pod',
    name: admission.pods[0] ?? name,
    labels: kind === 'Pod' ? admission.labels : admission.podLabels,
  };
  return kind === 'Pod' ? [pod] : [pod, { ...common, group, kind, name, labels: admission.labels }];
}

/** A declared image may be several uses; the one about which least is known speaks for it. */
function factsByImage(uses: readonly ReviewedUse[], factsOfUse: FactsOfUse): FactsOf {
  const known = new Map<string, ImageFacts | undefined>();
  for (const use of uses) if (!known.has(use.declared)) known.set(use.declared, factsOfUse(use));
  return (image) => known.get(image);
}

const strictness: readonly DecisionOutcome[] = [
  'refuse',
  'error',
  'not-evaluated',
  'warn',
  'admit',
];

const isStricter = (a: RuleDecision, b: RuleDecision): boolean =>
  strictness.indexOf(a.enforced) < strictness.indexOf(b.enforced) ||
  (a.enforced === b.enforced && strictness.indexOf(a.today) < strictness.indexOf(b.today));

function strictest(decisions: readonly RuleDecision[]): readonly RuleDecision[] {
  const kept = new Map<string, RuleDecision>();
  for (const decision of decisions) {
    const { policy, rule, container, containerKind, image } = decision;
    const { group, kind, namespace, name } = policy;
    const key = JSON.stringify([
      group,
      kind,
      namespace,
      name,
      rule,
      container,
      containerKind,
      image,
    ]);
    const before = kept.get(key);
    if (before === undefined || isStricter(decision, before)) kept.set(key, decision);
  }
  return [...kept.values()];
}

function reportedAbout(
  admission: Admission,
  { workload }: ReviewedWorkload,
): readonly ReportedAbout[] {
  const { kind, namespace, name } = workload;
  const pods = workload.admission?.pods ?? [];
  return [
    ...admission.reportsAbout(kind, namespace, name),
    ...(kind === 'Pod' ? [] : pods.flatMap((pod) => admission.reportsAbout('Pod', namespace, pod))),
  ];
}

/** The worst verdict among the uses of a container. */
export const worstStatus = (
  uses: readonly ReviewedUse[],
  container: string,
): VerdictStatus | undefined => {
  const own = new Set(uses.filter((use) => use.container === container).map((use) => use.status));
  return verdictStatuses.find((status) => own.has(status));
};

/** What a workload's decisions come to, of some or all policies. */
export interface WorkloadOutcome {
  readonly refusedToday: boolean;
  readonly wouldRefuse: boolean;
  readonly wouldError: boolean;
  readonly notEvaluated: boolean;
}

type Said = Pick<RuleDecision, 'today' | 'enforced' | 'mode'>;

/**
 * True where a rule refuses if it enforces, and lets in today: the audit gap. Where an engine is not
 * asked at all, nothing is about to be enforced: that is a lack of control and told as such.
 */
export const isGap = ({ today, enforced, mode }: Said): boolean =>
  enforced === 'refuse' && today !== 'refuse' && mode !== 'none';

/**
 * Adds up decisions of one workload; a refusal weighs more than what could not be checked. What one rule
 * refuses today another one may refuse only if it enforces: then both are true.
 */
export function outcomeOf(decisions: readonly Said[]): WorkloadOutcome {
  const asked = decisions.filter(({ mode }) => mode !== 'none');
  const refusedToday = decisions.some(({ today }) => today === 'refuse');
  const wouldRefuse = decisions.some(isGap);
  const wouldError =
    !refusedToday && !wouldRefuse && asked.some(({ enforced }) => enforced === 'error');
  const notEvaluated =
    !refusedToday &&
    !wouldRefuse &&
    !wouldError &&
    asked.some(({ enforced }) => enforced === 'not-evaluated');
  return { refusedToday, wouldRefuse, wouldError, notEvaluated };
}
