import { describe, expect, it } from 'vitest';
import { OperationalError } from '#lib/errors.ts';
import { shortDigest } from '#lib/model/digest.ts';
import { scanOnce } from '#lib/scan/scan-once.ts';
import { aContainer, aPod } from '#tests/builders/workload.ts';
import {
  everyFinding,
  everyRow,
  oneOfEveryCase,
  published,
} from '#tests/builders/workload-cases.ts';
import { createFakeCluster } from '#tests/fakes/cluster.ts';
import type { FakeStore } from '#tests/fakes/store.ts';
import { aTrustRoot } from '#tests/fakes/trust.ts';
import { aBundle } from '#tests/fakes/verifier.ts';
import { aWorld, quickly } from '#tests/fakes/world.ts';

/** What a reader sees of a store, one line a container, and one a finding. */
function rows(store: FakeStore): string[] {
  const names = new Map([...store.workloads.values()].map(({ id, name }) => [id, name]));
  return [...store.judgements.values()]
    .flatMap(({ workloadId, uses }) =>
      uses.map(({ useId, status, reason }) => {
        const use = store.uses.get(useId);
        return `${names.get(workloadId)}/${use?.container} ${status} ${reason ?? '-'}`;
      }),
    )
    .sort();
}
function findings(store: FakeStore): string[] {
  const names = new Map([...store.workloads.values()].map(({ id, name }) => [id, name]));
  return [...store.judgements.values()]
    .flatMap((judgement) => judgement.findings)
    .map(({ workloadId, container, kind, reason, severity }) =>
      [`${names.get(workloadId)}/${container}`, kind, reason, severity].join(' '),
    )
    .sort();
}

