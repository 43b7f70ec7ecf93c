import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedStore } from '#lib/adapters/store/open-store.ts';
import {
  type Simulation,
  SimulationRequest,
  type SimulationRow,
  SimulationRowFilter,
  simulationChanges,
} from '#lib/contract/simulations.ts';
import { admissionEvents } from '#lib/model/admission.ts';
import { dice, minutesLater } from './store-fleet.ts';

const simulationOf = (id: string, some: Partial<Simulation> = {}): Simulation => ({
  id,
  request: SimulationRequest.parse({ suppose: { kind: 'enforce', policies: ['a'] } }),
  title: 'Enforce a',
  state: 'running',
  createdAt: minutesLater(0).toISOString(),
  finishedAt: null,
  asOf: null,
  done: 0,
  total: 0,
  counts: {
    workloads: 0,
    newlyRefused: 0,
    newlyAdmitted: 0,
    stillRefused: 0,
    newlyError: 0,
    notEvaluated: 0,
    unchanged: 0,
  },
  byOwner: [],
  byReason: [],
  byEvent: [],
  patches: [],
  problem: null,
  ...some,
});

const rowOf = (n: number, some: Partial<SimulationRow> = {}): SimulationRow => ({
  id: `row-${n}`,
  change: 'newly-refused',
  cluster: 'east',
  namespace: 'space',
  workloadId: `east/uid-${n}`,
  workload: `app-${n}`,
  workloadKind: 'Deployment',
  team: null,
  container: 'main',
  image: 'ghcr.io/acme/app:v1',
  policy: 'signed',
  rule: 'check',
  today: 'admit',
  supposed: 'refuse',
  why: 'No signature.',
  event: 'rollout',
  eventDetail: '',
  pods: 1,
  lastSeen: null,
  ...some,
});

const filterOf = (some: object = {}) => SimulationRowFilter.parse(some);

