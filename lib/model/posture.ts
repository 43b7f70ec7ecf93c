import type { Digest } from './digest.ts';
import type { Owner, ReasonCode } from './reasons.ts';
import type { VerdictStatus } from './verdict.ts';

/** Kinds of finding; the first four are the verdict statuses that need a person. */
export const findingKinds = [
  'invalid',
  'unsigned',
  'untrusted',
  'inconclusive',
  'tag-moved',
  'replicas-differ',
  'tag-pinned',
] as const;
export type FindingKind = (typeof findingKinds)[number];

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

/** One fact a person should act on, about one container of one workload. */
export interface Finding {
  /** Stable over scans: workload, container, kind and what it is about. */
  readonly id: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly reason: ReasonCode;
  readonly owner: Owner;
  readonly workloadId: string;
  readonly container: string;
  readonly declared: string;
  readonly digest?: Digest;
  readonly detail: string;
}

/** What is known of the tag of one image use: where it points now. */
export type TagNow =
  | { readonly state: 'same' }
  | { readonly state: 'moved'; readonly digest: Digest }
  | { readonly state: 'gone' }
  | { readonly state: 'unknown'; readonly reason: ReasonCode; readonly detail: string }
  | { readonly state: 'not-asked' };

/** Counts of containers (or images) by status: the five add up to `total`. */
export type StatusCounts = Readonly<Record<VerdictStatus, number>> & { readonly total: number };

/** Proven, refuted, could not be checked: bounds in percent, rounded against us. */
export interface Coverage {
  readonly proven: number;
  readonly unchecked: number;
  readonly refuted: number;
  readonly total: number;
  /** Proven over total, rounded down. 0 when total is 0. */
  readonly lowerPercent: number;
  /** Proven and unchecked over total, rounded up, but 100 only when nothing is refuted. */
  readonly upperPercent: number;
}
