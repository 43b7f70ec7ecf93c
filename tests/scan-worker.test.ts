import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ScanRow } from '#lib/contract/sources.ts';
import { OperationalError } from '#lib/errors.ts';
import type { ScanDependencies } from '#lib/scan/dependencies.ts';
import { createScanner } from '#lib/scan/scanner.ts';
import { startJobs, startWorker, type Worker } from '#lib/scan/worker.ts';
import { aContainer, aPod } from '#tests/builders/workload.ts';
import { createFakeCluster } from '#tests/fakes/cluster.ts';
import { aMortal, offerAgain } from '#tests/fakes/mortal.ts';
import { aBundle } from '#tests/fakes/verifier.ts';
import { aWorld, type FakeWorld, quickly } from '#tests/fakes/world.ts';

const workers: Worker[] = [];
async function start(deps: ScanDependencies, options = {}): Promise<Worker> {
  const worker = await startWorker(deps, { ...quickly, ...options });
  workers.push(worker);
  return worker;
}
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
});

const soon = { interval: 2, timeout: 10_000 };
const finished = (world: FakeWorld, count = 1): Promise<readonly ScanRow[]> =>
  vi.waitFor(async () => {
    const scans = await world.store.scans(100);
    expect(scans.filter(({ finishedAt }) => finishedAt !== null)).toHaveLength(count);
    return scans;
  }, soon);

/** `count` signed images, each in a pod of its own. */
function aFleet(world: FakeWorld, count: number) {
  const pods = Array.from({ length: count }, (_, n) => {
    const name = `ghcr.io/acme/image-${n}`;
    const digest = world.registry.push(name, `content ${n}`);
    world.registry.attach(name, digest, aBundle('verified'));
    return aPod(`pod-${n}`, [aContainer(`${name}@${digest}`, { imageId: `${name}@${digest}` })]);
  });
  return createFakeCluster('prod', { pods });
}

const statuses = ({ store }: FakeWorld): string[] =>
  [...store.judgements.values()].flatMap(({ uses }) => uses.map(({ status }) => status)).sort();
const verified = (count: number): string[] => Array.from({ length: count }, () => 'verified');

