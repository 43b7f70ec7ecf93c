import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedStore } from '#lib/adapters/store/open-store.ts';
import type { AdmissionObject, AdmissionReading } from '#lib/ports/cluster.ts';
import { clusterOf, minutesLater, noon } from './store-fleet.ts';

const objectOf = (name: string, some: Record<string, unknown> = {}): AdmissionObject => ({
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  ...some,
  metadata: { name, uid: `uid-${name}`, resourceVersion: '1', ...(some['metadata'] as object) },
});
const readingOf = (
  objects: readonly AdmissionObject[],
  some: Partial<AdmissionReading> = {},
): AdmissionReading => ({ objects, namespaces: [], problems: [], readAt: noon, ...some });

const named = (objects: readonly AdmissionObject[] | undefined) =>
  objects?.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`).sort();

/** What every store must do with admission objects; `open` gives a new, empty one. */
export function storeAdmissionContract(open: () => Promise<OpenedStore>): void {
  describe('admission objects', () => {
    let store: OpenedStore;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());
    const save = (cluster: string, reading: AdmissionReading) =>
      store.saveAdmission(cluster, reading);

    it('are unknown until they were read, and known to be none after an empty reading', async () => {
      expect(await store.admissionOf('empty')).toBeUndefined();
      expect((await store.admissionAges()).get('empty')).toBeUndefined();
      expect(await save('empty', readingOf([]))).toEqual({ changed: true });
      expect(await store.admissionOf('empty')).toEqual({
        cluster: 'empty',
        revision: 1,
        ...readingOf([]),
      });
      expect((await store.admissionAges()).get('empty')?.readAt).toEqual(noon);
    });

    it('come back as they were served, whatever others wrote into them', async () => {
      const odd = objectOf('odd', {
        zebra: 1,
        apple: { '\0': 'NUL \0', half: '\ud800', quote: `'"\\`, big: 1e300, __proto: null },
        list: [[], {}, null, false, ''],
      });
      const problems = [
        { what: 'constraints', reason: 'cluster-forbidden', detail: 'no \0 right' } as const,
      ];
      const namespaces = [{ name: 'space', labels: { b: '2', a: '1' } }];
      await save('odd', readingOf([odd], { problems, namespaces }));
      const stored = await store.admissionOf('odd');
      expect(stored?.objects).toEqual([odd]);
      expect(JSON.stringify(stored?.objects[0])).toBe(JSON.stringify(odd));
      expect([stored?.problems, stored?.namespaces]).toEqual([problems, namespaces]);
    });

    const ageOf = async (cluster: string) => (await store.admissionAges()).get(cluster)?.stale;
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

    it('are stale with their cluster, or when they alone could not be read for too long', async () => {
      await save('live', readingOf([], { readAt: ago(0) }));
      await store.saveCluster(clusterOf('live'));
      expect(await ageOf('live')).toBe(false);
      await store.saveCluster(clusterOf('live', { state: 'failed', reason: 'cluster-error' }));
      expect(await ageOf('live')).toBe(true);
      await store.saveCluster(clusterOf('live'));
      await save('live', readingOf([], { readAt: ago(30) }));
      expect(await ageOf('live')).toBe(true);
    });

    it('of files are as old as they are, and not stale', async () => {
      await save('file', readingOf([], { readAt: ago(30) }));
      await store.saveCluster(clusterOf('file', { kind: 'pods-file' }));
      expect(await ageOf('file')).toBe(false);
    });

    const first = objectOf('first', { spec: { a: 1, b: [1, 2] } });
    const second = objectOf('second');
    const space = { name: 'space', labels: { team: 'blue', tier: 'one' } };
    const other = { name: 'other', labels: {} };
    const problem = { what: 'reports', reason: 'cluster-forbidden', detail: 'no right' } as const;
    const whole = readingOf([first, second], { namespaces: [space, other], problems: [problem] });

    it('change nothing when they say the same again, and are as young as the last reading', async () => {
      expect(await save('same', whole)).toEqual({ changed: true });
      const again = {
        objects: [
          objectOf('second', { metadata: { resourceVersion: '9', managedFields: [{}] } }),
          objectOf('first', { spec: { b: [1, 2], a: 1 } }),
        ],
        namespaces: [other, { name: 'space', labels: { tier: 'one', team: 'blue' } }],
        problems: [problem],
        readAt: minutesLater(5),
      };
      expect(await save('same', again)).toEqual({ changed: false });
      const stored = await store.admissionOf('same');
      expect([stored?.revision, stored?.readAt]).toEqual([1, minutesLater(5)]);
      expect((await store.admissionAges()).get('same')?.readAt).toEqual(minutesLater(5));
    });

    it.each([
      ['an object is new', { objects: [first, second, objectOf('third')] }],
      ['an object is gone', { objects: [second] }],
      ['an object says something else', { objects: [objectOf('first', { spec: {} }), second] }],
      [
        'a list in it has another order',
        {
          objects: [objectOf('first', { spec: { a: 1, b: [2, 1] } }), second],
        },
      ],
      [
        'a label of a namespace differs',
        {
          namespaces: [{ ...space, labels: { ...space.labels, team: 'red' } }, other],
        },
      ],
      ['a namespace is gone', { namespaces: [space] }],
      ['a problem is over', { problems: [] }],
      ['a problem is another', { problems: [{ ...problem, detail: 'something else' }] }],
    ])('have a new revision when %s', async (_what, some) => {
      await save('new', whole);
      const before = await store.admissionOf('new');
      expect(await save('new', { ...whole, ...some })).toEqual({ changed: true });
      const after = await store.admissionOf('new');
      expect(after?.revision).toBe((before?.revision ?? 0) + 1);
      expect(named(after?.objects)).toEqual(named({ ...whole, ...some }.objects));
      expect((await store.reviewIndex()).admission.get('new')).toBe(after?.revision);
    });

    it('are told apart by group, kind, namespace and name, and not by version', async () => {
      const policy = (apiVersion: string, metadata: object = {}) =>
        objectOf('same', { apiVersion, kind: 'ClusterImagePolicy', metadata });
      const objects = [
        policy('policy.sigstore.dev/v1alpha1'),
        policy('portieris.cloud.ibm.com/v1'),
        policy('config.openshift.io/v1'),
        policy('v1'),
        policy('v1', { namespace: 'space' }),
      ];
      await save('groups', readingOf(objects));
      expect((await store.admissionOf('groups'))?.objects).toHaveLength(5);
      const later = objects.with(0, policy('policy.sigstore.dev/v1beta1'));
      expect(await save('groups', readingOf(later))).toEqual({ changed: true });
      const stored = (await store.admissionOf('groups'))?.objects;
      expect(named(stored)).toEqual(named(later));
    });

    it('may be more and larger than one statement takes', async () => {
      const text = 'x'.repeat(3 * 1024 * 1024);
      const objects = [
        ...Array.from({ length: 2_300 }, (_none, n) => objectOf(`policy-${n}`)),
        ...[1, 2, 3].map((n) => objectOf(`report-${n}`, { text })),
        objectOf('long name '.repeat(1_000)),
      ];
      await save('many', readingOf(objects));
      expect(named((await store.admissionOf('many'))?.objects)).toEqual(named(objects));
      expect(await save('many', readingOf(objects.toReversed()))).toEqual({ changed: false });
      await save('many', readingOf([second]));
      expect(named((await store.admissionOf('many'))?.objects)).toEqual(named([second]));
    });

    it('are those of one reading when several are written at once', async () => {
      const names = ['a', 'b', 'c', 'd'];
      await Promise.all(
        names.map((name) =>
          save('at once', readingOf([objectOf(name)], { namespaces: [{ name, labels: {} }] })),
        ),
      );
      const stored = await store.admissionOf('at once');
      expect(stored?.revision).toBe(4);
      expect(stored?.objects.map(({ metadata }) => metadata.name)).toEqual(
        stored?.namespaces.map(({ name }) => name),
      );
    });

    it('go with clusters that are no longer configured', async () => {
      await save('kept', readingOf([first]));
      await save('dropped', readingOf([first]));
      await store.forgetClustersExcept(['kept']);
      expect([...(await store.reviewIndex()).admission.keys()]).toEqual(['kept']);
      expect(await store.admissionOf('dropped')).toBeUndefined();
      // Nothing of it is left under its name either.
      await save('dropped', readingOf([]));
      expect((await store.admissionOf('dropped'))?.objects).toEqual([]);
      expect(named((await store.admissionOf('kept'))?.objects)).toEqual(named([first]));
    });
  });
}
