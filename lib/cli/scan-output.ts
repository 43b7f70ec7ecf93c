import { findingExport } from '#lib/contract/export-sources.ts';
import { exportText } from '#lib/contract/export-text.ts';
import type { ScanRow } from '#lib/contract/sources.ts';
import { type ContainerListRow, type FindingRow, WorkloadFilter } from '#lib/contract/workloads.ts';
import type { FindingKind } from '#lib/model/posture.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { bandOrder } from '#lib/model/verdict.ts';
import type { ReadStore } from '#lib/ports/store.ts';
import { printable } from './printable.ts';

export const scanFormats = ['table', 'json', 'ndjson', 'sarif', 'junit', 'csv'] as const;
export type ScanFormat = (typeof scanFormats)[number];

/** The part of a store that a report reads. */
export type ReportStore = Pick<
  ReadStore,
  'allFindings' | 'allContainers' | 'allPublished' | 'overview'
>;

const everything = WorkloadFilter.parse({});
const everyScope = { cluster: [], namespace: [], team: [] };

/** Writes the report of a finished scan to standard output and returns the exit code. */
export async function writeScan(
  store: ReportStore,
  scan: ScanRow,
  format: ScanFormat,
  failOn: readonly FindingKind[],
): Promise<number> {
  for (const failure of scan.failures)
    process.stderr.write(
      `sealwatch: ${printable(failure.detail)} → ${reasonOf(failure.reason).remedy}\n`,
    );
  for await (const text of report(store, scan, format)) await write(text);
  return exitCode(store, scan, failOn);
}

/** A pipe that is full is waited for, so that a large report needs no memory. */
const write = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });

async function exitCode(
  store: ReportStore,
  scan: ScanRow,
  failOn: readonly FindingKind[],
): Promise<number> {
  const kinds = new Set<FindingKind>();
  for await (const batch of store.allFindings(everything))
    for (const { kind } of batch) kinds.add(kind);
  if (failOn.some((kind) => kind !== 'inconclusive' && kinds.has(kind))) return 1;
  const unchecked = kinds.has('inconclusive') || scan.failures.length > 0;
  return failOn.includes('inconclusive') && unchecked ? 3 : 0;
}

function report(store: ReportStore, scan: ScanRow, format: ScanFormat): AsyncIterable<string> {
  switch (format) {
    case 'json':
      return jsonReport(store, scan);
    case 'junit':
      return junitReport(store);
    case 'table':
      return tableReport(store, scan);
    default:
      return exportText(findingExport(store.allFindings(everything)), format);
  }
}

async function* jsonReport(store: ReportStore, scan: ScanRow): AsyncGenerator<string> {
  const { counts, releaseTags } = await store.overview(everyScope, new Date());
  yield `{"scan":${JSON.stringify(scan)},"counts":${JSON.stringify({ counts, releaseTags })}`;
  yield* jsonList('containers', store.allContainers(everything));
  yield* jsonList('findings', store.allFindings(everything));
  yield* jsonList('published', store.allPublished({ status: [] }));
  yield '}\n';
}

async function* jsonList<T>(
  name: string,
  rows: AsyncIterable<readonly T[]>,
): AsyncGenerator<string> {
  yield `,\n"${name}":[`;
  let separator = '\n';
  for await (const batch of rows) {
    for (const row of batch) {
      yield separator + JSON.stringify(row);
      separator = ',\n';
    }
  }
  yield ']';
}

async function* junitReport(store: ReportStore): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites><testsuite name="sealwatch">\n';
  for await (const batch of store.allContainers(everything)) yield batch.map(junitCase).join('');
  yield '</testsuite></testsuites>\n';
}

function junitCase(row: ContainerListRow): string {
  const name = xml(`${row.workloadKind}/${row.workload} ${row.container}: ${row.declared}`);
  const open = `<testcase classname="${xml(`${row.cluster}.${row.namespace}`)}" name="${name}"`;
  if (row.status === 'verified' || row.reason === null) return `${open}/>\n`;
  const { title, remedy } = reasonOf(row.reason);
  const tag = row.status === 'inconclusive' ? 'error' : 'failure';
  return `${open}><${tag} type="${row.reason}" message="${xml(title)}">${xml(`${row.detail ?? ''} ${remedy}`)}</${tag}></testcase>\n`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Escapes for XML and drops what XML 1.0 cannot hold. */
const xml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML refuses
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, (character) => entities[character] ?? '');

async function* tableReport(store: ReportStore, scan: ScanRow): AsyncGenerator<string> {
  const { counts, releaseTags } = await store.overview(everyScope, new Date());
  const line = (words: typeof counts) =>
    bandOrder.map((status) => `${words[status]} ${status}`).join(', ');
  yield `${counts.total} running containers: ${line(counts)}\n`;
  if (releaseTags.total > 0) yield `${releaseTags.total} release tags: ${line(releaseTags)}\n`;
  yield `${scan.signatureChecks} signature checks, ${scan.requests} requests\n\n`;
  let findings = 0;
  for await (const batch of store.allFindings(everything)) {
    findings += batch.length;
    yield batch.map(findingLine).join('');
  }
  const unread = scan.failures.length > 0 ? ', leaving out what could not be read' : '';
  yield findings === 0 ? `no findings${unread}\n` : `\n${findings} findings${unread}\n`;
}

const findingLine = (row: FindingRow): string =>
  `${row.severity.padEnd(8)} ${row.kind.padEnd(15)} ${printable(`${row.cluster}/${row.namespace}/${row.workload} ${row.container}`)}\n` +
  `         ${printable(row.image)}: ${row.title}. ${printable(row.detail)}\n         → ${row.remedy} (${row.owner})\n`;
