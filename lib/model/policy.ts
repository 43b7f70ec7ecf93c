import type { Authority } from './authority.ts';
import type { ContainerKind } from './workload.ts';

/** Software that decides at admission whether a pod may run. */
export const engines = [
  'kyverno',
  'policy-controller',
  'gatekeeper',
  'validating-admission-policy',
  'connaisseur',
  'portieris',
  'kubewarden',
  'openshift',
] as const;
export type Engine = (typeof engines)[number];

/** What happens to a pod that a policy finds fault with; `none`: nothing, not even a report. */
export const policyModes = ['enforce', 'warn', 'audit', 'none'] as const;
export type PolicyMode = (typeof policyModes)[number];

/** Names one object of one cluster; group and kind together tell same-named kinds apart. */
export interface ObjectReference {
  readonly cluster: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Where in a document something is wrong, and what: `spec.rules[0].verifyImages[1].attestors`. */
export interface DocumentProblem {
  readonly path: string;
  readonly message: string;
}

/** The answer of a reader: what it understood, or why it refuses the document. */
export type ReadDocument<T> =
  | { readonly kind: 'read'; readonly value: T; readonly ignored: readonly DocumentProblem[] }
  | { readonly kind: 'refused'; readonly problems: readonly DocumentProblem[] };

/** A policy as every engine's list shows it; what only its engine understands stays in `document`. */
export interface PolicySummary {
  readonly reference: ObjectReference;
  readonly engine: Engine;
  readonly mode: PolicyMode;
  /** True when it asks for signatures or attestations. */
  readonly verifies: boolean;
  /** Patterns of the images it is about, as written. */
  readonly images: readonly string[];
  /** Whom it believes, as authorities of our own verifier; used under this policy only. */
  readonly authorities: readonly Authority[];
  /** Parts that we read but cannot evaluate, in words. */
  readonly unevaluated: readonly string[];
  readonly createdAt?: string;
}

/** What a policy or an engine decides about one container. */
export const decisionOutcomes = ['admit', 'warn', 'refuse', 'error', 'not-evaluated'] as const;
export type DecisionOutcome = (typeof decisionOutcomes)[number];

/** One rule's word about one container, today and if it enforced. */
export interface RuleDecision {
  readonly policy: ObjectReference;
  readonly engine: Engine;
  /** Name of the rule or authority within the policy. */
  readonly rule: string;
  readonly container: string;
  readonly containerKind: ContainerKind;
  readonly image: string;
  readonly mode: PolicyMode;
  readonly today: DecisionOutcome;
  readonly enforced: DecisionOutcome;
  /** One sentence: what matched and what was missing. */
  readonly why: string;
  /** Set when a version of the engine is known to decide otherwise, with the source of that knowledge. */
  readonly engineMayDiffer?: string;
}
