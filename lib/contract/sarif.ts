import type { Severity } from '#lib/model/posture.ts';
import { type ReasonCode, reasons } from '#lib/model/reasons.ts';
import type { FindingRow } from './workloads.ts';

/** A SARIF 2.1.0 result as we write it. */
export interface SarifRow {
  readonly ruleId: string;
  readonly level: 'error' | 'warning' | 'note' | 'none';
  readonly message: { readonly text: string };
  readonly locations: readonly object[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

const levels: Record<Severity, SarifRow['level']> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/**
 * Head and tail of a SARIF log whose results are written between them, separated by commas; the
 * rules are the whole reason catalogue.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarifDocument(): readonly [head: string, tail: string] {
  const rules = Object.entries(reasons).map(([id, { title, remedy }]) => ({
    id,
    shortDescription: { text: title },
    help: { text: remedy },
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'Sealwatch', rules } }, results: ['RESULTS'] }],
  };
  const [head = '', tail = ''] = JSON.stringify(log).split('"RESULTS"');
  return [head, `${tail}\n`];
}

interface Subject {
  readonly reason: ReasonCode | null;
  readonly severity: Severity;
  readonly text: string;
  /** Where, as a path-like name: `cluster/namespace/kind/name` or `registry/repository@digest`. */
  readonly where: string;
  readonly fingerprint: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** One result; `reason` null (nothing is wrong) becomes level none. */
export const sarifResult = (subject: Subject): SarifRow => ({
  ruleId: subject.reason ?? 'verified',
  level: subject.reason === null ? 'none' : levels[subject.severity],
  message: { text: subject.text },
  locations: [
    {
      logicalLocations: [{ fullyQualifiedName: subject.where, kind: 'resource' }],
      physicalLocation: { artifactLocation: { uri: encodeURI(subject.where) } },
    },
  ],
  partialFingerprints: { 'sealwatch/v1': subject.fingerprint },
  properties: subject.properties,
});

/** A finding as a SARIF result. */
export const findingResult = (finding: FindingRow): SarifRow =>
  sarifResult({
    reason: finding.reason,
    severity: finding.severity,
    text: `${finding.title}: ${finding.detail} ${finding.remedy}`,
    where: [
      finding.cluster,
      finding.namespace,
      finding.workloadKind,
      finding.workload,
      finding.container,
    ].join('/'),
    fingerprint: finding.id,
    properties: {
      kind: finding.kind,
      image: finding.image,
      digest: finding.digest,
      owner: finding.owner,
    },
  });
