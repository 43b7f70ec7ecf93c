import type { BypassCode } from './bypass.ts';
import type { EngineResult } from './engine-report.ts';
import type { DecisionOutcome, Engine, ObjectReference, PolicyMode } from './policy.ts';
import type { VerdictStatus } from './verdict.ts';

/** An engine that runs in a cluster, as its own workloads tell. */
export interface InstalledEngine {
  readonly engine: Engine;
  /** As in the tag of its image (`v1.15.2`); absent where only a digest is declared. */
  readonly version?: string;
  readonly namespace: string;
  readonly workload: string;
}

/** What makes Kubernetes ask admission again about a workload that runs. */
export const admissionEvents = [
  'rollout',
  'drain',
  'scale-up',
  'cron-tick',
  'retry',
  'recreation',
  'never',
] as const;
export type AdmissionEvent = (typeof admissionEvents)[number];

/** How strongly an engine controls a namespace; the reason where it does not. */
export interface ControlCell {
  readonly engine: Engine;
  readonly mode: PolicyMode;
  readonly why?: string;
}

/** Ways in which rules are set aside, of whatever engine. */
export const exceptionKinds = [
  'policy-exception',
  'skip-image-references',
  'static-pass',
  'exempt-namespace',
  'dry-run',
  'failure-policy-ignore',
  'notation-skip',
  'not-opted-in',
  'no-match-allow',
] as const;
export type ExceptionKind = (typeof exceptionKinds)[number];

/** What is wrong with an exception itself. */
export const exceptionFaults = [
  'expired',
  'unused',
  'too-broad',
  'no-owner',
  'no-expiry',
  'not-honoured',
] as const;
export type ExceptionFault = (typeof exceptionFaults)[number];

/** How an engine's word and ours differ. */
export const disagreementKinds = [
  'passes-and-we-refute',
  'fails-and-we-prove',
  'passes-and-we-could-not-check',
  'verified-nothing',
  'silent',
  'stale',
  'defect-suspected',
] as const;
export type DisagreementKind = (typeof disagreementKinds)[number];

/** An engine's word about one container beside ours. */
export interface Disagreement {
  readonly kind: DisagreementKind;
  readonly engine: Engine;
  readonly policy: string;
  readonly rule?: string;
  readonly container: string;
  readonly image: string;
  readonly engineSays: EngineResult;
  /** ISO 8601; absent where the report has no time. */
  readonly engineAt?: string;
  readonly weSay: DecisionOutcome;
  readonly status: VerdictStatus;
  /** One sentence. */
  readonly why: string;
  /** Source of a defect that may be the cause. */
  readonly source?: string;
}

/** Whether an engine of some version finds a signature of a kind in a place. */
export interface Visibility {
  readonly engine: Engine;
  readonly version?: string;
  readonly sees: 'yes' | 'no' | 'unknown';
  readonly why: string;
}

/** A way past an engine with its weight, as lists show it. */
export interface BypassSummary {
  readonly code: BypassCode;
  readonly engine: Engine;
  readonly name: string;
  readonly object?: ObjectReference;
  readonly effect: 'passes' | 'blocks';
  readonly why: string;
}

/** What each kind of disagreement is called, and what to do. */
export const disagreementWords: Readonly<
  Record<DisagreementKind, { readonly title: string; readonly remedy: string }>
> = {
  'passes-and-we-refute': {
    title: 'The engine passes what we refute',
    remedy: 'Look at the image before trusting the green; then find out why the engine passed it.',
  },
  'fails-and-we-prove': {
    title: 'The engine fails what we prove',
    remedy: 'Look whether the engine can see the signature: its format, its place, the registry.',
  },
  'passes-and-we-could-not-check': {
    title: 'The engine passes what we could not check',
    remedy: 'Mend the access that we lack; until then the green stands on the engine alone.',
  },
  'verified-nothing': {
    title: 'Passed, and nothing was verified',
    remedy: 'The policy asks for no signature of this image; do not count it as control.',
  },
  silent: {
    title: 'The engine said nothing',
    remedy: 'Look whether background scans run and whether reports of this namespace are written.',
  },
  stale: {
    title: 'The engine speaks of an older state',
    remedy: 'Wait for its next background scan, or trigger one.',
  },
  'defect-suspected': {
    title: 'A known defect of this engine version fits',
    remedy: 'Read the source that is named and update the engine.',
  },
};
