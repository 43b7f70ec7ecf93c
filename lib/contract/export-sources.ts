import type { Severity } from '#lib/model/posture.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import type { VerdictStatus } from '#lib/model/verdict.ts';
import type { ExportSource } from './export-text.ts';
import type { ImageRow } from './images.ts';
import { findingResult, sarifResult } from './sarif.ts';
import type { PublishedTag } from './sources.ts';
import type { FindingRow, WorkloadRow } from './workloads.ts';

const severityOf: Record<VerdictStatus, Severity> = {
  invalid: 'critical',
  unsigned: 'high',
  untrusted: 'high',
  inconclusive: 'medium',
  verified: 'info',
};

const reasonText = ({ status, reason }: Pick<WorkloadRow, 'status' | 'reason'>): string =>
  reason === null
    ? 'Verified'
    : `${reasonOf(reason).title} (${status}). ${reasonOf(reason).remedy}`;

export const workloadExport = (
  rows: AsyncIterable<readonly WorkloadRow[]>,
): ExportSource<WorkloadRow> => ({
  name: 'sealwatch-workloads',
  rows,
  columns: [
    'cluster',
    'namespace',
    'kind',
    'name',
    'team',
    'status',
    'reason',
    'pin',
    'image',
    'digest',
    'findings',
    'containers',
    'verified',
    'pods',
    'since',
    'asOf',
    'stale',
    'id',
  ],
  sarif: (row) =>
    sarifResult({
      reason: row.reason,
      severity: severityOf[row.status],
      text: `${row.image}: ${reasonText(row)}`,
      where: [row.cluster, row.namespace, row.kind, row.name].join('/'),
      fingerprint: row.id,
      properties: { ...row },
    }),
});

export const findingExport = (
  rows: AsyncIterable<readonly FindingRow[]>,
): ExportSource<FindingRow> => ({
  name: 'sealwatch-findings',
  rows,
  columns: [
    'cluster',
    'namespace',
    'workloadKind',
    'workload',
    'container',
    'team',
    'kind',
    'severity',
    'reason',
    'title',
    'detail',
    'remedy',
    'owner',
    'image',
    'digest',
    'pods',
    'since',
    'stale',
    'id',
  ],
  sarif: findingResult,
});

export const imageExport = (rows: AsyncIterable<readonly ImageRow[]>): ExportSource<ImageRow> => ({
  name: 'sealwatch-images',
  rows,
  columns: [
    'registry',
    'repository',
    'digest',
    'tags',
    'status',
    'reason',
    'signer',
    'authority',
    'attested',
    'formats',
    'containers',
    'workloads',
    'clusters',
    'published',
    'checkedAt',
    'since',
  ],
  sarif: (row) =>
    sarifResult({
      reason: row.reason,
      severity: severityOf[row.status],
      text: reasonText(row),
      where: `${row.registry}/${row.repository}@${row.digest}`,
      fingerprint: `${row.registry}/${row.repository}@${row.digest}`,
      properties: { ...row },
    }),
});

export const publishedExport = (
  rows: AsyncIterable<readonly PublishedTag[]>,
): ExportSource<PublishedTag> => ({
  name: 'sealwatch-published',
  rows,
  columns: [
    'registry',
    'repository',
    'tag',
    'digest',
    'release',
    'status',
    'reason',
    'running',
    'checkedAt',
  ],
  sarif: (row) =>
    sarifResult({
      reason: row.reason,
      severity: severityOf[row.status],
      text: reasonText(row),
      where: `${row.registry}/${row.repository}:${row.tag}`,
      fingerprint: `${row.registry}/${row.repository}:${row.tag}`,
      properties: { ...row },
    }),
});
