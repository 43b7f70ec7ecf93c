import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SimulationRequest, SimulationRow, Supposition } from '#lib/contract/simulations.ts';
import { OperationalError } from '#lib/errors.ts';
import { log } from '#lib/log.ts';
import type { Queue } from '#lib/ports/queue.ts';
import { createMemoryQueue } from '#lib/scan/memory-queue.ts';
import { aKyvernoPolicy, someIssuer } from '#tests/builders/admission.ts';
import { aSigner, aVerdict } from '#tests/builders/policy.ts';
import { reviewedImage, reviewedWorkload, storedAdmission } from '#tests/builders/review.ts';
import { type FakeReviewStore, fakeReviewStore } from '#tests/fakes/review-store.ts';
import { objectId } from './object-id.ts';
import { createReview } from './review.ts';
import { createSimulator, type Simulator } from './run-simulation.ts';
import { readDocuments } from './suppose.ts';

const audit = aKyvernoPolicy('signed', { verification: { failureAction: 'Audit' } });
const id = objectId({
  cluster: 'prod',
  group: 'kyverno.io',
  version: 'v1',
  kind: 'ClusterPolicy',
  name: 'signed',
});
const signer = aSigner('https://github.com/acme/shop/release.yaml@refs/heads/main', someIssuer);
const now = () => new Date('2026-11-21T12:00:00Z');

let store: FakeReviewStore;
let queue: Queue;
let simulator: Simulator;

beforeEach(async () => {
  store = fakeReviewStore('prod');
  store.admissions.set('prod', storedAdmission('prod', [audit]));
  store.workloads.set('prod:web', reviewedWorkload('web', {}, { team: 'shop' }));
  store.workloads.set('prod:api', reviewedWorkload('api', { image: 2 }));
  store.workloads.set('prod:far', reviewedWorkload('far', {}, { namespace: 'quiet' }));
  store.images.set(1, reviewedImage(1, []));
  store.images.set(2, reviewedImage(2, [aVerdict(signer)]));
  queue = createMemoryQueue();
  const review = await createReview({ store, log, now, channel: 'changed', restMs: 0 });
  simulator = await createSimulator({ store, queue, review, log, now, onChange: () => undefined });
});
afterEach(() => queue.stop());

async function simulate(request: Partial<SimulationRequest>) {
  const wish: SimulationRequest = {
    suppose: { kind: 'enforce', policies: [id] },
    days: 0,
    namespaces: [],
  };
  return settled((await simulator.request({ ...wish, ...request })).id);
}