describe('a worker', () => {
  it('scans once when it starts', async () => {
    const world = aWorld();
    await start(world.deps({ clusters: [aFleet(world, 5)] }));
    expect(await finished(world)).toMatchObject([{ trigger: 'start', state: 'done' }]);
    expect(statuses(world)).toEqual(verified(5));
  });

  it('scans again and again in its time', async () => {
    const world = aWorld();
    await start(world.deps({ clusters: [aFleet(world, 1)] }), { everyMs: 5 });
    await vi.waitFor(async () => {
      const scans = await world.store.scans(100);
      expect(scans.filter(({ trigger }) => trigger === 'schedule').length).toBeGreaterThan(1);
    }, soon);
  });

  it('answers a further wish with the scan under way, unless it asks for more', async () => {
    const world = aWorld();
    const cluster = aFleet(world, 1);
    const reading = Promise.withResolvers<void>();
    cluster.onRead = () => reading.promise;
    const deps = world.deps({ clusters: [cluster] });
    await start(deps);
    const scanner = createScanner(deps);
    const [first] = await vi.waitFor(async () => {
      const scans = await world.store.scans(1);
      expect(scans).toMatchObject([{ state: 'running' }]);
      return scans;
    }, soon);
    expect((await scanner.requestScan('request', false)).id).toBe(first!.id);
    const full = await scanner.requestScan('request', true);
    expect(full.id).not.toBe(first!.id);
    expect((await scanner.requestScan('request', true)).id).toBe(full.id);
    reading.resolve();
    await finished(world, 2);
    expect(world.store.calls.coverage).toBe(2);
  });

  it('stops a scan that reads, and one that checks', async () => {
    const world = aWorld();
    const cluster = aFleet(world, 100);
    cluster.onRead = (signal) =>
      new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const deps = world.deps({ clusters: [cluster] });
    await start(deps);
    const scanner = createScanner(deps);
    await vi.waitFor(() => expect(cluster.reads()).toBe(1), soon);
    const [reading] = await world.store.scans(1);
    expect(await scanner.stopScan(reading!.id)).toMatchObject({ state: 'stopping' });
    await finished(world);
    expect(await world.store.scan(reading!.id)).toMatchObject({ state: 'stopped', failures: [] });
    expect(world.store.states.get('prod')).toMatchObject({ state: 'waiting' });

    cluster.onRead = () => undefined;
    const checking = Promise.withResolvers<void>();
    world.verifier.onVerify = async () => checking.promise;
    const second = await scanner.requestScan('request', false);
    await vi.waitFor(() => expect(world.backlog.running.size).toBeGreaterThan(1), soon);
    await scanner.stopScan(second.id);
    checking.resolve();
    await finished(world, 2);
    const done = (await world.store.scan(second.id))!;
    expect(done.state).toBe('stopped');
    expect(statuses(world).filter((status) => status === 'verified').length).toBeLessThan(100);
    expect(await scanner.stopScan(second.id)).toEqual(done);
    expect(await scanner.stopScan('unknown')).toBeUndefined();
  });

  it('stops a scan that nobody has begun', async () => {
    const world = aWorld();
    const scanner = createScanner(world.deps());
    const { id } = await scanner.requestScan('request', false);
    expect(await scanner.stopScan(id)).toMatchObject({ state: 'stopped' });
    await start(world.deps());
    const scans = await finished(world, 2);
    expect(scans.find((scan) => scan.id === id)).toMatchObject({ state: 'stopped' });
  });

  it('finishes each scan exactly once, however many workers there are', async () => {
    const world = aWorld();
    const clusters = [aFleet(world, 120)];
    const scanner = createScanner(world.deps());
    const { id } = await scanner.requestScan('request', false);
    await Promise.all([1, 2, 3].map(() => start(world.deps({ clusters }))));
    const jobs = await startJobs(world.deps({ clusters }));
    workers.push(jobs);
    await finished(world);
    const ends = world.store.calls.scans.filter(({ finishedAt }) => finishedAt !== null);
    expect(ends.map((scan) => [scan.id, scan.state])).toEqual([[id, 'done']]);
    expect(world.store.calls).toMatchObject({ coverage: 1, maintain: 1 });
    expect(world.verifier.checks()).toBe(120);
    expect(statuses(world)).toEqual(verified(120));
  });

  it('calls a scan failed that fails again and again, and takes the next one', async () => {
    const world = aWorld();
    const deps = world.deps({ clusters: [aFleet(world, 1)] });
    const forgetClustersExcept = async (): Promise<void> => {
      throw new Error('the disk is full');
    };
    const store = { ...deps.store, forgetClustersExcept };
    await start({ ...deps, store });
    expect(await finished(world)).toMatchObject([
      { state: 'failed', failures: [{ source: 'Sealwatch' }] },
    ]);
    store.forgetClustersExcept = async () => undefined;
    await createScanner(deps).requestScan('request', false);
    await finished(world, 2);
    expect(statuses(world)).toEqual(verified(1));
  });
});

