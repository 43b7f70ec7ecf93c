import { createHash } from 'node:crypto';
import type { FindingKind, Severity } from '#lib/model/posture.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { Pin } from '#lib/model/reference.ts';
import { type VerdictStatus, verdictStatuses } from '#lib/model/verdict.ts';
import type { ContainerKind } from '#lib/model/workload.ts';

/** What a finding is, as far as filters ask. */
export interface FindingClass {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly reason: ReasonCode;
}

/**
 * What a container is, as far as filters and counts ask. A fleet of 100,000 workloads has some
 * hundred of these, so that filters and facets are decided once a class and not once a container.
 */
export interface ContainerClass {
  readonly status: VerdictStatus;
  readonly reason: ReasonCode | null;
  readonly pin: Pin;
  readonly kind: ContainerKind;
  readonly running: boolean;
  readonly findings: readonly FindingClass[];
}

/** The place of a status in `verdictStatuses`: 0 is the worst. */
export const rankOf = (status: VerdictStatus): number => verdictStatuses.indexOf(status);
export const statusOf = (rank: number): VerdictStatus => verdictStatuses[rank] ?? 'inconclusive';

/** Equal classes have equal keys. */
export function classKey(facts: ContainerClass): string {
  const findings = facts.findings.map(
    ({ kind, severity, reason }) => `${kind} ${severity} ${reason}`,
  );
  return hash(
    JSON.stringify([
      facts.status,
      facts.reason,
      facts.pin,
      facts.kind,
      facts.running,
      [...new Set(findings)].sort(),
    ]),
  );
}

/** Short content key: 128 bits of SHA-256. */
export const hash = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22);
