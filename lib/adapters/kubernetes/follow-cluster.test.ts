import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { buildInventory } from '#lib/inventory/build-inventory.ts';
import { createInventoryIndex, type InventoryIndex } from '#lib/inventory/inventory-index.ts';
import { type LabKubernetes, startKubernetesApi } from '#lib/lab/kubernetes/api-server.ts';
import type { KubernetesFault } from '#lib/lab/kubernetes/faults.ts';
import type { LabObjects } from '#lib/lab/kubernetes/kubernetes-object.ts';
import {
  controllerObject,
  namespaceObject,
  podObject,
} from '#lib/lab/kubernetes/workload-objects.ts';
import type { ClusterChange, ClusterReader, ClusterSnapshot } from '#lib/ports/cluster.ts';
import { createClusterReaders } from './cluster-reader.ts';
import type { ReaderTimings } from './cluster-source.ts';

const timings: Partial<ReaderTimings> = {
  requestMs: 2_000,
  watchSilenceMs: 10_000,
  backOffMs: [1, 20],
};
const image = (tag = '1', digest = 'a') => ({
  name: 'main',
  image: `nginx:${tag}`,
  imageId: `nginx@sha256:${digest.repeat(64)}`,
});
const pod = (uid: string, more: Partial<Parameters<typeof podObject>[0]> = {}) =>
  podObject({ name: uid, uid, containers: [image()], ...more });

