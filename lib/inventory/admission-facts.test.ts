import { describe, expect, it } from 'vitest';
import { limits } from '#lib/model/limits.ts';
import type { AdmissionFacts } from '#lib/model/workload.ts';
import type { ClusterSnapshot } from '#lib/ports/cluster.ts';
import { aContainer, aController, aPod, aSnapshot } from '#tests/builders/workload.ts';
import { buildInventory } from './build-inventory.ts';

const containers = [aContainer('nginx:1')];
const web = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web' };
const replica = (name: string, change = {}) => aPod(name, containers, { owner: web, ...change });

const factsOf = (content: Partial<ClusterSnapshot>): readonly (AdmissionFacts | undefined)[] =>
  buildInventory('prod', aSnapshot(content), { teamLabels: [] }).workloads.map(
    ({ admission }) => admission,
  );

describe('what admission looks at', () => {
  it('are labels of the object, labels of its template, replicas, and all of its pods', () => {
    const controller = aController('web', containers, {
      labels: { app: 'web' },
      podLabels: { app: 'web', tier: 'front' },
      replicas: 3,
    });
    const pods = [
      replica('web-b', { createdAt: '2026-02-01T00:00:00Z', labels: { old: 'yes' } }),
      replica('web-a', { createdAt: '2026-03-01T00:00:00Z' }),
      replica('web-c', { createdAt: '2026-01-01T00:00:00Z', phase: 'Succeeded' }),
    ];
    expect(factsOf({ pods, controllers: [controller] })).toEqual([
      {
        labels: { app: 'web' },
        podLabels: { app: 'web', tier: 'front' },
        // The pod that ended is older, and nobody would miss it.
        createdAt: '2026-02-01T00:00:00Z',
        mirror: false,
        replicas: 3,
        pods: ['web-a', 'web-b', 'web-c'],
      },
    ]);
  });

  it('are labels of the newest pod where no template is known', () => {
    const pods = [
      replica('web-a', { createdAt: '2026-02-01T00:00:00Z', labels: { version: '2' } }),
      replica('web-b', { createdAt: '2026-01-01T00:00:00Z', labels: { version: '1' } }),
    ];
    const [facts] = factsOf({ pods });
    expect(facts).toMatchObject({ labels: {}, podLabels: { version: '2' } });
    expect(facts).not.toHaveProperty('replicas');
  });

  it('are labels of a template without any, not of its pods', () => {
    const controllers = [aController('web', containers, { podLabels: {} })];
    const pods = [replica('web-a', { labels: { injected: 'later' } })];
    expect(factsOf({ pods, controllers })).toMatchObject([{ podLabels: {} }]);
  });

  it('are the own labels of a bare pod, which no template wants', () => {
    const [facts] = factsOf({ pods: [aPod('lone', containers, { labels: { app: 'lone' } })] });
    expect(facts).toMatchObject({ labels: { app: 'lone' }, podLabels: { app: 'lone' } });
    expect(facts).not.toHaveProperty('replicas');
  });

  it('are the sum of the templates that an operator has made', () => {
    const owner = { apiVersion: 'db.example/v1', kind: 'Database', name: 'db', uid: 'uid-db' };
    const controllers = ['db-a', 'db-b'].map((name) =>
      aController(name, containers, { owner, replicas: 2, podLabels: { part: name } }),
    );
    expect(factsOf({ controllers })).toMatchObject([
      { labels: {}, podLabels: { part: 'db-a' }, replicas: 4, pods: [] },
    ]);
  });

  it('is the schedule of a CronJob', () => {
    const controllers = [
      aController('night', containers, {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        schedule: '0 3 * * *',
      }),
    ];
    expect(factsOf({ controllers })).toMatchObject([{ schedule: '0 3 * * *' }]);
  });

  it('is whether a kubelet starts it without asking', () => {
    const node = { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'uid-node' };
    const pods = [aPod('kube-proxy', containers, { mirror: true, owner: node })];
    expect(factsOf({ pods })).toMatchObject([{ mirror: true }]);
    expect(factsOf({ pods: [replica('web-a')] })).toMatchObject([{ mirror: false }]);
    // Whoever may write a pod may write the annotation of a mirror: one is not the word of all.
    const mixed = [replica('web-a', { mirror: true }), replica('web-b')];
    expect(factsOf({ pods: mixed })).toMatchObject([{ mirror: false }]);
  });

  it('are claims of its pods, each once and in order, whatever the order of the pods', () => {
    const claim = (text: string) => ({ claims: { 'kyverno.io/verify-images': text } });
    const pods = [
      replica('web-a', claim('{"b":"pass"}')),
      replica('web-b', claim('{"a":"pass"}')),
      replica('web-c', claim('{"b":"pass"}')),
      replica('web-d'),
    ];
    const expected = [claim('{"a":"pass"}').claims, claim('{"b":"pass"}').claims];
    expect(factsOf({ pods })).toMatchObject([{ claims: expected }]);
    const renamed = pods.map((pod, i) => ({ ...pod, name: `web-${9 - i}` }));
    expect(factsOf({ pods: renamed })).toMatchObject([{ claims: expected }]);
    expect(factsOf({ pods: [replica('web-a')] })[0]).not.toHaveProperty('claims');
  });

  it('keeps no more claims than the limit, and says how many it left out', () => {
    const pods = Array.from({ length: limits.workloadClaims + 3 }, (_, i) =>
      replica(`web-${i}`, { claims: { 'kyverno.io/verify-images': `{"image-${i}":"pass"}` } }),
    );
    const [facts] = factsOf({ pods });
    expect(facts?.claims).toHaveLength(limits.workloadClaims);
    expect(facts?.claimsOmitted).toBe(3);
  });

  it('is the same text for the same members in another order', () => {
    const pods = ['a', 'b', 'c'].map((name) =>
      replica(`web-${name}`, { claims: { 'kyverno.io/verify-images': `{"${name}":"pass"}` } }),
    );
    const text = (list: typeof pods) => JSON.stringify(factsOf({ pods: list }));
    expect(text(pods.toReversed())).toBe(text(pods));
  });
});