async function settled(simulation: string) {
  for (;;) {
    const found = store.saved.get(simulation);
    if (found !== undefined && !['queued', 'running'].includes(found.state)) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const rowsOf = (simulation: string): readonly string[] =>
  (store.rows.get(simulation) ?? [])
    .map(({ workload, change, event }: SimulationRow) => `${workload}: ${change}, ${event}`)
    .sort();

describe('a simulation', () => {
  it('names what a policy would refuse if it enforced, and what would meet it', async () => {
    const done = await simulate({});
    expect(done).toMatchObject({
      state: 'done',
      title: 'signed enforces',
      counts: { workloads: 3, newlyRefused: 2, unchanged: 1, newlyError: 0 },
      asOf: '2026-11-21T11:00:00.000Z',
    });
    expect(rowsOf(done.id).map((row) => row.split(',')[0])).toEqual([
      'far: newly-refused',
      'web: newly-refused',
    ]);
    expect(done.byOwner).toEqual([
      { team: null, workloads: 1 },
      { team: 'shop', workloads: 1 },
    ]);
    expect(done.patches).toMatchObject([{ policy: 'ClusterPolicy signed' }]);
  });

  it('lists what would change, the gravest first, and counts the rest', async () => {
    // Met before those that would be refused.
    const first = reviewedWorkload('blind', { image: 4 });
    const others = [...store.workloads];
    store.workloads.clear();
    for (const [key, one] of [['prod:blind', first] as const, ...others])
      store.workloads.set(key, one);
    store.images.set(4, { id: 4, revision: '1' });
    const enforcing = aKyvernoPolicy('blocking');
    store.admissions.set('prod', storedAdmission('prod', [audit, enforcing], { revision: 2 }));
    store.tell();
    const done = await simulate({
      suppose: {
        kind: 'replace',
        cluster: 'prod',
        replaces: [
          objectId({
            cluster: 'prod',
            group: 'kyverno.io',
            version: 'v1',
            kind: 'ClusterPolicy',
            name: 'blocking',
          }),
        ],
        documents: JSON.stringify(audit),
      },
    });
    expect(done.counts).toMatchObject({ newlyAdmitted: 2, newlyRefused: 0, unchanged: 2 });
    const changes = (store.rows.get(done.id) ?? []).map(({ change }) => change);
    expect(changes).toEqual(['newly-admitted', 'newly-admitted']);
  });

  it('is about the namespaces that were asked for, and no other', async () => {
    const some = await simulate({ namespaces: ['quiet'] });
    expect(rowsOf(some.id)).toHaveLength(1);
    const suppose: Supposition = {
      kind: 'enforce-namespace',
      cluster: 'prod',
      namespaces: ['shop'],
    };
    const own = await simulate({ suppose });
    expect(own.counts).toMatchObject({ workloads: 2, newlyRefused: 1 });
  });

  it('counts what nobody could look at apart from what would be refused', async () => {
    store.images.set(1, { id: 1, revision: '2' });
    const done = await simulate({});
    expect(done.counts).toMatchObject({ newlyRefused: 0 });
    expect(done.counts.unchanged).toBe(3);
    expect(rowsOf(done.id)).toEqual([]);
  });

  it('looks at what ran within the days asked for, and says when it was last seen', async () => {
    const lastSeen = '2026-11-10T00:00:00.000Z';
    store.images.set(3, reviewedImage(3, []));
    store.former.push({ ...reviewedWorkload('gone', { image: 3 }), lastSeen });
    expect((await simulate({ days: 5 })).counts.workloads).toBe(3);
    const done = await simulate({ days: 30 });
    expect(done.counts.workloads).toBe(4);
    const gone = store.rows.get(done.id)?.find(({ workload }) => workload === 'gone');
    expect(gone).toMatchObject({ change: 'newly-refused', lastSeen });
  });

  it('puts documents in the place of policies of their name', async () => {
    const strict = aKyvernoPolicy('signed', {
      verification: { imageReferences: ['docker.io/*'] },
    });
    const suppose: Supposition = {
      kind: 'replace',
      cluster: 'prod',
      replaces: [],
      documents: JSON.stringify(strict),
    };
    const done = await simulate({ suppose });
    // The new text is about other images: nothing is refused, and nothing was before.
    expect(done.counts).toMatchObject({ newlyRefused: 0, unchanged: 3 });
  });

  it('never counts a signature under a document whose authority nobody has tried', async () => {
    const other = aKyvernoPolicy('signed', {
      verification: {
        attestors: [{ entries: [{ keyless: { subject: 'nobody', issuer: someIssuer } }] }],
      },
    });
    const suppose: Supposition = {
      kind: 'replace',
      cluster: 'prod',
      replaces: [],
      documents: JSON.stringify(other),
    };
    const done = await simulate({ suppose });
    expect(store.rows.get(done.id)?.find(({ workload }) => workload === 'api')?.supposed).not.toBe(
      'admit',
    );
  });

  it('refuses what cannot be supposed, by its name', async () => {
    const ask = (suppose: SimulationRequest['suppose']) =>
      simulator.request({ suppose, days: 0, namespaces: [] });
    await expect(ask({ kind: 'enforce', policies: ['nothing'] })).rejects.toThrow(
      'There is no policy nothing',
    );
    await expect(
      ask({ kind: 'enforce-namespace', cluster: 'mars', namespaces: ['shop'] }),
    ).rejects.toThrow('There is no cluster mars');
    const documents =
      'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: x}\nspec: 1';
    await expect(
      ask({ kind: 'replace', cluster: 'prod', replaces: [], documents }),
    ).rejects.toThrow(/ClusterPolicy x cannot be read: spec/);
  });

  it('stops when it is told to, and keeps its link', async () => {
    const asked = await simulator.request({
      suppose: { kind: 'enforce', policies: [id] },
      days: 0,
      namespaces: [],
    });
    const stopped = await simulator.stop(asked.id);
    expect(stopped).toMatchObject({ id: asked.id, state: expect.stringMatching(/stopped|done/) });
    expect(await simulator.stop('nothing')).toBeUndefined();
  });

  it('says what failed instead of going on for ever', async () => {
    const request: SimulationRequest = {
      suppose: { kind: 'enforce', policies: [id] },
      days: 0,
      namespaces: [],
    };
    const asked = await simulator.request(request);
    await settled(asked.id);
    // Asked for before the policy went away, and taken up after.
    store.admissions.set('prod', storedAdmission('prod', [], { revision: 2 }));
    store.tell();
    store.saved.set('late', { ...asked, id: 'late' });
    await queue.enqueue([{ kind: 'simulation', scanId: 'late' }]);
    expect(await settled('late')).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('There is no policy'),
    });
  });
});

describe('readDocuments', () => {
  it('reads several documents of YAML and of JSON', () => {
    const text =
      'apiVersion: v1\nkind: A\nmetadata: {name: a}\n---\n---\n{"apiVersion":"v1","kind":"B","metadata":{"name":"b"}}';
    expect(readDocuments(text).map(({ kind }) => kind)).toEqual(['A', 'B']);
  });

  it.each([
    ['a: [', 'Document 1 is not YAML'],
    ['kind: A', 'Document 1 has no apiVersion, kind and metadata.name'],
    ['a: &a [1]\nb: [*a, *b]', 'Document 1'],
  ])('refuses %j by its place', (text, expected) => {
    expect(() => readDocuments(text)).toThrow(OperationalError);
    expect(() => readDocuments(text)).toThrow(expected);
  });
});