/** A followed cluster, its changes gathered, and a copy of its inventory kept by them. */
interface Followed {
  readonly api: LabKubernetes;
  readonly reader: ClusterReader;
  readonly changes: ClusterChange[];
  readonly index: InventoryIndex;
  /** Resolves once the condition holds after some change. */
  until(condition: () => boolean): Promise<void>;
  /** What a fresh reading says now. */
  fresh(): Promise<ReturnType<typeof buildInventory>>;
  /** Until the kept copy is what a fresh reading says. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const open: Followed[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((followed) => followed.stop()));
});

const options = { teamLabels: ['team'] };

async function follow(objects: LabObjects, more: Partial<ReaderTimings> = {}): Promise<Followed> {
  const api = await startKubernetesApi({ name: 'prod', pageLimit: 4, bookmarkMs: 20, objects });
  const [reader] = createClusterReaders(
    [{ id: 'prod', name: 'prod', kind: 'kubeconfig', text: api.kubeconfig() }],
    { ...timings, ...more },
  );
  const stop = new AbortController();
  const snapshot = await reader!.read({ signal: stop.signal });
  const index = createInventoryIndex('prod', snapshot, options);
  const changes: ClusterChange[] = [];
  const waiting = new Set<() => void>();
  const done = (async () => {
    for await (const change of reader!.follow(snapshot, stop.signal)) {
      changes.push(change);
      index.apply([change]);
      for (const look of waiting) look();
    }
  })();
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!condition()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const fresh = async () =>
    buildInventory('prod', await reader!.read({ signal: stop.signal }), options);
  const followed: Followed = {
    api,
    reader: reader!,
    changes,
    index,
    until,
    fresh,
    settled: async () => {
      const wanted = JSON.stringify(await fresh());
      await until(() => JSON.stringify(index.inventory()) === wanted);
    },
    stop: async () => {
      stop.abort();
      await done;
      await api.close();
    },
  };
  open.push(followed);
  await expect.poll(() => api.watches(), { timeout: 10_000 }).toBe(9);
  return followed;
}

const count = (changes: readonly ClusterChange[], type: ClusterChange['type']) =>
  changes.filter((change) => change.type === type).length;
const interruptions = (changes: readonly ClusterChange[]) =>
  changes.filter((change) => change.type === 'interrupted');

describe('following a cluster', () => {
  it('tells what comes, changes and goes, of every kind', async () => {
    const { api, index, settled, changes } = await follow({
      pods: [pod('p1'), pod('p2')],
      namespaces: [namespaceObject('default')],
    });
    const web = { kind: 'Deployment', name: 'web', uid: 'web' };
    const rs = { kind: 'ReplicaSet', name: 'web-1', uid: 'rs' };
    api.upsert(pod('p1', { containers: [image('2', 'b')] }));
    api.remove('Pod', 'p2');
    api.upsert(pod('p3', { owner: rs }));
    api.upsert(controllerObject('ReplicaSet', { ...rs, owner: web, containers: [] }));
    api.upsert(controllerObject('Deployment', { ...web, containers: [image()] }));
    api.upsert(controllerObject('CronJob', { name: 'night', uid: 'night', containers: [image()] }));
    api.upsert(namespaceObject('default', { team: 'shop' }));
    await settled();
    expect(index.inventory().workloads.map(({ kind, name, team }) => [kind, name, team])).toEqual([
      ['CronJob', 'night', 'shop'],
      ['Pod', 'p1', 'shop'],
      ['Deployment', 'web', 'shop'],
    ]);
    for (const { kind, uid } of [{ kind: 'CronJob', uid: 'night' }, web, rs]) api.remove(kind, uid);
    api.remove('Namespace', 'namespace-default');
    await settled();
    expect(index.inventory().workloads.map(({ kind }) => kind)).toEqual(['Pod', 'ReplicaSet']);
    expect(count(changes, 'relisted')).toBe(0);
  });

  it('is as recent as its bookmarks say', async () => {
    const { changes, until } = await follow({ pods: [pod('p1')] });
    await until(() => count(changes, 'bookmark') >= 3);
    const times = changes.flatMap((change) =>
      change.type === 'bookmark' ? [change.at.getTime()] : [],
    );
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Date.now() - times.at(-1)!).toBeLessThan(5_000);
  });

  it('goes on without a word when the server ends a watch in time', async () => {
    const { api, changes, settled } = await follow({ pods: [pod('p1')] }, { watchSeconds: [2, 2] });
    await expect
      .poll(() => api.requests().filter(({ url }) => /\/pods.*watch=1/.test(url)).length, {
        timeout: 10_000,
      })
      .toBeGreaterThan(1);
    api.upsert(pod('p2'));
    await settled();
    expect(interruptions(changes)).toEqual([]);
    expect(count(changes, 'relisted')).toBe(0);
  });

  it('ends when told to, and leaves no connection open', async () => {
    const followed = await follow({ pods: [pod('p1')] });
    const { api, reader } = followed;
    const snapshot = await reader.read({ signal: new AbortController().signal });
    const stop = new AbortController();
    for await (const change of reader.follow(snapshot, stop.signal)) if (change) break;
    await expect.poll(() => api.watches(), { timeout: 5_000 }).toBe(9);
  });

  it('reads at once when the snapshot does not say where to go on', async () => {
    const { reader } = await follow({ pods: [pod('p1')] });
    const bare: ClusterSnapshot = {
      pods: [],
      controllers: [],
      owners: [],
      namespaces: [],
      problems: [],
      readAt: new Date(),
    };
    for await (const change of reader.follow(bare, new AbortController().signal)) {
      expect(change).toMatchObject({ type: 'relisted', snapshot: { pods: [{ uid: 'p1' }] } });
      break;
    }
  });
});

describe('a fault while following', () => {
  it('resumes a dropped watch where it was: nothing lost, nothing doubled, and says so', async () => {
    const { api, changes, settled, until } = await follow({ pods: [pod('p1')] });
    const told = () => changes.flatMap((change) => (change.type === 'pod' ? [change.pod.uid] : []));
    for (let round = 0; round < 5; round += 1) {
      api.upsert(pod(`new-${round}`));
      await until(() => told().includes(`new-${round}`));
      api.setFault({ kind: 'drop-watch', times: 0 });
      api.upsert(pod(`while-away-${round}`));
      await until(() => told().includes(`while-away-${round}`));
    }
    await settled();
    expect(count(changes, 'relisted')).toBe(0);
    expect(interruptions(changes)[0]).toMatchObject({ reason: 'cluster-unreachable' });
    expect(told().toSorted()).toEqual(
      Array.from({ length: 5 }, (_, i) => [`new-${i}`, `while-away-${i}`])
        .flat()
        .toSorted(),
    );
  });

  it.each(['status', 'event'] as const)(
    'reads again when the watch is told 410 by %s',
    async (as) => {
      const { api, changes, settled, until } = await follow({ pods: [pod('p1')] });
      api.setFault({ kind: 'watch-gone', as, times: 3 });
      api.upsert(pod('p2'));
      await until(() => count(changes, 'relisted') > 0);
      await settled();
      expect(interruptions(changes)[0]).toMatchObject({
        detail: expect.stringContaining('too old'),
      });
    },
  );

  it('reads again when the past was forgotten while the connection was down', async () => {
    const { api, changes, settled, until } = await follow({ pods: [pod('p1'), pod('p2')] });
    api.setFault({ kind: 'down' });
    api.remove('Pod', 'p2');
    api.upsert(pod('p3'));
    api.compact();
    await until(() => interruptions(changes).length > 20);
    expect(count(changes, 'relisted')).toBe(0);
    api.setFault(undefined);
    await until(() => count(changes, 'relisted') > 0);
    await settled();
  });

  it('notices a watch that has fallen silent', async () => {
    const { api, changes, settled, until } = await follow(
      { pods: [pod('p1')] },
      { watchSilenceMs: 300 },
    );
    api.setFault({ kind: 'silent-watch', times: 0 });
    api.upsert(pod('p2'));
    await until(() =>
      changes.some((change) => change.type === 'interrupted' && /silent/.test(change.detail)),
    );
    await settled();
  });

  it('is not current again before every stream is whole', async () => {
    const { api, changes, until } = await follow({ pods: [pod('p1')] });
    await until(() => count(changes, 'bookmark') > 0);
    api.setFault({ kind: 'forbidden-kind', plural: 'pods' });
    for (let cut = 0; cut < 2; cut += 1) {
      const before = interruptions(changes).length;
      // Cuts all streams once; those of pods then stay forbidden.
      api.setFault({ kind: 'drop-watch', times: 0 });
      api.setFault({ kind: 'forbidden-kind', plural: 'pods' });
      await until(() => interruptions(changes).length >= before + 30);
    }
    const broke = changes.findIndex(({ type }) => type === 'interrupted');
    expect(changes.slice(broke).filter(({ type }) => type === 'bookmark')).toEqual([]);
    expect(changes.at(-1)).toMatchObject({ type: 'interrupted', reason: 'cluster-forbidden' });
    api.setFault(undefined);
    const sofar = count(changes, 'bookmark');
    await until(() => count(changes, 'bookmark') > sofar);
  });

  it('reads again rather than believe an event that it cannot understand', async () => {
    const { api, changes, until } = await follow({ pods: [pod('p1')] });
    api.upsert({ ...pod('p2'), spec: 'not a specification' });
    await until(() => count(changes, 'relisted') > 0);
    const relisted = changes.find((change) => change.type === 'relisted');
    expect(relisted).toMatchObject({ snapshot: { problems: [{ what: 'Pod default/p2' }] } });
  });

  it('waits longer and longer for a server that stays away', async () => {
    const { api, changes, until } = await follow({ pods: [] }, { backOffMs: [1, 200] });
    api.setFault({ kind: 'down' });
    const ahead = () =>
      Math.max(...interruptions(changes).map(({ retryAt }) => retryAt.getTime() - Date.now()));
    // It begins with a millisecond: only waiting longer each time comes this far.
    await until(() => ahead() > 50);
  });

  it('of one cluster does not concern another', async () => {
    const [bad, good] = await Promise.all([
      follow({ pods: [pod('p1')] }),
      follow({ pods: [pod('p1')] }),
    ]);
    bad.api.setFault({ kind: 'down' });
    await bad.until(() => interruptions(bad.changes).length > 5);
    good.api.upsert(pod('p2'));
    await good.settled();
    expect(interruptions(good.changes)).toEqual([]);
  });
});

const faults = fc.constantFrom<KubernetesFault>(
  { kind: 'drop-watch', times: 3 },
  { kind: 'drop-watch', times: 0 },
  { kind: 'watch-gone', as: 'event', times: 2 },
  { kind: 'watch-gone', as: 'status', times: 2 },
  { kind: 'gone-during-paging', onContinue: 1, times: 1 },
  { kind: 'server-error', status: 500, times: 5 },
  { kind: 'unauthorized', times: 4 },
  { kind: 'down', times: 8 },
  { kind: 'malformed-item', times: 1 },
  { kind: 'slow', ms: 5, times: 10 },
);
const uid = fc.integer({ min: 0, max: 7 }).map((i) => `p${i}`);
const owner = fc.constantFrom(undefined, { kind: 'ReplicaSet', name: 'rs', uid: 'rs' });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('upsert'),
      uid,
      owner,
      tag: fc.constantFrom('1', '2'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove'), uid }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('owner'), there: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fault'), fault: faults }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pause') }) },
);
type Step =
  typeof step extends fc.Arbitrary<infer T> ? Partial<Record<string, unknown>> & T : never;

function perform(api: LabKubernetes, one: Step): void {
  const deployment = { kind: 'Deployment', name: 'web', uid: 'web' };
  const rs = { name: 'rs', uid: 'rs', owner: deployment, containers: [] };
  const { kind } = one;
  if (kind === 'upsert') {
    const {
      uid: id,
      owner: by,
      tag,
    } = one as { uid: string; owner?: typeof deployment; tag: string };
    api.upsert(pod(id, { containers: [image(tag)], ...(by && { owner: by }) }));
  } else if (kind === 'remove') api.remove('Pod', (one as { uid: string }).uid);
  else if (kind === 'owner' && (one as { there: boolean }).there)
    api.upsert(controllerObject('ReplicaSet', rs));
  else if (kind === 'owner') api.remove('ReplicaSet', 'rs');
  else if (kind === 'fault') api.setFault((one as { fault: KubernetesFault }).fault);
  else if (kind === 'compact') api.compact();
}

describe('whatever happens', () => {
  it('the followed inventory comes to what a fresh reading says', {
    timeout: 120_000,
  }, async () => {
    const followed = await follow({ pods: [pod('p0'), pod('p1')] });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        for (const one of steps) {
          perform(followed.api, one);
          if (one.kind === 'pause') await new Promise((resolve) => setTimeout(resolve, 5));
        }
        followed.api.setFault(undefined);
        await followed.settled();
      }),
      { numRuns: 40, endOnFailure: true },
    );
    expect(count(followed.changes, 'relisted')).toBeGreaterThan(0);
    expect(interruptions(followed.changes).length).toBeGreaterThan(0);
  });
});
