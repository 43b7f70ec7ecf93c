import type { Engine, ObjectReference } from './policy.ts';
import type { ContainerKind } from './workload.ts';

/** The ways past an engine that its objects show. Stable: filters and exports use these words. */
export const bypassCodes = [
  'config-missing',
  'service-missing',
  'no-endpoints',
  'ca-missing',
  'ca-unreadable',
  'ca-expired',
  'failure-policy-ignore',
  'timeout-short',
  'namespace-exempt',
  'object-selector',
  'match-condition',
  'match-policy-exact',
  'rules-lack-create',
  'rules-lack-update',
  'rules-lack-ephemeral-containers',
  'not-enforced',
  'exception',
  'pods-older-than-policy',
  'static-pod',
] as const;
export type BypassCode = (typeof bypassCodes)[number];

/** What a way past an engine may depend on, of one pod or of what makes pods. */
export interface BypassSubject {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly createdAt?: string;
  /** A static pod: its kubelet starts it and asks nobody. */
  readonly mirror: boolean;
  readonly containerKinds: readonly ContainerKind[];
}

/** A way past an engine. */
export interface Bypass {
  readonly code: BypassCode;
  readonly engine: Engine;
  /** Where it stands; absent for what is missing altogether. */
  readonly object?: ObjectReference;
  /** Which webhook of the object, or which policy. */
  readonly name: string;
  /**
   * `passes`: pods get in unexamined, now or at every failure. `blocks`: nothing gets in, until
   * somebody takes the webhook away.
   */
  readonly effect: 'passes' | 'blocks';
  /** One sentence. */
  readonly why: string;
  /** Who could have come in this way. */
  readonly affects: (subject: BypassSubject) => boolean;
}