describe('a whole scan', () => {
  it('says of one of every case what it is', async () => {
    const world = aWorld();
    const { registry, store } = world;
    const { cluster, next } = oneOfEveryCase(registry);
    const scan = await scanOnce(world.deps({ clusters: [cluster] }), { pace: quickly });

    expect(scan).toMatchObject({ state: 'done', trigger: 'request', remainingSeconds: null });
    expect(scan.failures).toMatchObject([{ source: 'quay.io', reason: 'registry-timeout' }]);
    expect(rows(store)).toEqual(everyRow);
    expect(findings(store)).toEqual(everyFinding);
    const details = [...store.judgements.values()].flatMap((one) => one.findings);
    const about = details.find(({ kind, severity }) => kind === 'tag-moved' && severity === 'high');
    expect(about?.detail).toContain(shortDigest(next));
    expect(store.calls).toMatchObject({ coverage: 1, maintain: 1 });
  });

  it('counts what it did and tells how far it is, to the end', async () => {
    const world = aWorld();
    const images = Array.from({ length: 40 }, (_, n) =>
      published(world.registry, `ghcr.io/acme/image-${n}`, aBundle('verified')),
    );
    const pods = images.map(({ pinned, imageId }, n) =>
      aPod(`pod-${n}`, [aContainer(pinned, { imageId })]),
    );
    const seen: string[] = [];
    const scan = await scanOnce(world.deps({ clusters: [createFakeCluster('prod', { pods })] }), {
      pace: quickly,
      onProgress: ({ state }) => seen.push(state),
    });
    expect(scan.stages).toEqual([
      { name: 'inventory', done: 1, total: 1 },
      { name: 'resolve', done: 0, total: 0 },
      { name: 'verify', done: 40, total: 40 },
      { name: 'posture', done: expect.any(Number), total: expect.any(Number) },
    ]);
    expect(scan.stages[3]!.total).toBeGreaterThanOrEqual(40);
    expect(scan.signatureChecks).toBe(40);
    expect(scan.requests).toBe(world.registry.status()[0]!.requests);
    expect(seen.at(-1)).toBe('done');
    expect(seen.slice(0, -1).every((state) => state === 'running')).toBe(true);
  });

  it('looks at a digest once, however many pods of however many clusters run it', async () => {
    const world = aWorld();
    const { pinned, imageId } = published(world.registry, 'ghcr.io/acme/web', aBundle('verified'));
    const pods = Array.from({ length: 30 }, (_, n) =>
      aPod(`pod-${n}`, [aContainer(pinned, { imageId })]),
    );
    const clusters = ['a', 'b'].map((id) => createFakeCluster(id, { pods }));
    const scan = await scanOnce(world.deps({ clusters }), { pace: quickly });
    expect(scan.signatureChecks).toBe(1);
    expect(scan.stages[2]).toMatchObject({ done: 1, total: 1 });
  });

  it('never hides a cluster behind another that fails, and leaves the rows of that one as they were', async () => {
    const world = aWorld();
    const { pinned, imageId } = published(world.registry, 'ghcr.io/acme/web', aBundle('verified'));
    const pods = [aPod('web', [aContainer(pinned, { imageId })])];
    const clusters = ['a', 'b', 'c'].map((id) => createFakeCluster(id, { pods }));
    await scanOnce(world.deps({ clusters }), { pace: quickly });
    const asOf = world.store.states.get('b')?.asOf;

    clusters[1]!.fault = new OperationalError('cluster-unauthorized', 'b: token expired');
    clusters[0]!.snapshot = { ...clusters[0]!.snapshot, readAt: new Date('2026-11-22T00:00:00Z') };
    const scan = await scanOnce(world.deps({ clusters }), { pace: quickly });
    expect(scan.state).toBe('done');
    expect(scan.failures).toEqual([
      { source: 'b', reason: 'cluster-unauthorized', detail: 'b: token expired' },
    ]);
    expect([...world.store.states.values()].map(({ id, state }) => [id, state])).toEqual([
      ['a', 'current'],
      ['b', 'failed'],
      ['c', 'current'],
    ]);
    expect(world.store.states.get('b')).toMatchObject({ asOf, reason: 'cluster-unauthorized' });
    expect(world.store.states.get('a')?.asOf).toEqual(new Date('2026-11-22T00:00:00Z'));
    expect(rows(world.store)).toHaveLength(3);
  });

  it('keeps what a cluster runs and the policies it had when its policies cannot be read, and says so', async () => {
    const world = aWorld();
    const { pinned, imageId } = published(world.registry, 'ghcr.io/acme/web', aBundle('verified'));
    const cluster = createFakeCluster('a', {
      pods: [aPod('web', [aContainer(pinned, { imageId })])],
    });
    const policy = { apiVersion: 'kyverno.io/v1', kind: 'Policy', metadata: { name: 'p' } };
    cluster.admission = { ...cluster.admission, objects: [policy] };
    await scanOnce(world.deps({ clusters: [cluster] }), { pace: quickly });
    const known = world.store.admission.get('a');
    expect(known?.objects).toEqual([policy]);
    expect(world.store.states.get('a')).toMatchObject({ state: 'current', problems: [] });

    cluster.admissionFault = new OperationalError('cluster-error', 'GET /apis: 503');
    const readAt = new Date('2026-11-22T00:00:00Z');
    cluster.snapshot = { ...cluster.snapshot, readAt };
    const scan = await scanOnce(world.deps({ clusters: [cluster] }), { pace: quickly });
    expect(scan.state).toBe('done');
    expect(rows(world.store)).toHaveLength(1);
    expect(world.store.states.get('a')).toMatchObject({
      state: 'limited',
      asOf: readAt,
      reason: 'cluster-error',
      detail: 'admission policies: GET /apis: 503',
      problems: [{ what: 'admission policies', reason: 'cluster-error' }],
    });
    // Old objects keep the age that they have.
    expect(world.store.admission.get('a')).toBe(known);
  });

  it('tells a cluster with policies of which some could not be read, each once', async () => {
    const world = aWorld();
    const broken = { what: 'c.yaml', reason: 'input-file', detail: 'no YAML' } as const;
    const denied = { what: '/apis/x', reason: 'cluster-forbidden', detail: '403' } as const;
    const cluster = createFakeCluster('a', { problems: [broken] });
    cluster.admission = { ...cluster.admission, problems: [broken, denied] };
    await scanOnce(world.deps({ clusters: [cluster] }), { pace: quickly });
    expect(world.store.states.get('a')).toMatchObject({
      state: 'limited',
      problems: [broken, denied],
    });
  });

  it('does not show the inside of a fault of its own', async () => {
    const world = aWorld();
    const cluster = createFakeCluster('a');
    cluster.admissionFault = new TypeError('undefined is not a function');
    await scanOnce(world.deps({ clusters: [cluster] }), { pace: quickly });
    expect(world.store.states.get('a')?.detail).toBe(
      'admission policies: Reading them failed inside Sealwatch; the log has the cause.',
    );
  });

  it('checks no signature and writes no history when nothing changed, even when it looks at everything', async () => {
    const world = aWorld();
    const image = published(world.registry, 'ghcr.io/acme/web', aBundle('verified'));
    published(world.registry, 'ghcr.io/acme/tagged', aBundle('verified'));
    const tagged = published(world.registry, 'ghcr.io/acme/tagged');
    const pods = [
      aPod('web', [aContainer(image.pinned, { imageId: image.imageId })]),
      aPod('tagged', [aContainer('ghcr.io/acme/tagged:1.0', { imageId: tagged.imageId })]),
    ];
    const deps = world.deps({ clusters: [createFakeCluster('prod', { pods })] });
    await scanOnce(deps, { pace: quickly });
    const before = [...world.store.history];
    const requests = world.registry.status()[0]!.requests;

    const rescan = await scanOnce(deps, { pace: quickly });
    expect(rescan).toMatchObject({ signatureChecks: 0, requests: 0 });
    expect(world.registry.status()[0]!.requests).toBe(requests);

    const full = await scanOnce(deps, { pace: quickly, full: true });
    expect(full.signatureChecks).toBe(0);
    expect(full.stages[2]).toMatchObject({ done: 2, total: 2 });
    expect(full.requests).toBeGreaterThan(0);
    expect(world.store.history).toEqual(before);
  });

  it('looks at everything again when authorities or trust roots changed', async () => {
    const world = aWorld();
    const { pinned, imageId } = published(world.registry, 'ghcr.io/acme/web', aBundle('verified'));
    const pods = [aPod('web', [aContainer(pinned, { imageId })])];
    const deps = world.deps({ clusters: [createFakeCluster('prod', { pods })] });
    await scanOnce(deps, { pace: quickly });
    world.trust.roots = [aTrustRoot('two')];
    const scan = await scanOnce(deps, { pace: quickly });
    expect(scan).toMatchObject({ full: true, signatureChecks: 1 });
  });

  it('says when a trust root cannot be had, and goes on', async () => {
    const world = aWorld();
    world.trust.problems = [{ name: 'private', reason: 'trustroot-missing', detail: 'no file' }];
    const scan = await scanOnce(world.deps(), { pace: quickly });
    expect(scan).toMatchObject({
      state: 'done',
      failures: [{ source: 'private', reason: 'trustroot-missing', detail: 'no file' }],
    });
  });

  it('never shows an old verdict as new: a check that fails makes it inconclusive, with the old one told', async () => {
    const world = aWorld();
    const { pinned, imageId } = published(world.registry, 'ghcr.io/acme/web', aBundle('verified'));
    const pods = [aPod('web', [aContainer(pinned, { imageId })])];
    const deps = world.deps({ clusters: [createFakeCluster('prod', { pods })] });
    await scanOnce(deps, { pace: quickly });
    world.registry.fail('ghcr.io', 'registry-unreachable');
    for (let n = 0; n < 2; n += 1) {
      await scanOnce(deps, { pace: quickly, full: true });
      const [judgement] = world.store.judgements.values();
      expect(judgement!.uses).toMatchObject([
        {
          status: 'inconclusive',
          reason: 'registry-unreachable',
          detail: expect.stringMatching(/Last known: verified on 2026-11-21T10:00:00\.\d+Z\.$/),
        },
      ]);
    }
    world.registry.heal();
    await scanOnce(deps, { pace: quickly, full: true });
    expect(rows(world.store)).toEqual(['web/web verified -']);
  });

  it('waits longer for every failure in a row, and as long as the registry asks', async () => {
    const world = aWorld();
    const { pinned, imageId } = published(world.registry, 'ghcr.io/acme/web', aBundle('verified'));
    const pods = [aPod('web', [aContainer(pinned, { imageId })])];
    const deps = world.deps({ clusters: [createFakeCluster('prod', { pods })] });
    world.registry.fail('ghcr.io', 'registry-ratelimited', new Date('2026-11-21T18:00:00Z'));
    await scanOnce(deps, { pace: quickly });
    const due = async (at: string) =>
      (
        await world.store.dueSubjects({
          now: new Date(at),
          checkedBefore: new Date(0),
          limit: 10,
        })
      ).total;
    expect(await due('2026-11-21T17:59:00Z')).toBe(0);
    expect(await due('2026-11-21T18:01:00Z')).toBe(1);
  });

  it('keeps one broken image from touching its neighbours', async () => {
    const world = aWorld();
    const images = ['a', 'b', 'c'].map((name) =>
      published(world.registry, `ghcr.io/acme/${name}`, aBundle('verified')),
    );
    world.verifier.onVerify = ({ repository }) => {
      if (repository === 'acme/b') throw new RangeError('a bug of ours');
    };
    const pods = images.map(({ name, pinned, imageId }) =>
      aPod(name.slice(-1), [aContainer(pinned, { imageId })]),
    );
    await scanOnce(world.deps({ clusters: [createFakeCluster('prod', { pods })] }), {
      pace: quickly,
    });
    expect(rows(world.store)).toEqual([
      'a/web verified -',
      'b/web inconclusive verifier-crash',
      'c/web verified -',
    ]);
  });

  it('checks what declared repositories publish, whether or not it runs', async () => {
    const world = aWorld();
    published(world.registry, 'ghcr.io/acme/web', aBundle('verified'));
    const declared = [
      { registry: 'ghcr.io', repository: 'acme/web', newest: 10 },
      { registry: 'quay.io', repository: 'acme/away', newest: 10 },
    ];
    world.registry.fail('quay.io', 'registry-forbidden');
    const scan = await scanOnce(world.deps({ declared }), { pace: quickly });
    expect(scan.stages[0]).toMatchObject({ done: 2, total: 2 });
    expect(scan.stages[2]).toMatchObject({ done: 1, total: 1 });
    expect(scan.failures.map(({ source, reason }) => [source, reason])).toContainEqual([
      'quay.io/acme/away',
      'registry-forbidden',
    ]);
    expect(world.store.published.get('ghcr.io/acme/web')?.images).toHaveLength(1);
  });

  it('stops when told to, keeps what it found, and claims nothing about the rest', async () => {
    const world = aWorld();
    const images = Array.from({ length: 200 }, (_, n) =>
      published(world.registry, `ghcr.io/acme/image-${n}`, aBundle('verified')),
    );
    const pods = images.map(({ pinned, imageId }, n) =>
      aPod(`pod-${n}`, [aContainer(pinned, { imageId })]),
    );
    const stop = new AbortController();
    let verified = 0;
    world.verifier.onVerify = () => {
      verified += 1;
      if (verified === 10) stop.abort();
    };
    const scan = await scanOnce(world.deps({ clusters: [createFakeCluster('prod', { pods })] }), {
      pace: quickly,
      signal: stop.signal,
    });
    expect(scan.state).toBe('stopped');
    expect(verified).toBeLessThan(200);
    const counts = Map.groupBy(rows(world.store), (row) => row.split(' ').slice(1).join(' '));
    expect(counts.get('verified -')).toHaveLength(verified);
    expect(counts.get('inconclusive not-checked-yet')).toHaveLength(200 - verified);
  });
});
