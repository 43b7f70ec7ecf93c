import type {
  DisagreementKind,
  ExceptionFault,
  ExceptionKind,
  InstalledEngine,
} from '#lib/model/admission.ts';
import type { BypassCode } from '#lib/model/bypass.ts';
import type { EngineResult } from '#lib/model/engine-report.ts';
import type { DecisionOutcome, Engine, PolicyMode } from '#lib/model/policy.ts';

/* ------------------------------------------------------------ what is planned */

/** Whom policies of the lab believe: keys by their names, or the release workflow of Acme. */
export type PolicySigner = 'platform-key' | 'data-key' | 'edge-key' | 'release';

/**
 * What a policy asks of an image. `signature`: one by that signer, in a format in which the engine can
 * see it, beside the image. `provenance`: a signed SLSA provenance in a bundle. `digest` and
 * `not-latest`: of how the image is written; `mainOnly`: of all main containers of a pod together, which
 * is admitted or refused as a whole. `nothing`: it verifies nothing. `engine-only`: code that only the
 * engine itself runs.
 */
export type Demand =
  | {
      readonly kind: 'signature';
      readonly by: PolicySigner;
      readonly formats: readonly ('legacy' | 'bundle')[];
    }
  | { readonly kind: 'provenance'; readonly by: PolicySigner }
  | { readonly kind: 'digest' | 'not-latest'; readonly mainOnly?: true }
  | { readonly kind: 'prefixes'; readonly prefixes: readonly string[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'static-pass' }
  | { readonly kind: 'engine-only' };

/** A policy, with everything from which its decisions follow. It has one rule. */
export interface PlannedPolicy {
  readonly engine: Engine;
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly rule: string;
  readonly mode: PolicyMode;
  /** Modes that hold in some namespaces instead. */
  readonly overrides: readonly {
    readonly mode: PolicyMode;
    readonly namespaces: readonly string[];
  }[];
  /** Namespaces that it is about; absent: all of them, or its own. */
  readonly only?: readonly string[];
  /** It is about images that begin so; the empty text begins every one. */
  readonly prefixes: readonly string[];
  /** Images among these that it leaves out. */
  readonly skips: readonly string[];
  readonly demand: Demand;
}

/** How an engine stands in one cluster. */
export interface PlannedEngine extends Partial<Omit<InstalledEngine, 'engine'>> {
  readonly engine: Engine;
  /** Namespaces about which the API server asks it (`only`), or does not ask it (`except`). */
  readonly asked: { readonly only: readonly string[] } | { readonly except: readonly string[] };
  /** What becomes of an image that no policy matches; policy-controller alone has this. */
  readonly noMatch?: 'allow' | 'warn' | 'deny';
  /** Ratify runs beside it, with a trust policy that lets one repository through unexamined. */
  readonly ratify?: true;
}

/** An exception object of Kyverno, from one rule of one policy. */
export interface PlannedException {
  readonly group: 'kyverno.io' | 'policies.kyverno.io';
  readonly namespace: string;
  readonly name: string;
  /** Name of the policy. */
  readonly policy: string;
  /** Absent: every namespace. */
  readonly namespaces?: readonly string[];
  /** Workload whose pods are let past, told by its name; absent: all. */
  readonly workload?: string;
  readonly owner?: string;
  /** ISO 8601. */
  readonly expiresAt?: string;
  /** False where the engine is started so that it does not count. */
  readonly honoured: boolean;
}

/** One webhook of a configuration, sound unless it says otherwise. */
export interface PlannedWebhook {
  readonly engine: Engine;
  readonly kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration';
  /** Of the configuration. */
  readonly configuration: string;
  readonly name: string;
  readonly service: { readonly namespace: string; readonly name: string };
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly timeoutSeconds: number;
  readonly ca: 'good' | 'expired' | 'missing' | 'unreadable';
  /** Operations on pods, and whether it is asked about ephemeral containers. */
  readonly operations: readonly ('CREATE' | 'UPDATE')[];
  readonly ephemeral: boolean;
  readonly matchPolicy?: 'Exact';
  readonly objectLabel?: string;
  readonly matchCondition?: string;
  /** Selector over namespaces, as Kubernetes writes it. */
  readonly namespaceSelector: Readonly<Record<string, unknown>>;
}

/** A service that webhooks name. */
export interface PlannedService {
  readonly namespace: string;
  readonly name: string;
  /** Addresses that are ready. */
  readonly ready: number;
}

/** A report that says something else than what is so. `result: 'none'`: the engine says nothing. */
export interface PlannedDisagreement {
  readonly kind: DisagreementKind;
  readonly policy: string;
  readonly namespace: string;
  readonly workload: string;
  readonly result: EngineResult | 'none';
  /** ISO 8601; absent: of this hour. */
  readonly at?: string;
}

/** Everything about admission in one cluster. */
export interface PlannedAdmission {
  readonly cluster: string;
  readonly engines: readonly PlannedEngine[];
  readonly policies: readonly PlannedPolicy[];
  readonly exceptions: readonly PlannedException[];
  readonly webhooks: readonly PlannedWebhook[];
  readonly services: readonly PlannedService[];
  /** Labels of namespaces beside those that every one has. */
  readonly namespaceLabels: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** In which API Kyverno writes its reports here. */
  readonly reports: 'wgpolicyk8s.io' | 'openreports.io' | 'none';
  readonly disagreements: readonly PlannedDisagreement[];
}

/* --------------------------------------------------------- what must come out */

interface PolicyName {
  readonly policyGroup: string;
  readonly policyKind: string;
  readonly policyNamespace: string | null;
  readonly policy: string;
}

interface WorkloadName {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly workloadKind: string;
}

/**
 * What one policy says of one container. `mode: 'none'` with `today: 'admit'`: the engine is not asked,
 * or an exception sets the rule aside; `enforced` is then what the rule would say all the same.
 */
export interface PlannedDecisionRow extends WorkloadName, PolicyName {
  readonly engine: Engine;
  readonly container: string;
  readonly mode: PolicyMode;
  readonly today: DecisionOutcome;
  readonly enforced: DecisionOutcome;
}

/**
 * The audit gap: a workload that a policy lets in today, and would refuse if it enforced. Where the
 * engine is not asked, or an exception counts, enforcement would change nothing, and there is no gap.
 */
export interface PlannedGapRow extends WorkloadName, PolicyName {
  readonly engine: Engine;
  readonly today: DecisionOutcome;
  /** Containers for which that is so, in their order. */
  readonly containers: readonly string[];
}

/** How an engine controls a namespace in which something runs. */
export interface PlannedControlRow {
  readonly cluster: string;
  readonly namespace: string;
  readonly engine: Engine;
  readonly mode: PolicyMode;
}

/** Where an engine's report and what is so differ. */
export interface PlannedDisagreementRow extends WorkloadName {
  readonly kind: DisagreementKind;
  readonly engine: Engine;
  readonly policy: string;
  readonly container: string;
}

/**
 * One way in which rules are set aside. Of a `policy-exception` every fault is listed; of other kinds,
 * which say neither owner nor end, only whether somebody uses it.
 */
export interface PlannedExceptionRow {
  readonly cluster: string;
  readonly engine: Engine;
  readonly kind: ExceptionKind;
  /** `Kind namespace/name`; null for a namespace as a whole, of which several objects may say so. */
  readonly object: string | null;
  /** The namespace that is left out as a whole; null otherwise. */
  readonly namespace: string | null;
  readonly faults: readonly ExceptionFault[];
  /** Workloads that rely on it now: without it the engine would look at one of their images. */
  readonly workloads: number;
}

/** A way past an engine. `name`: of the webhook, the policy, the namespace, or the engine. */
export interface PlannedBypassRow {
  readonly cluster: string;
  readonly engine: Engine;
  readonly code: BypassCode;
  readonly name: string;
}

/** What a complete review of admission must come to. */
export interface PlannedAdmissionRows {
  readonly engines: readonly (InstalledEngine & { readonly cluster: string })[];
  readonly decisions: readonly PlannedDecisionRow[];
  readonly gap: readonly PlannedGapRow[];
  readonly control: readonly PlannedControlRow[];
  readonly disagreements: readonly PlannedDisagreementRow[];
  readonly exceptions: readonly PlannedExceptionRow[];
  readonly bypasses: readonly PlannedBypassRow[];
}
