import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenedStore, openStore } from '#lib/adapters/store/open-store.ts';
import { WorkloadFilter } from '#lib/contract/workloads.ts';
import { scanOnce } from '#lib/scan/scan-once.ts';
import { everyFinding, everyRow, oneOfEveryCase } from '#tests/builders/workload-cases.ts';
import { aWorld, quickly } from '#tests/fakes/world.ts';

const everything = WorkloadFilter.parse({});

async function all<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

describe('a whole scan into the database', () => {
  let store: OpenedStore;
  beforeAll(async () => {
    store = await openStore({ kind: 'memory' });
  });
  afterAll(() => store.close());

  it('says of one of every case what it is, once and again', async () => {
    const world = aWorld();
    const { cluster } = oneOfEveryCase(world.registry);
    const deps = world.deps({ clusters: [cluster], store });
    for (const full of [false, true]) {
      const scan = await scanOnce(deps, { pace: quickly, full });
      expect(scan.state).toBe('done');
      const rows = (await all(store.allContainers(everything))).map((row) =>
        [`${row.workload}/${row.container}`, row.status, row.reason ?? '-'].join(' '),
      );
      expect(rows.sort()).toEqual(everyRow);
      const findings = (await all(store.allFindings(everything))).map((row) =>
        [`${row.workload}/${row.container}`, row.kind, row.reason, row.severity].join(' '),
      );
      expect(findings.sort()).toEqual(everyFinding);
      if (full) expect(scan.signatureChecks).toBe(0);
    }
  });

  it('keeps what a scan says of itself', async () => {
    const [latest] = await store.scans(1);
    expect(latest).toMatchObject({ state: 'done', full: true, material: expect.any(String) });
    const [cluster] = await store.clusters();
    expect(cluster).toMatchObject({ id: 'prod', state: expect.stringMatching(/current|stale/) });
  });
});
