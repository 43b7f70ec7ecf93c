import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedStore } from '#lib/adapters/store/open-store.ts';
import type { ImageUse, Workload } from '#lib/model/workload.ts';
import type { ReviewedWorkload } from '#lib/ports/review-store.ts';
import {
  containerOf,
  digestOf,
  inventoryOf,
  judgeAll,
  minutesLater,
  noon,
  verdictOf,
  workloadOf,
} from './store-fleet.ts';

const tagV1 = { registry: 'ghcr.io', repository: 'acme/app', tag: 'v1' };
const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

/** What every store must remember of what is gone; `open` gives a new, empty one. */
export function storeFormerContract(open: () => Promise<OpenedStore>): void {
  describe('former workloads', () => {
    let store: OpenedStore;
    beforeAll(async () => {
      store = await open();
    });
    afterEach(() => store.forgetClustersExcept([]));
    afterAll(() => store.close());

    const save = (at: number, ...items: readonly (readonly [Workload, ...ImageUse[]])[]) =>
      store.saveInventory('east', inventoryOf(...items), minutesLater(at));
    const former = async (since = minutesLater(-1)): Promise<readonly ReviewedWorkload[]> =>
      (await Array.fromAsync(store.formerWorkloads(since))).flat();
    const shown = async (since?: Date) =>
      (await former(since)).map(({ uses, lastSeen }) => [
        lastSeen,
        ...uses.map(
          ({ container, declared, digest }) => `${container} ${declared} ${digest?.slice(-2)}`,
        ),
      ]);
    const time = (minutes: number) => minutesLater(minutes).toISOString();
    const admission = { labels: { a: 'b' }, podLabels: {}, mirror: false, pods: ['p'] };
    const one = workloadOf(1, { team: 'blue', admission });
    const nameTag = (n: number) =>
      store.saveTags([{ ...tagV1, now: { state: 'digest', digest: digestOf(n) } }], noon);

    it('are whole, with what ran and what was known of it', async () => {
      const uses = [containerOf(one, 1, { pods: 3 }), containerOf(one, 2, { container: 'side' })];
      await save(0, [one, ...uses]);
      await store.saveVerdicts([verdictOf(1, 'verified'), verdictOf(2, 'unsigned')], noon, 'scan');
      await judgeAll(store, noon);
      await save(5);
      const [gone, ...others] = await former();
      expect(others).toEqual([]);
      expect(gone?.workload).toEqual(one);
      expect(gone?.lastSeen).toBe(time(5));
      expect(gone?.uses).toMatchObject([
        { container: 'main', pods: 3, status: 'verified', digest: digestOf(1) },
        { container: 'side', pods: 1, status: 'unsigned', digest: digestOf(2) },
      ]);
      const images = await store.reviewedImages(gone?.uses.map(({ image }) => image ?? 0) ?? []);
      expect(images.map(({ verdict }) => verdict?.digest)).toEqual([digestOf(1), digestOf(2)]);
    });

    it('are also images that a workload ran before', async () => {
      const side = containerOf(one, 9, { container: 'side' });
      await save(0, [one, containerOf(one, 1), side]);
      await save(1, [one, containerOf(one, 2), side]);
      const v2 = containerOf(one, 2, { reference: { tag: 'v2' } });
      await save(2, [one, v2, side]);
      expect(await shown()).toEqual([
        [time(2), 'main ghcr.io/acme/app:v1 02'],
        [time(1), 'main ghcr.io/acme/app:v1 01'],
      ]);
      expect((await former())[0]?.workload).toEqual(one);
    });

    it('are not there while they are back, and are once however often they come and go', async () => {
      for (let at = 0; at < 10; at += 2) {
        await save(at, [one, containerOf(one, 1)]);
        expect(await shown()).toEqual(at === 0 ? [] : [[time(at), 'main ghcr.io/acme/app:v1 02']]);
        await save(at + 1, [one, containerOf(one, 2)]);
        expect(await shown()).toEqual([[time(at + 1), 'main ghcr.io/acme/app:v1 01']]);
      }
      await save(20);
      expect(await shown()).toEqual([
        [time(20), 'main ghcr.io/acme/app:v1 02'],
        [time(9), 'main ghcr.io/acme/app:v1 01'],
      ]);
      await save(21, [one, containerOf(one, 1), containerOf(one, 2)]);
      expect(await shown()).toEqual([]);
    });

    it('are only those that were there after the time asked for', async () => {
      await save(0, [one, containerOf(one, 1)]);
      await save(10);
      expect(await shown(minutesLater(9))).toHaveLength(1);
      expect(await shown(minutesLater(10))).toEqual([]);
    });

    it('were last seen with the last good reading, not when somebody looked again', async () => {
      await save(0, [one, containerOf(one, 1)]);
      const state = { id: 'east', name: 'East', kind: 'kubeconfig', state: 'current' } as const;
      await store.saveCluster({ ...state, watching: false, asOf: minutesLater(3), problems: [] });
      await save(100_000);
      expect(await shown()).toEqual([[time(3), 'main ghcr.io/acme/app:v1 01']]);
    });

    it('are no pods that were still to start', async () => {
      const waiting = containerOf(one, 0, { running: { state: 'pending' } });
      await save(0, [one, waiting]);
      await save(1, [one, containerOf(one, 1)]);
      expect(await shown()).toEqual([]);
    });

    it('are no past runs of what would start again just so', async () => {
      const rest = containerOf(one, 0, { running: { state: 'pending' }, pods: 0 });
      await save(0, [one, containerOf(one, 1)]);
      await nameTag(1);
      await save(1, [one, rest]);
      expect(await shown()).toEqual([]);
      await nameTag(2);
      expect(await shown()).toEqual([[time(1), 'main ghcr.io/acme/app:v1 01']]);
      const pinnedAt = (running: ImageUse['running']) =>
        containerOf(one, 0, { running, reference: { digest: digestOf(5) } });
      await save(2, [one, pinnedAt({ state: 'digest', digest: digestOf(6) })]);
      await save(3, [one, pinnedAt({ state: 'pending' })]);
      expect((await shown()).map(([seen]) => seen)).toEqual([time(2), time(1)]);
    });

    it('were asked for by the index that their tag named, when that lists what ran', async () => {
      const index = verdictOf(30, 'verified');
      const platforms = [{ platform: 'linux/amd64', digest: digestOf(31) }];
      await save(0, [one, containerOf(one, 31)]);
      await nameTag(30);
      await store.saveVerdicts([{ ...index, platforms }], noon, 'scan');
      await save(1);
      const [gone] = await former();
      expect(gone?.uses[0]?.digest).toBe(digestOf(31));
      const images = await store.reviewedImages([gone?.uses[0]?.image ?? 0]);
      expect(images[0]?.verdict?.digest).toBe(digestOf(30));
    });

    it('say why nobody knows what was never run', async () => {
      const rest = containerOf(one, 0, {
        running: { state: 'pending' },
        pods: 0,
        reference: { tag: 'never-asked' },
      });
      const { reference: _, ...unreadable } = containerOf(one, 1, { container: 'odd' });
      await save(0, [
        one,
        rest,
        { ...unreadable, declared: '', problem: 'the reference is empty' },
      ]);
      await save(1);
      expect((await former())[0]?.uses.map(({ image, unresolved }) => [image, unresolved])).toEqual(
        [
          [undefined, 'The registry has not been asked yet what the tag names.'],
          [undefined, 'The reference cannot be read: the reference is empty.'],
        ],
      );
    });

    it('come in batches, each once', async () => {
      const many = Array.from({ length: 1_300 }, (_none, n) => workloadOf(n));
      await save(0, ...many.map((item, n) => [item, containerOf(item, n + 1)] as const));
      await save(1);
      const batches = await Array.fromAsync(store.formerWorkloads(noon));
      expect(batches.length).toBeGreaterThan(1);
      expect(
        batches
          .flat()
          .map(({ workload }) => workload.id)
          .sort(),
      ).toEqual(many.map(({ id }) => id).sort());
    });

    it('go with their clusters and after ninety days', async () => {
      const [old, young] = [workloadOf(1), workloadOf(2)];
      const west = workloadOf(3, { cluster: 'west' });
      const longAgo = daysAgo(365);
      await store.saveInventory(
        'east',
        inventoryOf([old, containerOf(old, 1)], [young, containerOf(young, 1)]),
        longAgo,
      );
      await store.saveWorkloads('east', inventoryOf(), [old.id], daysAgo(91));
      await store.saveWorkloads('east', inventoryOf(), [young.id], daysAgo(89));
      await store.saveInventory('west', inventoryOf([west, containerOf(west, 1)]), daysAgo(5));
      const ids = async () => (await former(longAgo)).map(({ workload }) => workload.id);
      expect(await ids()).toEqual([old.id, young.id]);
      await store.maintain();
      expect(await ids()).toEqual([young.id]);
      await store.forgetClustersExcept(['west']);
      expect(await ids()).toEqual([]);
      await store.forgetClustersExcept([]);
      expect(await ids()).toEqual([]);
    });
  });
}
