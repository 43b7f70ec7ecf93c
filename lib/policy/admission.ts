import type {
  AdmissionEvent,
  ControlCell,
  Disagreement,
  ExceptionKind,
  InstalledEngine,
  Visibility,
} from '#lib/model/admission.ts';
import type { Bypass, BypassSubject } from '#lib/model/bypass.ts';
import type { EngineResult } from '#lib/model/engine-report.ts';
import type { EvidenceKind, EvidencePlace } from '#lib/model/evidence.ts';
import type {
  DocumentProblem,
  Engine,
  ObjectReference,
  PolicySummary,
  RuleDecision,
} from '#lib/model/policy.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';
import type { AdmittedObject } from './admitted-object.ts';
import type { FactsOf } from './facts.ts';

/** Everything of one cluster from which follows what its engines say. */
export interface AdmissionInput {
  readonly cluster: string;
  /** Objects as they were served. */
  readonly objects: readonly unknown[];
  readonly namespaces: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
  readonly engines: readonly InstalledEngine[];
  /** Paths of lists that could not be read: nothing is said of what would be in them. */
  readonly unreadable: readonly string[];
  readonly now: Date;
}

/** An exception of whatever engine, with whom it covers. */
export interface LedgerEntry {
  readonly engine: Engine;
  readonly kind: ExceptionKind;
  readonly object: ObjectReference;
  /** The policy whose rules it sets aside, where it is about one. */
  readonly policy?: ObjectReference;
  readonly scope: string;
  /** The one namespace in which it covers anything, where it is about one. */
  readonly namespace?: string;
  /** From its own labels or annotations. */
  readonly owner?: string;
  /** ISO 8601. */
  readonly expiresAt?: string;
  readonly createdAt?: string;
  readonly tooBroad: boolean;
  /** Why the engine does not heed it; absent where it does. */
  readonly notHonoured?: string;
  readonly why: string;
  readonly covers: (subject: BypassSubject, image?: string) => boolean;
}

/** What an engine said of one workload, and what we would say. */
export interface OpinionQuestion {
  readonly admitted: AdmittedObject;
  /** Our decisions about it. */
  readonly decisions: readonly RuleDecision[];
  /** Results of engines about it or its pods. */
  readonly reported: readonly ReportedAbout[];
  /** Our verdict by container name. */
  readonly statusOf: (container: string) => VerdictStatus | undefined;
  /** When our verdicts were made, ISO 8601. */
  readonly checkedAt?: string;
  /** When its oldest pod was made, ISO 8601. */
  readonly createdAt?: string;
  /** Annotations by which its pods claim that they were checked. */
  readonly claims?: readonly Readonly<Record<string, string>>[];
}

/** A result of an engine about one object. */
export interface ReportedAbout {
  readonly engine: Engine;
  readonly policy: string;
  readonly rule?: string;
  readonly result: EngineResult;
  readonly message: string;
  readonly at?: string;
}

/** Admission of one cluster, read once and asked often. Pure: equal inputs give equal answers. */
export interface Admission {
  readonly cluster: string;
  readonly engines: readonly InstalledEngine[];
  readonly policies: readonly PolicySummary[];
  /** Objects that were refused by their reader, or that nobody here reads. */
  readonly unread: readonly {
    readonly reference: ObjectReference;
    readonly problems: readonly DocumentProblem[];
  }[];
  /**
   * What every engine says to each container, today and if it enforced. Decisions are remembered for
   * the very facts for which they were made: give the same object for the same facts. With `only`, what
   * these policies say (keys by `policyKey`); give the same set for the same question. What
   * policy-controller says where no policy matches stands under its ConfigMap, and may change with any of
   * its policies.
   */
  decide(
    admitted: AdmittedObject,
    factsOf: FactsOf,
    options?: { readonly only?: ReadonlySet<string> },
  ): readonly RuleDecision[];
  readonly bypasses: readonly Bypass[];
  readonly exceptions: readonly LedgerEntry[];
  /** Of every namespace: what each engine does there. */
  control(): ReadonlyMap<string, readonly ControlCell[]>;
  /** Results that engines wrote, by `namespace/kind/name` of the object (kind as reported). */
  reportsAbout(kind: string, namespace: string | undefined, name: string): readonly ReportedAbout[];
  /** Results by policy name, and what the reports themselves say is missing. */
  reported(policy: ObjectReference): {
    readonly counts: Readonly<Partial<Record<EngineResult, number>>>;
    readonly notes: readonly string[];
  };
  disagreements(question: OpinionQuestion): readonly Disagreement[];
  /** Which of the installed engines find evidence of a kind in a place. */
  visibility(evidence: {
    readonly kind: EvidenceKind;
    readonly place: EvidencePlace;
    readonly referrersApi: boolean | undefined;
    readonly signsWithKey: boolean;
    readonly attests: boolean;
  }): readonly Visibility[];
}

/** What would meet admission next, of a workload. */
export interface NextEvent {
  readonly event: AdmissionEvent;
  readonly detail: string;
}
