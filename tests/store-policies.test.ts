import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenedStore, openStore } from '#lib/adapters/store/open-store.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { containerOf, digestOf, inventoryOf, noon, verdictOf, workloadOf } from './store-fleet.ts';

let store: OpenedStore;
beforeAll(async () => {
  store = await openStore({ kind: 'memory' });
});
afterAll(() => store.close());

const anItem: EvidenceVerdict = {
  evidence: digestOf(99),
  kind: 'cosign-signature',
  sources: [],
  proves: 'nothing',
  status: 'invalid',
  times: [],
  checks: [],
};
const under = (n: number, revision?: string, evidence = [anItem]) =>
  verdictOf(n, 'unsigned', {
    evidence,
    ...(revision !== undefined && {
      underPolicies: { judgedUnder: [], verified: [], marks: {}, revision },
    }),
  });

it('finds the images in use that were judged under other policies than those of now', async () => {
  const uses = [1, 2, 3, 5].map((n) => {
    const workload = workloadOf(n);
    return [workload, containerOf(workload, n)] as const;
  });
  await store.saveInventory('east', inventoryOf(...uses), noon);
  // 3 was never checked, 4 is in no use, and beside 5 there is nothing.
  const items = [under(1, 'new'), under(2), under(4), under(5, 'old', [])];
  await store.saveVerdicts(items, noon, 'scan');
  const found = async (revisionOf: (name: string) => string | undefined) =>
    (await store.checkedUnderOtherPolicies(revisionOf)).map(({ digest }) => digest);
  const { registry, repository } = under(1).verdict;
  const name = `${registry}/${repository}`;
  expect(await found((one) => (one === name ? 'new' : undefined))).toEqual([digestOf(2)]);
  expect(await found(() => 'newer')).toEqual([digestOf(1), digestOf(2)]);
  expect(await found(() => undefined)).toEqual([]);
  await store.saveVerdicts([under(2, 'new')], noon, 'scan');
  expect(await found(() => 'new')).toEqual([]);
});

it('tells the revisions of what was read of admission', async () => {
  expect(await store.admissionRevisions()).toEqual(new Map());
  const reading = { objects: [], namespaces: [], problems: [], readAt: noon };
  await store.saveAdmission('east', reading);
  const stored = await store.admissionOf('east');
  expect(await store.admissionRevisions()).toEqual(new Map([['east', stored?.revision]]));
});
