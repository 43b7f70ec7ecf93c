import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedStore } from '#lib/adapters/store/open-store.ts';
import type { Digest } from '#lib/model/digest.ts';
import type { AdmissionFacts, ImageUse, Workload } from '#lib/model/workload.ts';
import type { ReviewedUse } from '#lib/ports/review-store.ts';
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

const factsOf = (some: Partial<AdmissionFacts> = {}): AdmissionFacts => ({
  labels: { app: 'shop' },
  podLabels: { app: 'shop', tier: 'web' },
  createdAt: noon.toISOString(),
  mirror: false,
  replicas: 2,
  pods: ['shop-1', 'shop-2'],
  claims: [{ 'kyverno.io/verify-images': '{}' }],
  ...some,
});
const tagV1 = { registry: 'ghcr.io', repository: 'acme/app', tag: 'v1' };
const pinned = (n: number) => ({ reference: { digest: digestOf(n) } });

const underPolicies = (judgedUnder: readonly string[], marks: Readonly<Record<string, string>>) =>
  verdictOf(20, 'unsigned', {
    underPolicies: { judgedUnder, verified: [], marks, revision: 'same' },
  });

/** What every store must do for the review of admission; `open` gives a new, empty one. */
export function storeReviewContract(open: () => Promise<OpenedStore>): void {
  describe('a review', () => {
    let store: OpenedStore;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    const save = (...items: readonly (readonly [Workload, ...ImageUse[]])[]) =>
      store.saveInventory('east', inventoryOf(...items), noon);
    const nameTag = (n: number) =>
      store.saveTags([{ ...tagV1, now: { state: 'digest', digest: digestOf(n) } }], noon);
    const usesOf = async (workload: Workload): Promise<readonly ReviewedUse[]> =>
      (await store.reviewedWorkloads([workload.id]))[0]?.uses ?? [];
    const revisionOf = async (workload: Workload) =>
      (await store.reviewIndex()).workloads.get(workload.id);
    /** The digest of an image that a use names. */
    const digestNamed = async (use: ReviewedUse | undefined): Promise<Digest | undefined> => {
      const { items } = await store.dueSubjects({
        now: noon,
        checkedBefore: minutesLater(1_000_000),
        limit: 1_000,
      });
      await store.saveVerdicts(
        items.map(({ digest, registry, repository }) =>
          verdictOf(0, 'unsigned', { digest, registry, repository }),
        ),
        noon,
        'scan',
      );
      const images = await store.reviewedImages([use?.image ?? 0]);
      return images[0]?.verdict?.digest;
    };
    const one = workloadOf(1, { admission: factsOf() });
    const two = workloadOf(2);

    it('reads what admission looks at, and the change of that alone is a change', async () => {
      expect(await save([one, containerOf(one, 1)], [two, containerOf(two, 2)])).toEqual({
        changed: 2,
      });
      const reviewed = await store.reviewedWorkloads([two.id, 'nobody', 'NUL \0', one.id]);
      const byId = new Map(reviewed.map((item) => [item.workload.id, item]));
      expect(byId.get(one.id)?.workload).toEqual(one);
      expect(byId.get(two.id)?.workload).toEqual(two);
      expect(reviewed).toHaveLength(2);
      const before = await revisionOf(one);
      const relabelled = { ...one, admission: factsOf({ labels: { app: 'odd \0' } }) };
      expect(await save([relabelled, containerOf(one, 1)], [two, containerOf(two, 2)])).toEqual({
        changed: 1,
      });
      const after = (await store.reviewedWorkloads([one.id]))[0];
      expect(after?.workload.admission?.labels).toEqual({ app: 'odd \ufffd' });
      expect(after?.revision).not.toBe(before);
      expect(await revisionOf(one)).toBe(after?.revision);
      const { admission: _, ...bare } = one;
      await save([bare, containerOf(one, 1)], [two, containerOf(two, 2)]);
      expect((await store.reviewedWorkloads([one.id]))[0]?.workload).toEqual(bare);
    });

    it('names the image of a tag as its registry said last, or why nobody knows', async () => {
      await save([one, containerOf(one, 1)]);
      const [notAsked] = await usesOf(one);
      expect(notAsked).toMatchObject({
        container: 'main',
        kind: 'main',
        declared: 'ghcr.io/acme/app:v1',
        pods: 1,
        status: 'inconclusive',
        digest: digestOf(1),
        unresolved: 'The registry has not been asked yet what the tag names.',
      });
      expect(notAsked).not.toHaveProperty('image');
      await nameTag(7);
      const [named] = await usesOf(one);
      expect(named).not.toHaveProperty('unresolved');
      expect(named?.digest).toBe(digestOf(1));
      expect(await digestNamed(named)).toBe(digestOf(7));
      await store.saveTags([{ ...tagV1, now: { state: 'gone' } }], noon);
      expect((await usesOf(one))[0]).toMatchObject({
        unresolved: 'The registry does not have the tag any more.',
      });
      await store.saveTags(
        [{ ...tagV1, now: { state: 'unknown', reason: 'registry-timeout', detail: 'too slow' } }],
        noon,
      );
      const [unknown] = await usesOf(one);
      expect(unknown).not.toHaveProperty('image');
      expect(unknown?.unresolved).toBe(
        'The registry did not say what the tag names (registry-timeout): too slow',
      );
    });

    it('names what a digest pins whatever runs, and has it looked at', async () => {
      const uses = [
        containerOf(one, 11, { ...pinned(10), container: 'a' }),
        containerOf(one, 12, { ...pinned(12), container: 'b' }),
        containerOf(one, 0, { ...pinned(13), container: 'c', running: { state: 'pending' } }),
      ];
      await save([one, ...uses]);
      const due = await store.dueSubjects({ now: noon, checkedBefore: noon, limit: 100 });
      expect(due.items.map(({ digest }) => digest)).toEqual(
        expect.arrayContaining([10, 11, 12, 13].map(digestOf)),
      );
      const reviewed = await usesOf(one);
      expect(reviewed.map(({ digest }) => digest)).toEqual([digestOf(11), digestOf(12), undefined]);
      expect(await Promise.all(reviewed.map(digestNamed))).toEqual([10, 12, 13].map(digestOf));
    });

    it('says that a reference cannot be read', async () => {
      const { reference: _, ...use } = containerOf(one, 1);
      await save([one, { ...use, declared: '', problem: 'the reference is empty' }]);
      expect((await usesOf(one))[0]).toMatchObject({
        declared: '',
        unresolved: 'The reference cannot be read: the reference is empty.',
      });
    });

    it('sees a new revision of a workload when its tag names something else', async () => {
      await save([one, containerOf(one, 1)], [two, containerOf(two, 2, pinned(2))]);
      await nameTag(1);
      await judgeAll(store, noon);
      const before = (await store.reviewIndex()).workloads;
      await nameTag(1);
      await judgeAll(store, noon);
      expect((await store.reviewIndex()).workloads).toEqual(before);
      await nameTag(3);
      await judgeAll(store, noon);
      const after = (await store.reviewIndex()).workloads;
      expect(after.get(one.id)).not.toBe(before.get(one.id));
      expect(after.get(two.id)).toBe(before.get(two.id));
      expect((await store.reviewedWorkloads([one.id]))[0]?.revision).toBe(after.get(one.id));
    });

    it('shows the status that lists show', async () => {
      await store.saveVerdicts([verdictOf(1, 'invalid')], noon, 'scan');
      await judgeAll(store, noon);
      expect((await usesOf(one))[0]?.status).toBe('invalid');
    });

    it('sees a new revision of an image when its verdict says anything new, and else none', async () => {
      await save([one, containerOf(one, 20, pinned(20))]);
      const id = (await usesOf(one))[0]?.image ?? 0;
      const index = async () => (await store.reviewIndex()).images.get(id);
      const [unseen] = await store.reviewedImages([id, 999_999]);
      expect(unseen).not.toHaveProperty('verdict');
      expect(unseen?.revision).toBe(await index());
      const revisions = [await index()];
      const again = [
        verdictOf(20, 'unsigned'),
        verdictOf(20, 'unsigned', { warnings: [{ reason: 'no-signature', detail: 'look' }] }),
        underPolicies(['east/a'], { 'east/a': 'mark' }),
        underPolicies(['east/a', 'east/b'], { 'east/a': 'mark' }),
        underPolicies(['east/a', 'east/b'], { 'east/a': 'mark', 'east/b': 'mark' }),
      ];
      for (const item of again) {
        await store.saveVerdicts([item], noon, 'scan');
        revisions.push(await index());
        await store.saveVerdicts([item], minutesLater(1), 'scan');
        expect(await index()).toBe(revisions.at(-1));
        expect(await store.reviewedImages([id])).toEqual([
          { id, revision: revisions.at(-1), verdict: item.verdict },
        ]);
      }
      expect(new Set(revisions).size).toBe(1 + again.length);
    });

    it('knows of every workload and image, however many', async () => {
      const many = Array.from({ length: 1_200 }, (_none, n) => workloadOf(1_000 + n));
      await save(
        ...many.map((item, n) => [item, containerOf(item, 2_000 + n, pinned(2_000 + n))] as const),
      );
      const { workloads, images } = await store.reviewIndex();
      expect([...workloads.keys()].sort()).toEqual(many.map(({ id }) => id).sort());
      const reviewed = await store.reviewedWorkloads(many.map(({ id }) => id));
      expect(reviewed.map(({ workload }) => workload.id).sort()).toEqual(
        [...workloads.keys()].sort(),
      );
      for (const { workload, revision, uses } of reviewed) {
        expect(workloads.get(workload.id)).toBe(revision);
        expect(images.has(uses[0]?.image ?? 0)).toBe(true);
      }
      const ids = reviewed.flatMap(({ uses }) => uses.flatMap(({ image }) => image ?? []));
      expect(await store.reviewedImages(ids)).toHaveLength(many.length);
    });
  });
}