describe('a worker that was killed', () => {
  const images = 60;
  const moments = [0, 1, 7, 20, 40, 59];

  it.each(moments)('leaves a scan that the next one ends (killed at check %i)', async (moment) => {
    const world = aWorld();
    const clusters = [aFleet(world, images)];
    const mortal = aMortal();
    let checks = 0;
    world.verifier.onVerify = () => {
      if (checks === moment) mortal.kill();
      checks += 1;
    };
    const deps = world.deps({ clusters });
    await startWorker(
      {
        ...deps,
        store: mortal.own(deps.store),
        queue: mortal.own(deps.queue),
        registry: mortal.own(deps.registry),
        verifier: mortal.own(deps.verifier),
      },
      quickly,
    );
    await vi.waitFor(() => expect(checks).toBeGreaterThan(moment), soon);
    const [left] = await world.store.scans(1);
    expect(left).toMatchObject({ state: 'running', finishedAt: null });

    world.verifier.onVerify = () => undefined;
    offerAgain(world.backlog);
    await start(world.deps({ clusters }));
    await finished(world);
    expect(await world.store.scans(100)).toMatchObject([{ id: left!.id, state: 'done' }]);
    expect(statuses(world)).toEqual(verified(images));
    expect(world.store.calls.coverage).toBe(1);
    // Every verdict entered the history once, whoever found it.
    const verdicts = world.store.history.filter((line) => line.includes('@sha256'));
    expect(verdicts).toHaveLength(images);
    expect(new Set(verdicts).size).toBe(images);
    expect(world.backlog.running.size).toBe(0);
  });

  it('leaves a scan whose job is lost, and it gets a new one', async () => {
    const world = aWorld();
    const clusters = [aFleet(world, 3)];
    const deps = world.deps({ clusters });
    const { id } = await createScanner(deps).requestScan('request', false);
    await deps.queue.cancel(id);
    await start(deps);
    expect(await finished(world)).toMatchObject([{ id, state: 'done' }]);
  });

  it('leaves a scan that was told to stop, and it stays stopped', async () => {
    const world = aWorld();
    const deps = world.deps({ clusters: [aFleet(world, 3)] });
    const scan = await createScanner(deps).requestScan('request', false);
    await world.store.saveScan({ ...scan, state: 'stopping' });
    await start(deps);
    await finished(world);
    expect(await world.store.scan(scan.id)).toMatchObject({ state: 'stopped' });
    expect(world.verifier.checks()).toBe(0);
  });

  it('hands a scan over when it is stopped in order', async () => {
    const world = aWorld();
    const clusters = [aFleet(world, images)];
    const first = await start(world.deps({ clusters }));
    let stopping: Promise<void> | undefined;
    world.verifier.onVerify = () => {
      stopping ??= first.stop();
    };
    await vi.waitFor(() => expect(stopping).toBeDefined(), soon);
    await stopping;
    expect(await world.store.scans(10)).toMatchObject([{ state: 'running' }]);
    world.verifier.onVerify = () => undefined;
    await start(world.deps({ clusters }));
    expect(await finished(world)).toMatchObject([{ state: 'done' }]);
    expect(statuses(world)).toEqual(verified(images));
  });
});

