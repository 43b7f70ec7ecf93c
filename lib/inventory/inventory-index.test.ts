import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  ContainerFacts,
  ControllerFacts,
  OwnerReference,
  PodFacts,
} from '#lib/model/workload.ts';
import type { ClusterChange, ClusterSnapshot, OwnerLink } from '#lib/ports/cluster.ts';
import { buildInventory } from './build-inventory.ts';
import { createInventoryIndex } from './inventory-index.ts';

const options = { teamLabels: ['team'] };
const uids = (prefix: string, count: number) =>
  fc.integer({ min: 0, max: count - 1 }).map((i) => `${prefix}${i}`);

const containers = fc
  .tuple(
    fc.constantFrom('nginx:1', 'nginx:2'),
    fc.constantFrom('', `nginx@sha256:${'a'.repeat(64)}`),
  )
  .map(([image, imageId]): ContainerFacts[] => [
    { name: 'main', kind: 'main', image, imageId, state: 'running' },
  ]);
const labels = fc.constantFrom({}, { team: 'a' }, { team: 'b' });
const reference = (kind: string, uid: string): OwnerReference => ({
  apiVersion: 'apps/v1',
  kind,
  name: uid,
  uid,
});
const owners = fc.option(
  fc.oneof(
    uids('rs', 4).map((uid) => reference('ReplicaSet', uid)),
    uids('d', 3).map((uid) => reference('Deployment', uid)),
  ),
  { nil: undefined },
);

const pods = fc
  .record({
    uid: uids('p', 8),
    owner: owners,
    containers,
    labels,
    phase: fc.constantFrom('Running', 'Succeeded'),
    createdAt: fc.constantFrom('', '2026-11-20T10:00:00Z', '2026-11-21T10:00:00Z'),
    claims: fc.constantFrom(undefined, { a: '1' }, { a: '2' }),
  })
  .map(
    ({ uid, owner, claims, ...rest }): PodFacts => ({
      uid,
      name: uid,
      namespace: 'shop',
      mirror: false,
      ...(owner && { owner }),
      ...(claims && { claims }),
      ...rest,
    }),
  );
const links = fc.record({ uid: uids('rs', 4), owner: owners, labels }).map(
  ({ uid, owner, ...rest }): OwnerLink => ({
    ...reference('ReplicaSet', uid),
    namespace: 'shop',
    ...(owner && { owner }),
    ...rest,
  }),
);
const controllers = fc
  .record({
    uid: uids('d', 3),
    labels,
    podLabels: labels,
    replicas: fc.constantFrom(0, 3),
    containers,
    owner: owners,
  })
  .map(
    ({ uid, owner, ...rest }): ControllerFacts => ({
      ...reference('Deployment', uid),
      namespace: 'shop',
      ...(owner && { owner }),
      ...rest,
    }),
  );

const change: fc.Arbitrary<ClusterChange> = fc.oneof(
  pods.map((pod): ClusterChange => ({ type: 'pod', pod, resourceVersion: '1' })),
  uids('p', 8).map((uid): ClusterChange => ({ type: 'pod-gone', uid, resourceVersion: '1' })),
  links.map((owner): ClusterChange => ({ type: 'owner', owner })),
  uids('rs', 4).map((uid): ClusterChange => ({ type: 'owner-gone', uid })),
  controllers.map((controller): ClusterChange => ({ type: 'controller', controller })),
  uids('d', 3).map((uid): ClusterChange => ({ type: 'controller-gone', uid })),
  labels.map((found): ClusterChange => ({ type: 'namespace', name: 'shop', labels: found })),
  fc.constant<ClusterChange>({ type: 'namespace-gone', name: 'shop' }),
);

/** The cluster as plain maps, changed in the most obvious way. */
class Model {
  readonly pods = new Map<string, PodFacts>();
  readonly owners = new Map<string, OwnerLink>();
  readonly controllers = new Map<string, ControllerFacts>();
  readonly namespaces = new Map<string, Readonly<Record<string, string>>>();

  apply(one: ClusterChange): void {
    if (one.type === 'pod') this.pods.set(one.pod.uid, one.pod);
    else if (one.type === 'pod-gone') this.pods.delete(one.uid);
    else if (one.type === 'owner') this.owners.set(one.owner.uid, one.owner);
    else if (one.type === 'owner-gone') this.owners.delete(one.uid);
    else if (one.type === 'controller') this.controllers.set(one.controller.uid, one.controller);
    else if (one.type === 'controller-gone') this.controllers.delete(one.uid);
    else if (one.type === 'namespace') this.namespaces.set(one.name, one.labels);
    else if (one.type === 'namespace-gone') this.namespaces.delete(one.name);
  }

  snapshot(): ClusterSnapshot {
    return {
      pods: [...this.pods.values()],
      owners: [...this.owners.values()],
      controllers: [...this.controllers.values()],
      namespaces: [...this.namespaces].map(([name, found]) => ({ name, labels: found })),
      problems: [],
      readAt: new Date(0),
    };
  }
}

describe('createInventoryIndex', () => {
  it('comes to what a fresh reading would, after whatever changes', () => {
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 15 }), (batches) => {
        const model = new Model();
        const index = createInventoryIndex('c', model.snapshot(), options);
        const kept = new Map<string, unknown>();
        for (const batch of batches) {
          for (const one of batch) model.apply(one);
          const { inventory, gone } = index.apply(batch);
          const fresh = buildInventory('c', model.snapshot(), options);
          expect(index.inventory()).toEqual(fresh);

          // The touched workloads alone suffice to keep a copy up to date.
          for (const id of gone) kept.delete(id);
          for (const workload of inventory.workloads)
            kept.set(workload.id, [
              workload,
              inventory.uses.filter((use) => use.workloadId === workload.id),
            ]);
          const whole = fresh.workloads.map((workload) => [
            workload.id,
            [workload, fresh.uses.filter((use) => use.workloadId === workload.id)],
          ]);
          expect([...kept].sort(([a], [b]) => (a < b ? -1 : 1))).toEqual(whole);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('touches nothing when a pod reports what is known', () => {
    const model = new Model();
    const [pod] = fc.sample(pods, 1);
    model.apply({ type: 'pod', pod: pod!, resourceVersion: '1' });
    const index = createInventoryIndex('c', model.snapshot(), options);
    const again: ClusterChange = { type: 'pod', pod: structuredClone(pod!), resourceVersion: '2' };
    expect(index.apply([again])).toEqual({ inventory: { workloads: [], uses: [] }, gone: [] });
  });

  it('names as gone what a relisting no longer holds', () => {
    const model = new Model();
    const pod: PodFacts = {
      uid: 'p',
      name: 'p',
      namespace: 'shop',
      createdAt: '',
      phase: 'Running',
      labels: {},
      mirror: false,
      containers: [{ name: 'main', kind: 'main', image: 'nginx', imageId: '', state: 'waiting' }],
    };
    model.apply({ type: 'pod', pod, resourceVersion: '1' });
    const index = createInventoryIndex('c', model.snapshot(), options);
    const snapshot = new Model().snapshot();
    expect(index.apply([{ type: 'relisted', snapshot }]).gone).toEqual(['c:p']);
  });
});
