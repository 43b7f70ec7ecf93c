import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishedTag } from '#lib/contract/sources.ts';
import type { ContainerListRow, FindingRow } from '#lib/contract/workloads.ts';
import { type Lab, runLab } from '#lib/lab/run-lab.ts';
import { findingKinds } from '#lib/model/posture.ts';
import { verdictStatuses } from '#lib/model/verdict.ts';

const main = path.resolve(import.meta.dirname, '../lib/cli/main.ts');
const run = promisify(execFile);

interface Report {
  readonly scan: { readonly state: string };
  readonly counts: { readonly counts: Record<string, number> };
  readonly containers: readonly ContainerListRow[];
  readonly findings: readonly FindingRow[];
  readonly published: readonly PublishedTag[];
}

let dir: string;
let lab: Lab;
let report: Report;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-lab-scan-'));
  lab = await runLab({ dir, seed: 11 });
  const { stdout } = await run(
    process.execPath,
    [main, 'scan', '--config', lab.configPath, '-o', 'json', '--quiet'],
    { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, SEALWATCH_DATA_DIR: dir } },
  );
  report = JSON.parse(stdout) as Report;
}, 180_000);

afterAll(async () => {
  await lab.close();
  await rm(dir, { recursive: true, force: true });
});

/** Rows as sorted lines, so that a difference names the row. */
const lines = (rows: readonly (readonly (string | number | null | undefined)[])[]): string[] =>
  rows.map((row) => row.map((cell) => cell ?? '–').join(' ')).sort();

describe('a scan of the lab', () => {
  it('finds what was planted, row by row', () => {
    const { findings } = lab.manifest();
    expect(
      lines(
        report.findings.map((row) => [
          row.cluster,
          row.namespace,
          row.workload,
          row.container,
          row.kind,
          row.reason,
        ]),
      ),
    ).toEqual(
      lines(
        findings.map((row) => [
          row.cluster,
          row.namespace,
          row.workload,
          row.container,
          row.kind,
          row.reason,
        ]),
      ),
    );
  });

  it('says of every container what was planned', () => {
    const { containers } = lab.manifest();
    const row = (item: ContainerListRow | (typeof containers)[number]) => [
      item.cluster,
      item.namespace,
      item.workloadKind,
      item.workload,
      item.container,
      item.declared,
      item.digest,
      item.pods,
      item.status,
      item.reason,
    ];
    expect(lines(report.containers.map(row))).toEqual(lines(containers.map(row)));
  });

  it('says of every published tag what was planned', () => {
    const row = (item: {
      registry: string;
      repository: string;
      tag: string;
      status: string;
      reason: string | null;
    }) => [item.registry, item.repository, item.tag, item.status, item.reason];
    expect(lines(report.published.map(row))).toEqual(lines(lab.manifest().published.map(row)));
  });

  it('counts as many containers as there are rows', () => {
    const running = report.containers.filter(({ pods }) => pods > 0);
    expect(report.counts.counts['total']).toBe(running.length);
    for (const status of verdictStatuses)
      expect([status, report.counts.counts[status]]).toEqual([
        status,
        running.filter((row) => row.status === status).length,
      ]);
  });

  it('meets every status and every kind of finding', () => {
    expect(new Set(report.containers.map(({ status }) => status))).toEqual(
      new Set(verdictStatuses),
    );
    expect(new Set(report.findings.map(({ kind }) => kind))).toEqual(new Set(findingKinds));
  });
});
