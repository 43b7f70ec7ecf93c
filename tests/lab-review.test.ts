import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '#lib/config/environment.ts';
import { type Lab, runLab } from '#lib/lab/run-lab.ts';
import { bypassesOf, exceptionsOf } from '#lib/review/bypasses.ts';
import { controlMatrix } from '#lib/review/control.ts';
import { allDecisions } from '#lib/review/decisions.ts';
import { disagreementsOf } from '#lib/review/disagreements.ts';
import { isGap } from '#lib/review/evaluate.ts';
import type { Fleet } from '#lib/review/fleet.ts';
import { policyRows } from '#lib/review/policies.ts';
import { simulateWorkload } from '#lib/review/simulate.ts';
import { suppose } from '#lib/review/suppose.ts';
import { loadConfiguration } from '#lib/wiring/configuration.ts';
import { openOneShot } from '#lib/wiring/one-shot.ts';

const everything = {
  cluster: [],
  namespace: [],
  team: [],
  policy: [],
  workload: [],
  engine: [],
  mode: [],
  today: [],
  enforced: [],
  code: [],
  kind: [],
  fault: [],
};

let dir: string;
let lab: Lab;
let fleet: Fleet;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-lab-review-'));
  lab = await runLab({ dir, seed: 11 });
  const environment = { ...readEnvironment(), configPath: lab.configPath, dataDir: dir };
  const shot = await openOneShot(loadConfiguration(environment), environment);
  try {
    const { state } = await shot.scan(() => undefined, new AbortController().signal);
    expect(state).toBe('done');
    fleet = await shot.fleet();
  } finally {
    await shot.close();
  }
}, 240_000);

afterAll(async () => {
  await lab.close();
  await rm(dir, { recursive: true, force: true });
});

/** Rows as sorted lines, so that a difference names the row. */
const lines = (rows: readonly (readonly (string | number | null | undefined)[])[]): string[] =>
  [...new Set(rows.map((row) => row.map((cell) => cell ?? '–').join(' ')))].sort();

const expected = () => lab.manifest().admission;

/** The plan tells every fault of an exception object, and of other kinds only whether anybody relies on it. */
const toldFaults = ({ kind, faults }: Told): string =>
  faults
    .filter((fault) => kind === 'policy-exception' || fault === 'unused')
    .toSorted()
    .join(',');
interface Told {
  readonly kind: string;
  readonly faults: readonly string[];
}

describe('what admission says about the lab', () => {
  it('decides for every container what was planned, today and if it enforced', () => {
    const kinds = new Map(policyRows(fleet).map((row) => [row.id, row.kind]));
    const found = allDecisions(fleet, everything).map((row) => [
      row.cluster,
      row.namespace,
      row.workloadKind,
      row.workload,
      row.container,
      row.engine,
      kinds.get(row.policyId),
      row.policy,
      row.mode,
      row.today,
      row.enforced,
    ]);
    const planned = expected().decisions.map((row) => [
      row.cluster,
      row.namespace,
      row.workloadKind,
      row.workload,
      row.container,
      row.engine,
      row.policyKind,
      row.policy,
      row.mode,
      row.today,
      row.enforced,
    ]);
    expect(lines(found)).toEqual(lines(planned));
  });

  it('finds the audit gap', () => {
    const row = ({ cluster, namespace, workload, policy }: Readonly<Record<string, unknown>>) =>
      [cluster, namespace, workload, policy].map(String);
    const gap = allDecisions(fleet, everything).filter(isGap);
    expect(lines(gap.map((one) => row({ ...one })))).toEqual(
      lines(expected().gap.map((one) => row({ ...one }))),
    );
  });

  it('says which engine controls which namespace', () => {
    const planned = expected().control.map((row) => [
      row.cluster,
      row.namespace,
      row.engine,
      row.mode,
    ]);
    const told = new Set(planned.map(([cluster, namespace]) => `${cluster} ${namespace}`));
    const found = controlMatrix(fleet, everything)
      .items.filter(({ cluster, namespace }) => told.has(`${cluster} ${namespace}`))
      .flatMap(({ cluster, namespace, cells }) =>
        cells.map(({ engine, mode }) => [cluster, namespace, engine, mode]),
      );
    expect(lines(found)).toEqual(lines(planned));
  });

  it('finds where engines say otherwise', () => {
    const row = (one: Readonly<Record<string, unknown>>) =>
      ['kind', 'cluster', 'namespace', 'workload', 'container', 'engine', 'policy'].map((key) =>
        String(one[key]),
      );
    const found = disagreementsOf(fleet, everything).map((one) => row({ ...one }));
    expect(lines(found)).toEqual(lines(expected().disagreements.map((one) => row({ ...one }))));
  });

  it('lists every way in which rules are set aside, with those that rely on it', () => {
    const found = exceptionsOf(fleet, everything).map((row) => [
      row.cluster,
      row.engine,
      row.kind,
      row.kind === 'exempt-namespace' || row.kind === 'not-opted-in' ? null : row.object,
      row.workloads,
      toldFaults(row),
    ]);
    const planned = expected().exceptions.map((row) => [
      row.cluster,
      row.engine,
      row.kind,
      row.object,
      row.workloads,
      toldFaults(row),
    ]);
    expect(lines(found)).toEqual(lines(planned));
  });

  it('finds the ways past engines', () => {
    const row = ({ cluster, engine, code, name }: Readonly<Record<string, unknown>>) =>
      [cluster, engine, code, name].map(String);
    const found = bypassesOf(fleet, everything).map((one) => row({ ...one }));
    expect(lines(found)).toEqual(lines(expected().bypasses.map((one) => row({ ...one }))));
  });

  it('names for every policy exactly the workloads that the lab refuses if it enforces', () => {
    const policies = policyRows(fleet).filter(({ mode }) => mode === 'audit' || mode === 'warn');
    expect(policies.length).toBeGreaterThan(5);
    const found = policies.flatMap(({ id, name, cluster }) =>
      newlyRefused(id).map((workload) => [cluster, name, ...workload]),
    );
    const named = new Set(policies.map(({ cluster, name }) => `${cluster} ${name}`));
    const refusedToday = new Set(
      expected()
        .decisions.filter(({ today }) => today === 'refuse')
        .map(({ cluster, namespace, workload }) => `${cluster} ${namespace} ${workload}`),
    );
    const planned = expected()
      .gap.filter(
        ({ cluster, policy, namespace, workload }) =>
          named.has(`${cluster} ${policy}`) &&
          !refusedToday.has(`${cluster} ${namespace} ${workload}`),
      )
      .map(({ cluster, policy, namespace, workload }) => [cluster, policy, namespace, workload]);
    expect(lines(found)).toEqual(lines(planned));
  });
});

/** Workloads that a policy would newly refuse if it enforced. */
function newlyRefused(policy: string): string[][] {
  const request = {
    suppose: { kind: 'enforce' as const, policies: [policy] },
    days: 0,
    namespaces: [],
  };
  return suppose(fleet, request, new Date()).clusters.flatMap((one) =>
    [...one.cluster.workloads.values()].flatMap(({ input, decisions }) => {
      const row = simulateWorkload(one, input, decisions);
      return row?.change === 'newly-refused' ? [[row.namespace, row.workload]] : [];
    }),
  );
}