describe('between scans, a worker', () => {
  it('checks what a watched cluster begins to run, and forgets what it no longer runs', async () => {
    const world = aWorld();
    const cluster = aFleet(world, 2);
    await start(world.deps({ clusters: [cluster] }));
    await finished(world);
    await vi.waitFor(() => expect(cluster.watches()).toBe(1), soon);
    const name = 'ghcr.io/acme/new';
    const digest = world.registry.push(name, 'new content');
    const image = `${name}@${digest}`;
    cluster.tell(
      {
        type: 'pod',
        pod: aPod('fresh', [aContainer(image, { imageId: image })]),
        resourceVersion: '2',
      },
      { type: 'pod-gone', uid: 'uid-pod-0', resourceVersion: '3' },
    );
    await vi.waitFor(() => expect(statuses(world)).toEqual(['unsigned', 'verified']), soon);
    expect((await world.store.scans(10)).length).toBe(1);
    expect(world.store.history.some((line) => line.startsWith('watch: ghcr.io/acme/new'))).toBe(
      true,
    );
  });

  it('takes a relisted cluster whole', async () => {
    const world = aWorld();
    const cluster = aFleet(world, 3);
    await start(world.deps({ clusters: [cluster] }));
    await finished(world);
    await vi.waitFor(() => expect(cluster.watches()).toBe(1), soon);
    const [pod] = cluster.snapshot.pods;
    const readAt = new Date('2026-11-21T11:00:00Z');
    cluster.tell({ type: 'relisted', snapshot: { ...cluster.snapshot, pods: [pod!], readAt } });
    await vi.waitFor(() => expect(statuses(world)).toEqual(verified(1)), soon);
    await vi.waitFor(
      () =>
        expect(world.store.states.get('prod')).toMatchObject({ state: 'current', asOf: readAt }),
      soon,
    );
  });

  it('lets a broken watch age, says why, and takes it back', async () => {
    const world = aWorld();
    const cluster = aFleet(world, 1);
    await start(world.deps({ clusters: [cluster] }), { staleMs: 60_000 });
    await finished(world);
    const state = () => world.store.states.get('prod');
    await vi.waitFor(
      () => expect(state()).toMatchObject({ watching: true, state: 'current' }),
      soon,
    );
    cluster.tell({ type: 'bookmark', resourceVersion: '2', at: new Date('2026-11-21T10:00:20Z') });
    await vi.waitFor(() => expect(state()?.asOf).toEqual(new Date('2026-11-21T10:00:20Z')), soon);
    const broken = {
      type: 'interrupted',
      reason: 'cluster-unauthorized',
      detail: 'prod: 401',
      retryAt: new Date('2026-11-21T10:02:00Z'),
    } as const;
    cluster.tell(broken);
    await vi.waitFor(
      () =>
        expect(state()).toMatchObject({
          state: 'current',
          watching: false,
          reason: 'cluster-unauthorized',
          asOf: new Date('2026-11-21T10:00:20Z'),
        }),
      soon,
    );
    world.later(120_000);
    cluster.tell(broken);
    await vi.waitFor(
      () =>
        expect(state()).toMatchObject({ state: 'stale', asOf: new Date('2026-11-21T10:00:20Z') }),
      soon,
    );
    expect(statuses(world)).toEqual(verified(1));
    cluster.tell({ type: 'bookmark', resourceVersion: '3', at: new Date('2026-11-21T10:02:00Z') });
    await vi.waitFor(
      () => expect(state()).toMatchObject({ state: 'current', watching: true }),
      soon,
    );
    expect(state()).not.toHaveProperty('reason', 'cluster-unauthorized');
  });

  it('reads a cluster again by itself that could not be read', async () => {
    const world = aWorld();
    const cluster = aFleet(world, 2);
    cluster.fault = new OperationalError('cluster-unreachable', 'prod: refused');
    await start(world.deps({ clusters: [cluster] }), { clusterRetryMs: 5 });
    await finished(world);
    expect(world.store.states.get('prod')).toMatchObject({ state: 'failed' });
    expect(world.store.states.get('prod')?.retryAt).toBeInstanceOf(Date);
    cluster.fault = undefined;
    await vi.waitFor(() => expect(statuses(world)).toEqual(verified(2)), soon);
    expect((await world.store.scans(10)).length).toBe(1);
  });

  it('reads admission of a watched cluster again and again, and tells pages of a change', async () => {
    const world = aWorld();
    const cluster = aFleet(world, 1);
    await start(world.deps({ clusters: [cluster] }), { admissionMs: 5 });
    await finished(world);
    await vi.waitFor(() => expect(cluster.watches()).toBe(1), soon);
    const policy = {
      apiVersion: 'kyverno.io/v1',
      kind: 'ClusterPolicy',
      metadata: { name: 'signed' },
    };
    const before = world.store.told.length;
    cluster.admission = { ...cluster.admission, objects: [policy] };
    await vi.waitFor(
      () => expect(world.store.admission.get('prod')?.objects).toEqual([policy]),
      soon,
    );
    const told = () => world.store.told.slice(before).map(({ payload }) => JSON.parse(payload));
    await vi.waitFor(
      () => expect(told().some(({ keys }) => keys?.includes('policies'))).toBe(true),
      soon,
    );
    // The same again is no news.
    const reads = cluster.admissionReads();
    const known = told().filter(({ keys }) => keys?.includes('policies')).length;
    await vi.waitFor(() => expect(cluster.admissionReads()).toBeGreaterThan(reads + 3), soon);
    expect(told().filter(({ keys }) => keys?.includes('policies'))).toHaveLength(known);
  });

  it('says that admission of a watched cluster could not be read, for as long as that is so', async () => {
    const world = aWorld();
    const cluster = aFleet(world, 1);
    await start(world.deps({ clusters: [cluster] }), { admissionMs: 5 });
    await finished(world);
    const state = () => world.store.states.get('prod');
    await vi.waitFor(
      () => expect(state()).toMatchObject({ watching: true, state: 'current', problems: [] }),
      soon,
    );
    cluster.admissionFault = new OperationalError('cluster-forbidden', 'GET /apis: 403');
    await vi.waitFor(
      () =>
        expect(state()).toMatchObject({
          state: 'limited',
          watching: true,
          reason: 'cluster-forbidden',
          problems: [{ what: 'admission policies', detail: 'GET /apis: 403' }],
        }),
      soon,
    );
    expect(statuses(world)).toEqual(verified(1));
    cluster.admissionFault = undefined;
    await vi.waitFor(() => expect(state()).toMatchObject({ state: 'current', problems: [] }), soon);
  });

  it('never lets an old reading of admission replace the one of a newer scan', async () => {
    const world = aWorld();
    const cluster = aFleet(world, 1);
    const deps = world.deps({ clusters: [cluster] });
    await start(deps, { admissionMs: 5 });
    await finished(world);
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<AbortSignal>();
    // The reading of the watch hangs with old objects in hand, until the newer scan is done.
    cluster.onAdmission = async (signal) => {
      cluster.onAdmission = () => undefined;
      begin(signal);
      await answered;
    };
    const signal = await begun;
    const objects = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kyverno' } }];
    cluster.admission = { ...cluster.admission, objects };
    let dropped: boolean | undefined;
    cluster.onRead = () => {
      dropped ??= signal.aborted;
    };
    await createScanner(deps).requestScan('request', true);
    await vi.waitFor(
      () => expect(world.store.admission.get('prod')?.objects).toEqual(objects),
      soon,
    );
    expect(dropped).toBe(true);
    const saved = world.store.admission.get('prod');
    answer();
    await finished(world, 2);
    expect(world.store.admission.get('prod')).toBe(saved);
  });

  it('no longer reads admission of what it no longer watches', async () => {
    const world = aWorld();
    const cluster = aFleet(world, 1);
    const worker = await startWorker(world.deps({ clusters: [cluster] }), {
      ...quickly,
      admissionMs: 1,
    });
    await vi.waitFor(() => expect(cluster.admissionReads()).toBeGreaterThan(3), soon);
    await worker.stop();
    const reads = cluster.admissionReads();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(cluster.admissionReads()).toBe(reads);
  });

  it('watches from the newest reading only, and ends its watches when it stops', async () => {
    const world = aWorld();
    const cluster = aFleet(world, 1);
    const deps = world.deps({ clusters: [cluster] });
    const worker = await start(deps);
    await finished(world);
    await createScanner(deps).requestScan('request', false);
    await finished(world, 2);
    await vi.waitFor(() => expect(cluster.watches()).toBe(1), soon);
    await worker.stop();
    expect(cluster.watches()).toBe(0);
  });

  it('tells pages what to read again', async () => {
    const world = aWorld();
    await start(world.deps({ clusters: [aFleet(world, 2)] }));
    await finished(world);
    await vi.waitFor(() => {
      const events = world.store.told
        .filter(({ channel }) => channel === 'sealwatch_changed')
        .map(({ payload }) => JSON.parse(payload) as { type: string; keys?: string[] });
      expect(events.some(({ type }) => type === 'progress')).toBe(true);
      const keys = new Set(events.flatMap((event) => event.keys ?? []));
      expect([...keys].sort()).toEqual([
        'clusters',
        'findings',
        'images',
        'overview',
        'policies',
        'registries',
        'scans',
        'sources',
        'workloads',
      ]);
    }, soon);
  });
});
