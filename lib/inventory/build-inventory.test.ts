import { describe, expect, it } from 'vitest';
import type { ContainerFacts, ControllerFacts, PodFacts } from '#lib/model/workload.ts';
import type { ClusterSnapshot, OwnerLink } from '#lib/ports/cluster.ts';
import { buildInventory } from './build-inventory.ts';

const digest = (character: string) => `sha256:${character.repeat(64)}`;
const options = { teamLabels: ['team', 'owner'] };

const container = (facts: Partial<ContainerFacts> = {}): ContainerFacts => ({
  name: 'main',
  kind: 'main',
  image: 'nginx:1.27',
  imageId: `nginx@${digest('a')}`,
  state: 'running',
  ...facts,
});

const owner = (kind: string, uid: string) => ({ apiVersion: 'apps/v1', kind, name: uid, uid });

const pod = (uid: string, facts: Partial<PodFacts> = {}): PodFacts => ({
  uid,
  namespace: 'shop',
  name: uid,
  createdAt: '2026-11-20T10:00:00Z',
  phase: 'Running',
  labels: {},
  mirror: false,
  containers: [container()],
  ...facts,
});

const link = (kind: string, uid: string, facts: Partial<OwnerLink> = {}): OwnerLink => ({
  ...owner(kind, uid),
  namespace: 'shop',
  labels: {},
  ...facts,
});

const controller = (kind: string, uid: string, facts: Partial<ControllerFacts> = {}) => ({
  ...owner(kind, uid),
  namespace: 'shop',
  labels: {},
  replicas: 1,
  containers: [container({ imageId: '', state: 'unknown' as const })],
  ...facts,
});

const snapshot = (facts: Partial<ClusterSnapshot>): ClusterSnapshot => ({
  pods: [],
  controllers: [],
  owners: [],
  namespaces: [],
  problems: [],
  readAt: new Date(0),
  ...facts,
});

const inventory = (facts: Partial<ClusterSnapshot>) =>
  buildInventory('c', snapshot(facts), options);

describe('the workload of a pod', () => {
  it('is the top of its owner chain', () => {
    const { workloads } = inventory({
      pods: [pod('web-1', { owner: owner('ReplicaSet', 'rs') })],
      owners: [link('ReplicaSet', 'rs', { owner: owner('Deployment', 'web') })],
    });
    expect(workloads).toEqual([
      {
        id: 'c:web',
        cluster: 'c',
        namespace: 'shop',
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'web',
        uid: 'web',
        admission: {
          labels: {},
          podLabels: {},
          createdAt: '2026-11-20T10:00:00Z',
          mirror: false,
          pods: ['web-1'],
        },
      },
    ]);
  });

  it('is named by reference when its owner cannot be read', () => {
    const { workloads } = inventory({ pods: [pod('web-1', { owner: owner('ReplicaSet', 'rs') })] });
    expect(workloads).toMatchObject([{ kind: 'ReplicaSet', name: 'rs', uid: 'rs' }]);
  });

  it('is the object of an operator that owns the controller', () => {
    const { workloads } = inventory({
      pods: [pod('p', { owner: owner('StatefulSet', 'sts') })],
      controllers: [controller('StatefulSet', 'sts', { owner: owner('Prometheus', 'prom') })],
    });
    expect(workloads).toMatchObject([{ kind: 'Prometheus', uid: 'prom' }]);
  });

  it('is the pod itself when a node owns it', () => {
    const { workloads } = inventory({
      pods: [
        pod('kube-proxy', { mirror: true, owner: { ...owner('Node', 'n1'), apiVersion: 'v1' } }),
      ],
    });
    expect(workloads).toMatchObject([{ kind: 'Pod', name: 'kube-proxy', apiVersion: 'v1' }]);
  });

  it('is found by uid: an owner of the same name made anew is another', () => {
    const { workloads } = inventory({
      pods: [pod('p', { owner: { ...owner('ReplicaSet', 'old'), name: 'web' } })],
      owners: [link('ReplicaSet', 'new', { name: 'web', owner: owner('Deployment', 'web') })],
    });
    expect(workloads).toMatchObject([{ kind: 'ReplicaSet', uid: 'old' }]);
  });

  it('is never one of another namespace, whatever the pod says of its owner', () => {
    const { workloads, uses } = inventory({
      pods: [
        pod('rogue', { namespace: 'mine', owner: owner('ReplicaSet', 'rs') }),
        pod('good', { owner: owner('ReplicaSet', 'rs') }),
      ],
      owners: [link('ReplicaSet', 'rs')],
    });
    expect(workloads.map(({ kind, namespace }) => `${namespace}/${kind}`)).toEqual([
      'mine/Pod',
      'shop/ReplicaSet',
    ]);
    expect(uses.map(({ pods }) => pods)).toEqual([1, 1]);
  });

  it('is found although owners own each other in a ring', () => {
    const { workloads } = inventory({
      pods: [pod('p', { owner: owner('A', 'a') })],
      owners: [
        link('A', 'a', { owner: owner('B', 'b') }),
        link('B', 'b', { owner: owner('A', 'a') }),
      ],
    });
    expect(workloads).toHaveLength(1);
  });
});

