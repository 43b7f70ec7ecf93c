import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedStore } from '#lib/adapters/store/open-store.ts';
import { ImageFilter } from '#lib/contract/images.ts';
import type { ScanRow } from '#lib/contract/sources.ts';
import { WorkloadFilter, workloadFacets, workloadSorts } from '#lib/contract/workloads.ts';
import {
  clusterOf,
  containerOf,
  dice,
  digestOf,
  inventoryOf,
  judgeAll,
  minutesLater,
  noon,
  verdictOf,
  workloadOf,
} from './store-fleet.ts';
import { expected, rollFilter, rollFleet, statusesOf } from './store-model.ts';

const everywhere = { cluster: [], namespace: [], team: [] };
const filterOf = (some: object) => WorkloadFilter.parse(some);
/** What every store must do; `open` gives a new, empty one. */
export function storeContract(open: () => Promise<OpenedStore>): void {
  const fresh = () => {
    let store: OpenedStore;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());
    return () => store;
  };
  const list = async (store: OpenedStore, some: object = {}) =>
    store.workloads(filterOf(some), { limit: 500 });

  describe('an inventory', () => {
    const store = fresh();
    const one = workloadOf(1);
    const two = workloadOf(2);
    const first = inventoryOf([one, containerOf(one, 1)], [two, containerOf(two, 2)]);

    it('is not checked yet until a verdict is there, and never unsigned', async () => {
      expect(await store().saveInventory('east', first, noon)).toEqual({ changed: 2 });
      const { items, total, containers } = await list(store());
      expect([total, containers]).toEqual([2, 2]);
      for (const row of items)
        expect(row).toMatchObject({ status: 'inconclusive', reason: 'not-checked-yet' });
    });

    it('writes nothing when nothing changed, in whatever order it comes', async () => {
      const turned = { workloads: [two, one], uses: first.uses.toReversed() };
      expect(await store().saveInventory('east', turned, minutesLater(1))).toEqual({ changed: 0 });
    });

    it('keeps a verdict when only the pods change', async () => {
      await store().saveVerdicts([verdictOf(1, 'verified')], noon, 'scan');
      await judgeAll(store(), noon);
      const more = inventoryOf([one, containerOf(one, 1, { pods: 3 })], [two, containerOf(two, 2)]);
      expect(await store().saveInventory('east', more, minutesLater(2))).toEqual({ changed: 1 });
      const { items } = await list(store(), { status: 'verified' });
      expect(items).toMatchObject([{ id: one.id, pods: 3, since: noon.toISOString() }]);
    });

    it('does not show the old verdict for another digest', async () => {
      const rolled = inventoryOf([one, containerOf(one, 9)], [two, containerOf(two, 2)]);
      await store().saveInventory('east', rolled, minutesLater(3));
      const { items } = await list(store(), { q: 'name:app-1' });
      expect(items).toMatchObject([{ status: 'inconclusive', reason: 'not-checked-yet' }]);
    });

    it('forgets what is gone and tells it in the history', async () => {
      expect(
        await store().saveInventory(
          'east',
          inventoryOf([one, containerOf(one, 9)]),
          minutesLater(4),
        ),
      ).toEqual({ changed: 1 });
      expect(await store().workload(two.id)).toBeUndefined();
      const { history } = (await store().workload(one.id)) ?? { history: [] };
      expect(history.filter(({ what }) => what === 'container main').length).toBe(3);
      expect(history.at(-1)).toMatchObject({ from: null, at: noon.toISOString() });
    });

    it('leaves other clusters alone', async () => {
      const far = workloadOf(1, { cluster: 'west' });
      await store().saveInventory('west', inventoryOf([far, containerOf(far, 1)]), noon);
      await store().saveInventory('east', inventoryOf(), noon);
      expect((await list(store())).items.map(({ id }) => id)).toEqual([far.id]);
      await store().saveCluster(clusterOf('west'));
      await store().forgetClustersExcept(['east']);
      expect((await list(store())).total).toBe(0);
      expect(await store().clusters()).toEqual([]);
    });

    it('takes single workloads from a watch', async () => {
      await store().saveInventory('east', first, noon);
      const changed = inventoryOf([one, containerOf(one, 5)]);
      expect(await store().saveWorkloads('east', changed, [two.id, 'unknown'], noon)).toEqual({
        changed: 2,
      });
      expect((await list(store())).items).toMatchObject([{ id: one.id, digest: digestOf(5) }]);
    });
  });

  describe('what is due', () => {
    const store = fresh();
    const workload = workloadOf(1);
    const options = { now: noon, checkedBefore: minutesLater(-60), limit: 2 };

    it('is every subject in use once, page by page', async () => {
      const uses = [1, 2, 3, 2].map((n, c) => containerOf(workload, n, { container: `c${c}` }));
      await store().saveInventory('east', inventoryOf([workload, ...uses]), noon);
      const first = await store().dueSubjects(options);
      const second = await store().dueSubjects({ ...options, after: first.next ?? '' });
      expect([first.total, second.next]).toEqual([3, null]);
      expect([...first.items, ...second.items].map((one) => one.digest)).toEqual(
        [1, 2, 3].map(digestOf),
      );
    });

    it('is a verdict again when its retry is due or it is too old', async () => {
      const retryAt = minutesLater(10).toISOString();
      await store().saveVerdicts(
        [
          verdictOf(1, 'verified'),
          verdictOf(2, 'inconclusive', { retryAt }),
          verdictOf(3, 'unsigned'),
        ],
        noon,
        'scan',
      );
      const due = async (now: Date, checkedBefore: Date) =>
        (await store().dueSubjects({ now, checkedBefore, limit: 9 })).items.map(
          (one) => one.digest,
        );
      expect(await due(noon, noon)).toEqual([]);
      expect(await due(minutesLater(10), noon)).toEqual([digestOf(2)]);
      expect(await due(noon, minutesLater(1))).toEqual([1, 2, 3].map(digestOf));
    });

    it('are tags that decide what is pulled next, and not the tag beside a digest', async () => {
      const pinned = containerOf(workload, 1, { reference: { tag: 'v9', digest: digestOf(1) } });
      const tagged = containerOf(workload, 1, { container: 'other' });
      await store().saveInventory('east', inventoryOf([workload, pinned, tagged]), noon);
      const tags = await store().dueTags({ checkedBefore: noon, limit: 10 });
      expect(tags).toEqual({
        items: [{ registry: 'ghcr.io', repository: 'acme/app', tag: 'v1' }],
        next: null,
        total: 1,
      });
    });

    it('is what a tag names now, because it runs next', async () => {
      const now = { state: 'digest', digest: digestOf(77) } as const;
      const tag = { registry: 'ghcr.io', repository: 'acme/app', tag: 'v1' };
      await store().saveTags([{ ...tag, now }], noon);
      const { items } = await store().dueSubjects(options);
      expect(items.map((one) => one.digest)).toEqual([digestOf(77)]);
    });
  });

  describe('judging', () => {
    const store = fresh();
    const one = workloadOf(1);
    const two = workloadOf(2);

    it('is asked for by new workloads, and again by verdicts that changed', async () => {
      await store().saveInventory(
        'east',
        inventoryOf([one, containerOf(one, 1)], [two, containerOf(two, 2)]),
        noon,
      );
      expect((await judgeAll(store(), noon)).toSorted()).toEqual([one.id, two.id]);
      await store().saveVerdicts([verdictOf(2, 'unsigned')], noon, 'scan');
      expect(await judgeAll(store(), noon)).toEqual([two.id]);
      await store().saveVerdicts([verdictOf(2, 'unsigned')], minutesLater(1), 'scan');
      expect(await judgeAll(store(), noon)).toEqual([]);
    });

    it('shows the age of a verdict that was confirmed', async () => {
      const image = await store().image(digestOf(2));
      expect(image?.locations[0]?.checkedAt).toBe(minutesLater(1).toISOString());
      expect(image?.locations[0]?.since).toBe(noon.toISOString());
    });

    it('is done again when a cause comes between reading and writing', async () => {
      await store().saveVerdicts([verdictOf(1, 'unsigned')], noon, 'scan');
      const [waiting] = await store().workloadsToJudge(10);
      await store().saveVerdicts([verdictOf(1, 'verified')], noon, 'scan');
      await store().saveJudgements(
        [{ workloadId: waiting!.workload.id, uses: [], findings: [] }],
        noon,
        'test',
      );
      expect(await judgeAll(store(), noon)).toEqual([one.id]);
      expect((await list(store(), { status: 'verified' })).items).toMatchObject([{ id: one.id }]);
    });

    it('opens and closes findings, keeps their age, and tells both', async () => {
      const [open] = (await store().findings(filterOf({ finding: 'unsigned' }), { limit: 9 }))
        .items;
      expect(open).toMatchObject({ workloadId: two.id, since: noon.toISOString() });
      await store().saveVerdicts(
        [verdictOf(2, 'unsigned', { detail: 'searched again' })],
        minutesLater(5),
        'scan',
      );
      await judgeAll(store(), minutesLater(5));
      const again = await store().findings(filterOf({ finding: 'unsigned' }), { limit: 9 });
      expect(again.items).toMatchObject([{ id: open?.id, since: noon.toISOString() }]);
      await store().saveVerdicts([verdictOf(2, 'verified')], minutesLater(6), 'scan');
      await judgeAll(store(), minutesLater(6));
      const detail = await store().workload(two.id);
      expect(detail?.allFindings.map(({ kind }) => kind)).toEqual(['tag-pinned']);
      expect(detail?.history).toContainEqual({
        at: minutesLater(6).toISOString(),
        what: 'finding unsigned on main',
        from: 'no-signature',
        to: null,
        cause: 'test',
      });
    });

    it('takes the mirror’s verdict only when it alone is verified', async () => {
      const running = {
        state: 'digest',
        digest: digestOf(30),
        repository: 'mirror.io/app',
      } as const;
      const mirrored = workloadOf(3);
      await store().saveInventory(
        'west',
        inventoryOf([mirrored, containerOf(mirrored, 30, { running })]),
        noon,
      );
      const mirror = { registry: 'mirror.io', repository: 'app' };
      await store().saveVerdicts(
        [verdictOf(30, 'unsigned'), verdictOf(30, 'invalid', mirror)],
        noon,
        'scan',
      );
      const statusNow = async () => {
        const [waiting] = await store().workloadsToJudge(10);
        await judgeAll(store(), noon);
        return waiting?.uses[0]?.verdict?.status;
      };
      expect(await statusNow()).toBe('unsigned');
      await store().saveVerdicts([verdictOf(30, 'verified', mirror)], noon, 'scan');
      expect(await statusNow()).toBe('verified');
    });
  });

  describe('platform images', () => {
    const store = fresh();

    it('inherit from a verified index that lists them, whichever was checked first', async () => {
      const platforms = [{ platform: 'linux/amd64', digest: digestOf(61) }];
      const inherited = async () =>
        (await store().image(digestOf(61)))?.locations[0]?.inheritedFrom ?? null;
      const waiting = workloadOf(61);
      await store().saveInventory('east', inventoryOf([waiting, containerOf(waiting, 61)]), noon);
      const judged = async () => {
        const found = await store().workloadsToJudge(10);
        await judgeAll(store(), noon);
        const mine = found.find(({ workload: one }) => one.id === waiting.id);
        return mine?.uses[0]?.verdict?.inheritedFrom;
      };

      await store().saveVerdicts([verdictOf(61, 'unsigned')], noon, 'scan');
      expect([await inherited(), await judged()]).toEqual([null, undefined]);
      await store().saveVerdicts([{ ...verdictOf(60, 'verified'), platforms }], noon, 'scan');
      expect(await inherited()).toMatchObject({
        index: digestOf(60),
        platform: 'linux/amd64',
        authority: 'release',
        signer: { kind: 'key' },
      });
      expect(await judged()).toMatchObject({ index: digestOf(60), authority: 'release' });

      // An index elsewhere, and one that is verified no longer, vouch for nothing.
      await store().saveVerdicts([verdictOf(60, 'invalid')], noon, 'scan');
      expect([await inherited(), await judged()]).toEqual([null, undefined]);
      const elsewhere = verdictOf(60, 'verified', { repository: 'acme/other' });
      await store().saveVerdicts([{ ...elsewhere, platforms }], noon, 'scan');
      expect(await inherited()).toBeNull();

      await store().saveVerdicts([{ ...verdictOf(60, 'verified'), platforms }], noon, 'scan');
      expect(await inherited()).not.toBeNull();
      await store().saveVerdicts([verdictOf(61, 'verified')], noon, 'scan');
      expect(await inherited()).toBeNull();
      await store().saveVerdicts([verdictOf(61, 'unsigned')], noon, 'scan');
      const other = [{ platform: 'linux/amd64', digest: digestOf(62) }];
      await store().saveVerdicts(
        [{ ...verdictOf(60, 'verified'), platforms: other }],
        noon,
        'scan',
      );
      expect(await inherited()).toBeNull();
    });

    it('are judged again, all of them, when the rules change', async () => {
      await judgeAll(store(), noon);
      expect(await store().workloadsToJudge(10)).toEqual([]);
      await store().judgeAgain();
      expect((await store().workloadsToJudge(10)).length).toBeGreaterThan(0);
      await judgeAll(store(), noon);
    });
  });

  describe('tags', () => {
    const store = fresh();
    const tag = { registry: 'ghcr.io', repository: 'acme/app', tag: 'v1' };
    const workload = workloadOf(1);
    const tagNow = async () => {
      const [waiting] = await store().workloadsToJudge(10);
      await judgeAll(store(), noon);
      return { tagNow: waiting?.uses[0]?.tagNow, next: waiting?.uses[0]?.tagNowStatus };
    };

    it('were not asked, are the same, moved, gone or unknown', async () => {
      await store().saveInventory('east', inventoryOf([workload, containerOf(workload, 1)]), noon);
      expect(await tagNow()).toEqual({ tagNow: { state: 'not-asked' }, next: undefined });
      await store().saveTags([{ ...tag, now: { state: 'digest', digest: digestOf(1) } }], noon);
      expect(await tagNow()).toEqual({ tagNow: { state: 'same' }, next: undefined });
      await store().saveTags([{ ...tag, now: { state: 'digest', digest: digestOf(2) } }], noon);
      const moved = { state: 'moved', digest: digestOf(2) };
      expect(await tagNow()).toEqual({ tagNow: moved, next: undefined });
      await store().saveVerdicts([verdictOf(2, 'unsigned')], noon, 'scan');
      expect(await tagNow()).toEqual({ tagNow: moved, next: 'unsigned' });
      await store().saveTags([{ ...tag, now: { state: 'gone' } }], noon);
      expect(await tagNow()).toEqual({ tagNow: { state: 'gone' }, next: undefined });
      const unknown = { state: 'unknown', reason: 'registry-timeout', detail: 'slow' } as const;
      await store().saveTags([{ ...tag, now: unknown }], noon);
      expect((await tagNow()).tagNow).toEqual(unknown);
      await store().saveTags([{ ...tag, now: unknown }], noon);
      expect(await store().workloadsToJudge(10)).toEqual([]);
    });

    it('have not moved when they name the index of what runs', async () => {
      const index = {
        ...verdictOf(50, 'verified'),
        platforms: [{ platform: 'linux/arm64', digest: digestOf(1) }],
      };
      await store().saveVerdicts([index], noon, 'scan');
      await store().saveTags([{ ...tag, now: { state: 'digest', digest: digestOf(50) } }], noon);
      expect((await tagNow()).tagNow).toEqual({ state: 'same' });
    });

    it('decide the verdict of a template at rest', async () => {
      const rest = containerOf(workload, 0, { running: { state: 'pending' }, pods: 0 });
      await store().saveInventory('east', inventoryOf([workload, rest]), noon);
      const [waiting] = await store().workloadsToJudge(10);
      expect(waiting?.uses[0]?.verdict?.status).toBe('verified');
      const starting = containerOf(workload, 0, { running: { state: 'pending' }, pods: 1 });
      await store().saveInventory('east', inventoryOf([workload, starting]), noon);
      const [again] = await store().workloadsToJudge(10);
      expect(again?.uses[0]?.verdict).toBeUndefined();
    });
  });

  describe('lists, facets and exports', () => {
    const store = fresh();
    const roll = dice(7);
    const fleet = rollFleet(roll, 160);
    const filters = Array.from({ length: 60 }, () => rollFilter(roll));

    beforeAll(async () => {
      const { inventory, statuses } = fleet;
      for (const cluster of ['east', 'west']) {
        const workloads = inventory.workloads.filter((one) => one.cluster === cluster);
        const ids = new Set(workloads.map(({ id }) => id));
        const uses = inventory.uses.filter(({ workloadId }) => ids.has(workloadId));
        await store().saveCluster(clusterOf(cluster));
        await store().saveInventory(cluster, { workloads, uses }, noon);
      }
      const verdicts = [...statuses].map(([key, status]) => {
        const [name = '', digest = ''] = key.split(' ');
        const [registry = '', ...path] = name.split('/');
        const n = Number.parseInt(digest.slice(-4), 16);
        return verdictOf(n, status, { registry, repository: path.join('/') });
      });
      await store().saveVerdicts(verdicts, noon, 'scan');
      await judgeAll(store(), noon);
    });

    it('hold exactly the rows of a plain search through everything', async () => {
      for (const filter of filters) {
        const { rows, containers } = expected(fleet, filter);
        const page = await store().workloads(filter, { limit: 500 });
        expect(statusesOf(page.items), JSON.stringify(filter)).toEqual(rows);
        expect([page.total, page.containers]).toEqual([rows.size, containers]);
      }
    });

    it('show for each facet value the rows that choosing it gives', async () => {
      const everything = await store().workloadFacets(filterOf({}));
      for (const filter of filters.slice(0, 15)) {
        const facets = await store().workloadFacets(filter);
        for (const facet of workloadFacets)
          for (const { value } of everything[facet] ?? []) {
            const chosen = filterOf({ ...filter, [facet]: [value] });
            const listed = facets[facet]?.find((one) => one.value === value)?.count ?? 0;
            const label = `${facet}=${value} ${JSON.stringify(filter)}`;
            expect(listed, label).toBe(expected(fleet, chosen).rows.size);
          }
      }
    });

    it.each(workloadSorts)('give every row once when paged by %s, up and down', async (sort) => {
      const pages = async (order: string) => {
        const ids: string[] = [];
        let cursor: string | null | undefined;
        do {
          const page = await store().workloads(filterOf({ sort, order }), {
            limit: 7,
            ...(typeof cursor === 'string' && { cursor }),
          });
          ids.push(...page.items.map(({ id }) => id));
          cursor = page.next;
        } while (cursor !== null);
        return ids;
      };
      const up = await pages('asc');
      expect(new Set(up).size).toBe(160);
      expect(up).toHaveLength(160);
      expect((await pages('desc')).toReversed()).toEqual(up);
    });

    it('export the rows of the list in its order', async () => {
      for (const filter of filters.slice(0, 10)) {
        const exported = (await Array.fromAsync(store().allWorkloads(filter))).flat();
        expect(exported).toEqual((await store().workloads(filter, { limit: 500 })).items);
      }
      const findings = (await Array.fromAsync(store().allFindings(filterOf({})))).flat();
      const page = await store().findings(filterOf({}), { limit: 500 });
      expect(findings.slice(0, 500)).toEqual(page.items);
      expect(findings).toHaveLength(page.total);
      const containers = (await Array.fromAsync(store().allContainers(filterOf({})))).flat();
      expect(containers).toHaveLength(fleet.inventory.uses.length);
      const images = (await Array.fromAsync(store().allImages(ImageFilter.parse({})))).flat();
      expect(images).toHaveLength(
        (await store().images(ImageFilter.parse({}), { limit: 1 })).total,
      );
    });

    it('leave no row out and double none while rows change underneath', async () => {
      const exported: string[] = [];
      for await (const rows of store().allWorkloads(filterOf({}))) {
        exported.push(...rows.map(({ id }) => id));
        await store().saveVerdicts(
          [verdictOf(0, 'invalid', { repository: 'acme/app-0' })],
          noon,
          'scan',
        );
        await judgeAll(store(), noon);
        await store().saveVerdicts(
          [verdictOf(0, 'verified', { repository: 'acme/app-0' })],
          noon,
          'scan',
        );
        await judgeAll(store(), noon);
      }
      expect(exported.toSorted()).toEqual(fleet.inventory.workloads.map(({ id }) => id).toSorted());
    });

    it('keep their place when rows come in before the cursor', async () => {
      const sorted = filterOf({ sort: 'name' });
      const first = await store().workloads(sorted, { limit: 10 });
      const early = workloadOf(9_999, { cluster: 'north', name: 'aaa' });
      await store().saveInventory('north', inventoryOf([early, containerOf(early, 1)]), noon);
      const second = await store().workloads(sorted, { limit: 10, cursor: first.next ?? '' });
      const seen = new Set(first.items.map(({ id }) => id));
      expect(second.items.some(({ id }) => seen.has(id) || id === early.id)).toBe(false);
      await store().saveInventory('north', inventoryOf(), noon);
    });

    it('agree with the overview', async () => {
      const { counts, needs, needsTotal, byCluster, byRegistry, byTeam } = await store().overview(
        everywhere,
        noon,
      );
      for (const status of ['verified', 'unsigned', 'invalid'] as const) {
        const running = await list(store(), { status, activity: 'running' });
        expect(counts[status]).toBe(running.containers);
      }
      for (const rows of [byCluster, byRegistry, byTeam])
        expect(rows.reduce((sum, row) => sum + row.counts.total, 0)).toBe(counts.total);
      for (const { kind, reason, containers, workloads } of needs) {
        const rows = await list(store(), { finding: kind, reason });
        expect({ containers, workloads }).toEqual({
          containers: rows.containers,
          workloads: rows.total,
        });
      }
      expect(needsTotal.lines).toBe(needs.length);
      const scoped = await store().overview({ ...everywhere, team: ['team-1'] }, noon);
      const team = await list(store(), { team: 'team-1', activity: 'running' });
      expect(scoped.counts.total).toBe(team.containers);
    });

    it.each([
      "'; drop table workload; --",
      '%',
      '_____',
      '\\',
      'a\0b',
      '"unclosed',
      'name:',
      'signer:*%*',
      '\ud800',
      '* * *',
      'image:"',
    ])('take %j as text to look for', async (q) => {
      for (const filter of [{ q }, { namespace: q }, { digest: q }]) {
        await store().workloads(filterOf(filter), { limit: 5, cursor: q });
        await store().workloadFacets(filterOf(filter));
        await store().findings(filterOf(filter), { limit: 5 });
      }
      await store().images(ImageFilter.parse({ q, format: q }), { limit: 5 });
      await store().search(q, 5);
      await store().workload(q);
      expect((await list(store())).total).toBe(160);
    });

    it('find by word, by key and by wildcard', async () => {
      const names = async (q: string) =>
        new Set((await list(store(), { q })).items.map(({ name }) => name));
      expect([...(await names('name:app-1*'))].every((name) => name.startsWith('app-1'))).toBe(
        true,
      );
      expect(await names('name:app_1')).toEqual(new Set());
      expect((await list(store(), { q: '%' })).total).toBe(0);
      const byRegistry = await list(store(), { q: 'registry:QUAY.io' });
      expect(byRegistry.total).toBe((await list(store(), { registry: 'quay.io' })).total);
      const byDigest = await list(store(), { q: `digest:${digestOf(3)}` });
      expect(byDigest.total).toBe((await list(store(), { digest: digestOf(3) })).total);
      expect(byDigest.items.every((row) => row.digest === digestOf(3))).toBe(true);
    });
  });

  describe('sources', () => {
    const store = fresh();
    const workload = workloadOf(1);

    it('are stale when nothing was heard of them, and their rows say so', async () => {
      await store().saveInventory('east', inventoryOf([workload, containerOf(workload, 1)]), noon);
      await store().saveCluster(clusterOf('east', { asOf: new Date(Date.now() - 3_600_000) }));
      expect((await store().sources())[0]).toMatchObject({
        state: 'stale',
        reason: 'cluster-stale',
      });
      expect((await list(store())).items[0]).toMatchObject({ stale: true });
      await store().saveCluster(clusterOf('east'));
      expect((await list(store())).items[0]).toMatchObject({ stale: false });
    });

    it('keep the time of the last good reading when a reading fails', async () => {
      const asOf = (await store().clusters())[0]?.asOf;
      const { asOf: _none, ...failed } = clusterOf('east', {
        state: 'failed',
        reason: 'cluster-unreachable',
        detail: 'no route',
      });
      await store().saveCluster(failed);
      expect(await store().clusters()).toMatchObject([
        { state: 'failed', asOf, reason: 'cluster-unreachable', workloads: 1 },
      ]);
      expect((await list(store())).items[0]).toMatchObject({ stale: true, asOf });
    });

    it('tell of registries what they said last', async () => {
      const base = { host: 'ghcr.io', insecure: false, requests: 3, failures: 1, rateLimited: 1 };
      const failure = {
        at: minutesLater(1),
        reason: 'registry-ratelimited',
        detail: '429',
      } as const;
      await store().saveRegistries(
        [{ ...base, lastSuccessAt: noon, lastFailure: failure }],
        ['quay.io'],
      );
      expect(await store().registries()).toMatchObject([
        { host: 'ghcr.io', state: 'limited', reason: 'registry-ratelimited', declared: false },
        { host: 'quay.io', state: 'waiting', declared: true },
      ]);
      await store().saveRegistries(
        [{ ...base, lastSuccessAt: minutesLater(2), lastFailure: failure }],
        [],
      );
      expect(await store().registries()).toMatchObject([
        { host: 'ghcr.io', state: 'current', reason: null },
        { host: 'quay.io', declared: false },
      ]);
    });

    it('hold published tags with their verdicts, and forget those that are gone', async () => {
      const reading = {
        registry: 'quay.io',
        repository: 'acme/tool',
        tags: 5,
        skippedTags: 2,
        readAt: noon,
      };
      const image = (tag: string, n?: number) => ({
        registry: 'quay.io',
        repository: 'acme/tool',
        tag,
        release: tag !== 'nightly',
        ...(n !== undefined && { digest: digestOf(n) }),
      });
      await store().savePublished({
        ...reading,
        images: [image('v1', 60), image('v2', 61), image('v3'), image('nightly', 61)],
      });
      await store().saveVerdicts(
        [verdictOf(60, 'unsigned', { registry: 'quay.io', repository: 'acme/tool' })],
        noon,
        'scan',
      );
      const page = await store().published({ status: [] }, { limit: 2 });
      expect(page.items.map(({ tag, status }) => `${tag} ${status}`)).toEqual([
        'v1 unsigned',
        'nightly inconclusive',
      ]);
      const rest = await store().published({ status: [] }, { limit: 2, cursor: page.next ?? '' });
      expect(rest.items.map(({ tag }) => tag)).toEqual(['v2', 'v3']);
      const detail = await store().registry('quay.io');
      expect(detail?.repositories).toMatchObject([
        {
          repository: 'acme/tool',
          tags: 5,
          skippedTags: 2,
          releaseTags: { unsigned: 1, inconclusive: 2, total: 3 },
        },
      ]);
      expect((await store().overview(everywhere, noon)).releaseTags.total).toBe(3);
      await store().savePublished({
        ...reading,
        images: [],
        reason: 'registry-error',
        detail: '500',
      });
      expect((await store().published({ status: [] }, { limit: 9 })).total).toBe(4);
      await store().savePublished({ ...reading, images: [image('v2', 61)] });
      expect((await Array.fromAsync(store().allPublished({ status: [] }))).flat()).toMatchObject([
        { tag: 'v2' },
      ]);
    });

    it('keep trust roots without their material, and say which are stale', async () => {
      const root = {
        name: 'public',
        revision: 'r1',
        json: '{"secret":1}',
        origin: 'tuf',
        asOf: noon.toISOString(),
      } as const;
      await store().saveTrustRoots([
        { ...root, stale: { since: noon.toISOString(), detail: 'offline' } },
      ]);
      expect((await store().sources()).find(({ kind }) => kind === 'trust-root')).toMatchObject({
        name: 'public',
        state: 'stale',
        detail: 'offline',
      });
      await store().saveTrustRoots([]);
      expect((await store().sources()).some(({ kind }) => kind === 'trust-root')).toBe(false);
    });
  });

  describe('images', () => {
    const store = fresh();
    const workload = workloadOf(1);

    it('come with evidence text as an attacker may write it', async () => {
      await store().saveInventory('east', inventoryOf([workload, containerOf(workload, 1)]), noon);
      const hostile = 'nul \0 half \ud800 quote " tag <b>';
      const found = { reason: 'subject-mismatch', detail: hostile } as const;
      await store().saveVerdicts(
        [verdictOf(1, 'invalid', { detail: hostile, warnings: [found] })],
        noon,
        'scan',
      );
      const [location] = (await store().image(digestOf(1)))?.locations ?? [];
      expect(location?.detail).toBe('nul \ufffd half \ufffd quote " tag <b>');
      expect(location?.warnings[0]?.detail).toBe(location?.detail);
    });

    it('say of each platform whether it is signed itself or through its index', async () => {
      const platforms = [2, 3].map((n) => ({ platform: `linux/${n}`, digest: digestOf(n) }));
      await store().saveVerdicts(
        [{ ...verdictOf(1, 'verified'), platforms, mediaType: 'index' }, verdictOf(2, 'verified')],
        noon,
        'scan',
      );
      const signed = async () =>
        (await store().image(digestOf(1)))?.locations[0]?.platforms.map((one) => one.signed);
      expect(await signed()).toEqual(['direct', 'inherited']);
      await store().saveVerdicts([verdictOf(1, 'inconclusive')], noon, 'scan');
      expect(await signed()).toEqual(['direct', 'unknown']);
      await store().saveVerdicts([verdictOf(1, 'unsigned')], noon, 'scan');
      expect(await signed()).toEqual(['direct', 'neither']);
    });

    it('count who uses them, and tell their history', async () => {
      const image = await store().image(digestOf(1));
      expect(image?.usedBy).toMatchObject([{ workloadId: workload.id, container: 'main' }]);
      expect(image?.history.map(({ to }) => to)).toEqual([
        'unsigned (no-signature)',
        'inconclusive (registry-unauthorized)',
        'verified',
        'invalid (signature-bad)',
      ]);
      const page = await store().images(ImageFilter.parse({}), { limit: 9 });
      expect(page.items).toMatchObject([
        { digest: digestOf(1), containers: 1, workloads: 1, tags: ['v1'] },
      ]);
      expect((await store().imageFacets(ImageFilter.parse({})))['origin']).toEqual([
        { value: 'running', count: 1 },
      ]);
    });

    it('remember facts by what they depend on', async () => {
      const fact = {
        subject: digestOf(1),
        evidence: digestOf(90),
        authorityFingerprint: 'a',
        trustRootRevision: 'r',
        verifierVersion: '1',
        verdict: { ...verdictOf(1, 'verified').verdict, kind: 'cosign-signature' } as never,
      };
      await store().saveVerdicts(
        [{ ...verdictOf(1, 'verified'), facts: [fact, fact] }],
        noon,
        'scan',
      );
      expect(await store().knownFacts(digestOf(1), [digestOf(90), digestOf(91)])).toEqual([fact]);
      expect(await store().knownFacts(digestOf(2), [digestOf(90)])).toEqual([]);
      const together = [1, 2, 1].map((n) => store().knownFacts(digestOf(n), [digestOf(90)]));
      expect(await Promise.all(together)).toEqual([[fact], [], [fact]]);
      expect(await store().authorityUse()).toEqual(new Map([['release', 1]]));
    });

    it('replace a fact that holds for a time only, and no other', async () => {
      const until = (holdsUntil: string) => ({
        subject: digestOf(1),
        evidence: digestOf(92),
        authorityFingerprint: 'a',
        trustRootRevision: 'r',
        verifierVersion: '1',
        verdict: { ...verdictOf(1, 'verified').verdict, kind: 'notation', holdsUntil } as never,
      });
      for (const day of ['2026-01-01', '2026-01-02'])
        await store().saveVerdicts(
          [{ ...verdictOf(1, 'verified'), facts: [until(`${day}T00:00:00.000Z`)] }],
          noon,
          'scan',
        );
      expect(await store().knownFacts(digestOf(1), [digestOf(92)])).toEqual([
        until('2026-01-02T00:00:00.000Z'),
      ]);
    });
  });

  describe('scans, the trend and the rest', () => {
    const store = fresh();
    const scan: ScanRow = {
      id: 'one',
      state: 'running',
      trigger: 'request',
      startedAt: noon.toISOString(),
      finishedAt: null,
      stages: [],
      rate: null,
      remainingSeconds: null,
      requests: 0,
      signatureChecks: 0,
      failures: [],
    };

    it('claim nothing before a scan has finished', async () => {
      await store().saveScan(scan);
      expect((await store().overview(everywhere, noon)).scanned).toBe(false);
      await store().saveScan({ ...scan, state: 'done', finishedAt: minutesLater(1).toISOString() });
      expect((await store().overview(everywhere, noon)).scanned).toBe(true);
      expect(await store().scan('one')).toMatchObject({ state: 'done' });
      expect(await store().scan('two')).toBeUndefined();
      await store().saveScan({ ...scan, id: 'two', startedAt: minutesLater(2).toISOString() });
      expect((await store().scans(1)).map(({ id }) => id)).toEqual(['two']);
    });

    it('keep the last state of each day, for any scope', async () => {
      const one = workloadOf(1, { team: 'red' });
      const two = workloadOf(2, { team: 'blue' });
      const days = (n: number) => minutesLater(n * 24 * 60);
      await store().saveInventory('east', inventoryOf([one, containerOf(one, 1)]), noon);
      await store().saveCoverage(noon);
      await store().saveInventory(
        'east',
        inventoryOf([one, containerOf(one, 1)], [two, containerOf(two, 1)]),
        noon,
      );
      await store().saveCoverage(minutesLater(5));
      await store().saveInventory('east', inventoryOf([one, containerOf(one, 1)]), noon);
      await store().saveCoverage(days(1));
      const { trend, before } = await store().overview(everywhere, days(7));
      expect(trend.map(({ counts }) => counts.total)).toEqual([2, 1]);
      expect(before).toMatchObject({ at: minutesLater(5).toISOString(), counts: { total: 2 } });
      const blue = await store().overview({ ...everywhere, team: ['blue'] }, days(7));
      expect(blue.trend.map(({ counts }) => counts.total)).toEqual([1, 0]);
      expect((await store().overview(everywhere, days(6))).before).toBeNull();
    });

    it('carry messages to whoever listens', async () => {
      const heard: string[] = [];
      const both = Promise.withResolvers<void>();
      const stop = await store().subscribe('sealwatch_test', (payload) => {
        heard.push(payload);
        if (heard.length === 2) both.resolve();
      });
      await store().publish('sealwatch_test', "it's");
      await store().publish('elsewhere', 'not this');
      await store().publish('sealwatch_test', 'two');
      await both.promise;
      expect(heard).toEqual(["it's", 'two']);
      await stop();
    });

    it('answer a ping, survive maintenance and find by name', async () => {
      await store().ping();
      await store().maintain();
      const { items } = await store().search('app-1', 5);
      expect(items[0]).toMatchObject({
        kind: 'workload',
        title: 'app-1',
        href: '/workloads/east%2Fuid-1',
      });
      expect((await store().scopes())['team']).toEqual([{ value: 'red', count: 1 }]);
    });

    it('write the same workloads from several sides without losing any', async () => {
      const crowd = Array.from({ length: 40 }, (_, n) => workloadOf(n, { cluster: 'crowd' }));
      const inventory = inventoryOf(
        ...crowd.map((one, n) => [one, containerOf(one, n % 7)] as const),
      );
      await store().saveInventory('crowd', inventory, noon);
      await Promise.all([
        store().saveInventory(
          'crowd',
          inventoryOf(
            ...crowd.map((one, n) => [one, containerOf(one, n % 7, { pods: 2 })] as const),
          ),
          noon,
        ),
        store().saveVerdicts(
          [0, 1, 2].map((n) => verdictOf(n, 'unsigned')),
          noon,
          randomUUID(),
        ),
        store().saveVerdicts(
          [2, 3, 4].map((n) => verdictOf(n, 'verified')),
          noon,
          randomUUID(),
        ),
        judgeAll(store(), noon),
      ]);
      await judgeAll(store(), noon);
      const { items } = await list(store(), { cluster: 'crowd' });
      expect(items).toHaveLength(40);
      expect(new Set(items.map(({ pods }) => pods))).toEqual(new Set([2]));
      const verified = items
        .filter(({ status }) => status === 'verified')
        .map(({ digest }) => digest);
      expect(new Set(verified).size).toBeGreaterThanOrEqual(2);
    });
  });
}