/** What every store must do with simulations; `open` gives a new, empty one. */
export function storeSimulationContract(open: () => Promise<OpenedStore>): void {
  describe('simulations', () => {
    let store: OpenedStore;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    const paged = async (id: string, some: object = {}, limit = 100) => {
      const rows: SimulationRow[] = [];
      let cursor: string | null = null;
      do {
        const page = await store.simulationRows(id, filterOf(some), {
          limit,
          ...(cursor !== null && { cursor }),
        });
        rows.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      return rows;
    };
    const idsOf = (rows: readonly SimulationRow[]) => rows.map(({ id }) => id);

    it('come back as they stand, newest first', async () => {
      const patches = [{ policy: 'a', command: 'kubectl \0', diff: '-x\n+y' }];
      await store.saveSimulation(simulationOf('one'));
      await store.saveSimulation(
        simulationOf('two', { createdAt: minutesLater(1).toISOString(), title: 'Second' }),
      );
      await store.saveSimulation(simulationOf('one', { done: 5, patches }));
      expect(await store.simulation('one')).toEqual(
        simulationOf('one', {
          done: 5,
          patches: [{ policy: 'a', command: 'kubectl \ufffd', diff: '-x\n+y' }],
        }),
      );
      expect((await store.simulations(10)).map(({ id }) => id)).toEqual(['two', 'one']);
      expect(await store.simulations(1)).toHaveLength(1);
      for (const id of ['none', 'NUL \0', '']) expect(await store.simulation(id)).toBeUndefined();
    });

    it('stay as they ended when progress is told late', async () => {
      await store.saveSimulation(simulationOf('stopped', { done: 1 }));
      await store.saveSimulation(simulationOf('stopped', { state: 'stopped', done: 2 }));
      await store.saveSimulation(simulationOf('stopped', { done: 3 }));
      expect(await store.simulation('stopped')).toMatchObject({ state: 'stopped', done: 2 });
      await store.saveSimulation(simulationOf('stopped', { state: 'failed', done: 4 }));
      expect(await store.simulation('stopped')).toMatchObject({ state: 'failed', done: 4 });
    });

    it('have no rows until they are written, and none of others', async () => {
      await store.saveSimulation(simulationOf('with'));
      await store.saveSimulation(simulationOf('without'));
      await store.saveSimulationRows('with', [rowOf(1)]);
      await store.saveSimulationRows('nobody', [rowOf(2)]);
      for (const id of ['without', 'nobody', 'NUL \0'])
        expect(await store.simulationRows(id, filterOf(), { limit: 10 })).toEqual({
          items: [],
          next: null,
          total: 0,
        });
      expect(await paged('with')).toEqual([rowOf(1)]);
      await store.saveSimulation(simulationOf('with', { state: 'done' }));
      expect(await paged('with')).toEqual([rowOf(1)]);
      await store.saveSimulationRows('with', [rowOf(3), rowOf(1)]);
      expect(await paged('with')).toEqual([rowOf(3), rowOf(1)]);
      await store.saveSimulationRows('with', []);
      expect(await paged('with')).toEqual([]);
    });

    const roll = dice(7);
    const teams = [null, 'blue', 'a%b_c', `o'"\\`];
    const many = Array.from({ length: 2_500 }, (_none, n) =>
      rowOf(n, {
        change: simulationChanges[roll(simulationChanges.length)] ?? 'unchanged',
        namespace: `space-${roll(4)}`,
        team: teams[roll(teams.length)] ?? null,
        event: admissionEvents[roll(admissionEvents.length)] ?? 'never',
        workload: `App-${n}`,
        why: roll(3) === 0 ? '100% "odd" \\ \0 [x]_y' : 'No signature.',
      }),
    );
    const clean = (row: SimulationRow) => ({ ...row, why: row.why.replaceAll('\0', '\ufffd') });

    it.each([
      ['all', {}, () => true],
      ['a change', { change: 'newly-error' }, (row: SimulationRow) => row.change === 'newly-error'],
      [
        'several namespaces',
        { namespace: ['space-1', 'space-3', 'nowhere', 'NUL \0'] },
        (row: SimulationRow) => ['space-1', 'space-3'].includes(row.namespace),
      ],
      ['no team', { team: [''] }, (row: SimulationRow) => row.team === null],
      [
        'a team with odd letters',
        { team: [`o'"\\`] },
        (row: SimulationRow) => row.team === `o'"\\`,
      ],
      ['an event', { event: 'drain' }, (row: SimulationRow) => row.event === 'drain'],
      ['a word with odd letters', { q: '100%' }, (row: SimulationRow) => row.why.includes('100%')],
      ['a letter that LIKE knows', { q: ']_y' }, (row: SimulationRow) => row.why.includes(']_y')],
      ['no row', { q: '%', team: ['blue'], namespace: ['nowhere'] }, () => false],
      ['a name', { q: 'name:app-1*' }, (row: SimulationRow) => row.workload.startsWith('App-1')],
      ['a team by key', { q: 'team:a%b' }, (row: SimulationRow) => row.team === 'a%b_c'],
      ['an image', { q: 'image:acme/app registry:ghcr.io' }, () => true],
      ['a signer, which no row has', { q: 'signer:somebody' }, () => false],
      [
        'several things',
        { q: 'signature kind:deployment', change: ['newly-refused', 'unchanged'], team: ['blue'] },
        (row: SimulationRow) =>
          row.why === 'No signature.' &&
          ['newly-refused', 'unchanged'].includes(row.change) &&
          row.team === 'blue',
      ],
    ] as const)('page and stream by %s without gap or double', async (_what, some, matches) => {
      if ((await store.simulation('many')) === undefined) {
        await store.saveSimulation(simulationOf('many'));
        await store.saveSimulationRows('many', many);
      }
      const expected = many.filter(matches).map(clean);
      expect(await paged('many', some, 37 + Math.floor(expected.length / 4))).toEqual(expected);
      const { total } = await store.simulationRows('many', filterOf(some), { limit: 1 });
      expect(total).toBe(expected.length);
      const streamed = await Array.fromAsync(store.allSimulationRows('many', filterOf(some)));
      expect(idsOf(streamed.flat())).toEqual(idsOf(expected));
    });

    it('begin at the start for a cursor that is none', async () => {
      await store.saveSimulation(simulationOf('cursor'));
      await store.saveSimulationRows('cursor', [rowOf(1), rowOf(2)]);
      for (const cursor of [
        '',
        'x',
        'e30',
        Buffer.from('{"order":"simulation asc","after":["a"]}').toString('base64url'),
      ]) {
        const page = await store.simulationRows('cursor', filterOf(), { limit: 1, cursor });
        expect(idsOf(page.items)).toEqual(['row-1']);
      }
    });

    it('end an export that would be a part when the rows are replaced meanwhile', async () => {
      await store.saveSimulation(simulationOf('export'));
      await store.saveSimulationRows('export', many);
      const read = async () => {
        const rows: SimulationRow[] = [];
        for await (const batch of store.allSimulationRows('export', filterOf())) {
          if (rows.length === 0) await store.saveSimulationRows('export', many.slice(0, 10));
          rows.push(...batch);
        }
        return rows;
      };
      await expect(read()).rejects.toThrow('were replaced while they were read');
      expect(await paged('export')).toHaveLength(10);
    });

    it('have the rows of one writer whole, and the other is told', async () => {
      await store.saveSimulation(simulationOf('twice'));
      const first = many.slice(0, 1_500);
      const second = many.slice(1_000, 2_200);
      const results = await Promise.allSettled([
        store.saveSimulationRows('twice', first),
        store.saveSimulationRows('twice', second),
      ]);
      expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
      const rows = idsOf(await paged('twice', {}, 500));
      expect([idsOf(first), idsOf(second)]).toContainEqual(rows);
    });

    it('are kept up to two hundred, the newest with their rows', async () => {
      const at = (n: number) => ({ createdAt: minutesLater(100 + n).toISOString() });
      for (let n = 0; n < 203; n += 1) {
        await store.saveSimulation(simulationOf(`kept-${n}`, at(n)));
        if (n < 5) await store.saveSimulationRows(`kept-${n}`, [rowOf(n)]);
      }
      const all = await store.simulations(1_000);
      expect(all.map(({ id }) => id)).toEqual(
        Array.from({ length: 200 }, (_none, n) => `kept-${202 - n}`),
      );
      expect(await paged('kept-2')).toEqual([]);
      expect(await paged('kept-3')).toEqual([rowOf(3)]);
      expect(await store.simulation('many')).toBeUndefined();
      await store.saveSimulation(simulationOf('kept-2', at(300)));
      expect(await paged('kept-2')).toEqual([]);
    });
  });
}