describe('the uses of a workload', () => {
  const replicas = (...ids: string[]) =>
    ids.map((imageId, i) =>
      pod(`web-${i}`, { owner: owner('ReplicaSet', 'rs'), containers: [container({ imageId })] }),
    );

  it('are one for replicas that agree, with their number and some names', () => {
    const { uses } = inventory({ pods: replicas(...Array(7).fill(`nginx@${digest('a')}`)) });
    expect(uses).toMatchObject([
      { pods: 7, pin: 'tag', examples: ['web-0', 'web-1', 'web-2', 'web-3', 'web-4'] },
    ]);
  });

  it('are several for replicas on different digests', () => {
    const { uses } = inventory({
      pods: replicas(`nginx@${digest('a')}`, `nginx@${digest('b')}`, ''),
    });
    expect(uses.map(({ running, pods }) => [running.state, pods])).toEqual([
      ['pending', 1],
      ['digest', 1],
      ['digest', 1],
    ]);
  });

  it('are one when only the spelling of the same image differs', () => {
    const { uses } = inventory({
      pods: replicas(
        `nginx@${digest('a')}`,
        `docker-pullable://docker.io/library/nginx@${digest('a')}`,
      ),
    });
    expect(uses).toMatchObject([{ pods: 2 }]);
  });

  it('are several for replicas with different declared references', () => {
    const { uses } = inventory({
      pods: [
        pod('a', { owner: owner('StatefulSet', 's') }),
        pod('b', {
          owner: owner('StatefulSet', 's'),
          containers: [container({ image: 'nginx:1.28' })],
        }),
      ],
    });
    expect(uses.map(({ declared }) => declared)).toEqual(['nginx:1.27', 'nginx:1.28']);
  });

  it('cover every kind of container, image volumes too', () => {
    const kinds = ['main', 'init', 'sidecar', 'ephemeral', 'image-volume'] as const;
    const { uses } = inventory({
      pods: [pod('p', { containers: kinds.map((kind) => container({ name: kind, kind })) })],
    });
    expect(uses.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
  });

  it('keep a reference that cannot be parsed, with the reason', () => {
    const { uses } = inventory({
      pods: [pod('p', { containers: [container({ image: 'Not An Image', imageId: '' })] })],
    });
    expect(uses).toMatchObject([
      { declared: 'Not An Image', pin: 'none', problem: expect.any(String) },
    ]);
    expect(uses[0]).not.toHaveProperty('reference');
  });
});

describe('what does not run now', () => {
  const job = pod('job-1', { owner: owner('Job', 'job'), phase: 'Succeeded' });

  it.each(['CronJob', 'Deployment', 'DaemonSet'])('is declared by a %s without pods', (kind) => {
    const { workloads, uses } = inventory({ controllers: [controller(kind, 'x')] });
    expect(workloads).toMatchObject([{ kind }]);
    expect(uses).toMatchObject([{ pods: 0, examples: [], running: { state: 'pending' } }]);
  });

  it('is told by the pods alone where some run', () => {
    const { uses } = inventory({
      pods: [pod('p', { owner: owner('Deployment', 'x') })],
      controllers: [controller('Deployment', 'x', { containers: [container({ image: 'next' })] })],
    });
    expect(uses.map(({ declared }) => declared)).toEqual(['nginx:1.27']);
  });

  it('is the template of a CronJob, not the pods of its last run', () => {
    const { uses } = inventory({
      pods: [job],
      owners: [link('Job', 'job', { owner: owner('CronJob', 'cron') })],
      controllers: [
        controller('CronJob', 'cron', { containers: [container({ image: 'next', imageId: '' })] }),
      ],
    });
    expect(uses).toMatchObject([{ workloadId: 'c:cron', declared: 'next', pods: 0 }]);
  });

  it('is what a finished Job ran last', () => {
    const earlier = {
      ...job,
      uid: 'job-0',
      createdAt: '2026-11-19T10:00:00Z',
      containers: [container({ image: 'old' })],
    };
    const { uses } = inventory({ pods: [job, earlier] });
    expect(uses).toMatchObject([
      { workloadId: 'c:job', declared: 'nginx:1.27', pods: 0, running: { state: 'digest' } },
    ]);
  });

  it('does not count among pods that run: an evicted one is no replica', () => {
    const evicted = pod('gone', {
      owner: owner('ReplicaSet', 'rs'),
      phase: 'Failed',
      containers: [container({ image: 'old' })],
    });
    const { uses } = inventory({
      pods: [evicted, pod('here', { owner: owner('ReplicaSet', 'rs') })],
    });
    expect(uses).toMatchObject([{ declared: 'nginx:1.27', pods: 1 }]);
  });
});

describe('the team of a workload', () => {
  const teamOf = (labels: Record<string, string>, inNamespace: Record<string, string>) =>
    inventory({
      pods: [pod('p', { labels })],
      namespaces: [{ name: 'shop', labels: inNamespace }],
    }).workloads[0]?.team;

  it.each([
    ['the first label that it has', { owner: 'o', team: 't' }, {}, 't'],
    ['a later label of its own before one of its namespace', { owner: 'o' }, { team: 'n' }, 'o'],
    ['the label of its namespace', {}, { team: 'n' }, 'n'],
    ['nobody when no label says so', { app: 'x' }, {}, undefined],
    ['nobody when the label is empty', { team: '' }, {}, undefined],
  ])('is %s', (_, labels, inNamespace, team) => {
    expect(teamOf(labels, inNamespace)).toBe(team);
  });
});
