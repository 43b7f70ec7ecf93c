import type { Engine, ObjectReference } from './policy.ts';
import type { Severity } from './posture.ts';
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
  /** Of the workload; a pod where it is not given. */
  readonly kind?: string;
  /** Of the workload and its pods; where none is given, rules that ask for a name may not be counted. */
  readonly names?: readonly string[];
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

/** What a way past an engine is called, how grave it is, and what to do. */
export interface BypassWords {
  readonly title: string;
  readonly severity: Severity;
  readonly remedy: string;
}

/** The words for every way past an engine. */
export const bypassWords: Readonly<Record<BypassCode, BypassWords>> = {
  'config-missing': {
    title: 'No webhook asks about pods',
    severity: 'critical',
    remedy:
      'Reinstall the engine, or restore its webhook configuration, so that pods are asked about.',
  },
  'service-missing': {
    title: 'The service of the webhook does not exist',
    severity: 'critical',
    remedy: 'Restore the service that clientConfig names, or correct the name.',
  },
  'no-endpoints': {
    title: 'Nobody answers the webhook',
    severity: 'critical',
    remedy: 'Bring up the pods behind the service of the webhook and keep at least two ready.',
  },
  'ca-missing': {
    title: 'The webhook has no CA bundle',
    severity: 'high',
    remedy: 'Let the engine or cert-manager write caBundle again.',
  },
  'ca-unreadable': {
    title: 'The CA bundle of the webhook cannot be read',
    severity: 'high',
    remedy:
      'Replace caBundle by the certificate of the authority that signed the serving certificate.',
  },
  'ca-expired': {
    title: 'The CA of the webhook has expired',
    severity: 'critical',
    remedy: 'Renew the certificate authority of the engine and write the new caBundle.',
  },
  'failure-policy-ignore': {
    title: 'Pods get in whenever the webhook fails',
    severity: 'high',
    remedy: 'Set failurePolicy to Fail once the engine runs with enough replicas.',
  },
  'timeout-short': {
    title: 'The webhook gives up before a signature can be verified',
    severity: 'medium',
    remedy: 'Raise timeoutSeconds: a first verification asks a registry and takes seconds.',
  },
  'namespace-exempt': {
    title: 'Namespaces are left out',
    severity: 'high',
    remedy: 'Narrow the selector, filter or label that leaves the namespace out.',
  },
  'object-selector': {
    title: 'Labels on the object decide whether it is looked at',
    severity: 'high',
    remedy: 'Remove objectSelector: whoever writes a pod writes its labels.',
  },
  'match-condition': {
    title: 'A condition decides whether the webhook is asked',
    severity: 'medium',
    remedy: 'Review the matchConditions; each leaves someone out.',
  },
  'match-policy-exact': {
    title: 'Other API versions pass unseen',
    severity: 'low',
    remedy: 'Set matchPolicy to Equivalent.',
  },
  'rules-lack-create': {
    title: 'New pods are not asked about',
    severity: 'critical',
    remedy: 'Add CREATE to the rules of the webhook.',
  },
  'rules-lack-update': {
    title: 'Changed pods are not asked about',
    severity: 'medium',
    remedy: 'Add UPDATE to the rules: the image of a running pod may be changed.',
  },
  'rules-lack-ephemeral-containers': {
    title: 'Debug containers are not asked about',
    severity: 'medium',
    remedy: 'Add pods/ephemeralcontainers to the rules.',
  },
  'not-enforced': {
    title: 'A policy reports and stops nothing',
    severity: 'medium',
    remedy: 'Simulate enforcement, mend what it would refuse, then let it enforce.',
  },
  exception: {
    title: 'An exception sets a rule aside',
    severity: 'medium',
    remedy: 'Give it an owner and an end, or remove it.',
  },
  'pods-older-than-policy': {
    title: 'Pods are older than the policy',
    severity: 'low',
    remedy: 'Restart the workloads, so that the policy is asked about them.',
  },
  'static-pod': {
    title: 'Static pods are started without asking',
    severity: 'info',
    remedy: 'Control who may write manifests on nodes; admission cannot.',
  },
};
