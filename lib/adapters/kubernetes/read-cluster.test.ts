import { afterEach, describe, expect, it } from 'vitest';
import { OperationalError } from '#lib/errors.ts';
import { type LabKubernetes, startKubernetesApi } from '#lib/lab/kubernetes/api-server.ts';
import type { KubernetesFault } from '#lib/lab/kubernetes/faults.ts';
import type { LabObjects } from '#lib/lab/kubernetes/kubernetes-object.ts';
import {
  controllerObject,
  namespaceObject,
  podObject,
} from '#lib/lab/kubernetes/workload-objects.ts';
import type { ClusterReader } from '#lib/ports/cluster.ts';
import { createClusterReaders } from './cluster-reader.ts';
import type { ClusterSource } from './cluster-source.ts';

const timings = { requestMs: 500, backOffMs: [1, 5] } as const;
const open: LabKubernetes[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
});

const image = { name: 'main', image: 'nginx:1.27', imageId: `nginx@sha256:${'a'.repeat(64)}` };
const pods = (count: number, namespace = 'shop') =>
  Array.from({ length: count }, (_, i) =>
    podObject({ name: `web-${i}`, uid: `${namespace}-${i}`, namespace, containers: [image] }),
  );

async function cluster(objects: LabObjects, name = 'prod'): Promise<LabKubernetes> {
  const api = await startKubernetesApi({ name, token: 'secret', pageLimit: 3, objects });
  open.push(api);
  return api;
}

const readerOf = (api: LabKubernetes, more: Partial<ClusterSource> = {}): ClusterReader => {
  const source = { id: api.name, name: api.name, kind: 'kubeconfig', text: api.kubeconfig() };
  return createClusterReaders([{ ...source, ...more } as ClusterSource], timings)[0]!;
};

const read = (reader: ClusterReader, signal = new AbortController().signal) =>
  reader.read({ signal });

const uidsOf = ({ pods: found }: { readonly pods: readonly { readonly uid: string }[] }) =>
  found.map(({ uid }) => uid).sort();

describe('reading a cluster', () => {
  it('finds every pod once, over all pages, and what it was told on the way', async () => {
    const api = await cluster({
      pods: pods(10),
      replicasets: [controllerObject('ReplicaSet', { name: 'rs', uid: 'rs', containers: [] })],
      deployments: [
        controllerObject('Deployment', { name: 'web', uid: 'd', containers: [image], replicas: 0 }),
      ],
      cronjobs: [controllerObject('CronJob', { name: 'night', uid: 'c', containers: [image] })],
      namespaces: [namespaceObject('shop', { team: 'a' })],
    });
    const seen: number[] = [];
    const snapshot = await readerOf(api).read({
      signal: new AbortController().signal,
      onProgress: (count) => seen.push(count),
    });
    expect(uidsOf(snapshot)).toEqual(uidsOf({ pods: pods(10).map(({ metadata }) => metadata) }));
    expect(seen).toEqual([3, 6, 9, 10]);
    expect(snapshot).toMatchObject({
      version: 'v1.36.2',
      problems: [],
      owners: [{ kind: 'ReplicaSet', apiVersion: 'apps/v1' }],
      namespaces: [{ name: 'shop', labels: { team: 'a' } }],
    });
    expect(snapshot.controllers.map(({ kind, replicas }) => [kind, replicas])).toEqual(
      expect.arrayContaining([
        ['Deployment', 0],
        ['CronJob', 1],
      ]),
    );
  });

  it('only ever reads, and never lists secrets', async () => {
    const api = await cluster({ pods: pods(2) });
    await read(readerOf(api));
    expect(new Set(api.requests().map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(api.requests().filter(({ url }) => url.includes('secrets'))).toEqual([]);
  });

  it('joins statuses by name and knows every kind of container', async () => {
    const containers = [
      { name: 'one', image: 'one', imageId: 'id-one' },
      { name: 'two', image: 'two', imageId: 'id-two' },
      { name: 'setup', image: 'setup', kind: 'init' as const, imageId: 'id-setup' },
      { name: 'proxy', image: 'proxy', kind: 'sidecar' as const, imageId: 'id-proxy' },
      { name: 'debug', image: 'debug', kind: 'ephemeral' as const },
    ];
    const pod = podObject({ name: 'p', uid: 'p', containers });
    const mounted = { name: 'model', image: { reference: 'models:v1' } };
    const spec = { ...(pod['spec'] as object), volumes: [mounted, { name: 'tmp', emptyDir: {} }] };
    const { pods: found } = await read(readerOf(await cluster({ pods: [{ ...pod, spec }] })));
    expect(found[0]?.containers).toEqual([
      { name: 'one', kind: 'main', image: 'one', imageId: 'id-one', state: 'running' },
      { name: 'two', kind: 'main', image: 'two', imageId: 'id-two', state: 'running' },
      { name: 'setup', kind: 'init', image: 'setup', imageId: 'id-setup', state: 'running' },
      { name: 'proxy', kind: 'sidecar', image: 'proxy', imageId: 'id-proxy', state: 'running' },
      { name: 'debug', kind: 'ephemeral', image: 'debug', imageId: '', state: 'waiting' },
      { name: 'model', kind: 'image-volume', image: 'models:v1', imageId: '', state: 'unknown' },
    ]);
  });

  it('reads the digest of a mounted image where the kubelet reports it', async () => {
    const pod = podObject({ name: 'p', uid: 'p', containers: [image] });
    const status = {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'main',
          imageID: image.imageId,
          volumeMounts: [
            { name: 'model', mountPath: '/m', volumeStatus: { image: { imageRef: 'models@x' } } },
          ],
        },
      ],
    };
    const spec = {
      containers: [{ name: 'main', image: 'nginx' }],
      volumes: [{ name: 'model', image: { reference: 'models:v1' } }],
    };
    const { pods: found } = await read(
      readerOf(await cluster({ pods: [{ ...pod, spec, status }] })),
    );
    expect(found[0]?.containers[1]).toMatchObject({ kind: 'image-volume', imageId: 'models@x' });
  });

  it('keeps to the namespaces it was given', async () => {
    const api = await cluster({
      pods: [...pods(4, 'shop'), ...pods(4, 'bank'), ...pods(4, 'other')],
      namespaces: ['shop', 'bank', 'other'].map((name) => namespaceObject(name)),
    });
    const snapshot = await read(readerOf(api, { namespaces: ['shop', 'bank'] }));
    expect(snapshot.pods).toHaveLength(8);
    expect(snapshot.namespaces.map(({ name }) => name).sort()).toEqual(['bank', 'shop']);
    expect(api.requests().filter(({ url }) => url.startsWith('/api/v1/pods'))).toEqual([]);
  });

  it('stops when it is told to', async () => {
    const api = await cluster({ pods: pods(2) });
    api.setFault({ kind: 'hang' });
    const stop = new AbortController();
    const reading = read(readerOf(api), stop.signal);
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });
});

describe('a fault while reading', () => {
  it('begins the list again when it expires on the way, without loss or double', async () => {
    const api = await cluster({ pods: pods(10) });
    api.setFault({ kind: 'gone-during-paging', onContinue: 2, times: 2 });
    expect(uidsOf(await read(readerOf(api)))).toHaveLength(10);
    expect(api.requests().filter(({ status }) => status === 410)).toHaveLength(2);
  });

  it('keeps nothing of the list that expired: what went meanwhile is gone', async () => {
    const api = await cluster({ pods: pods(10) });
    api.setFault({ kind: 'gone-during-paging', onContinue: 2, times: 1 });
    const snapshot = await readerOf(api).read({
      signal: new AbortController().signal,
      onProgress: () => api.remove('Pod', 'shop-0'),
    });
    expect(snapshot.pods.map(({ uid }) => uid)).not.toContain('shop-0');
    expect(snapshot.pods).toHaveLength(9);
  });

  it('says so when the list expires every time', async () => {
    const api = await cluster({ pods: pods(10) });
    api.setFault({ kind: 'gone-during-paging', onContinue: 1 });
    await expect(read(readerOf(api))).rejects.toMatchObject({
      code: 'cluster-error',
      retryable: true,
      message: expect.stringMatching(/prod.*127\.0\.0\.1.*expired 4 times/s),
    });
  });

  it('leaves out one malformed object and names it', async () => {
    const api = await cluster({ pods: pods(10) });
    api.setFault({ kind: 'malformed-item', times: 1 });
    const snapshot = await read(readerOf(api));
    expect(snapshot.pods).toHaveLength(9);
    expect(snapshot.problems).toEqual([
      {
        what: 'Pod shop/web-0',
        reason: 'cluster-error',
        detail: expect.stringMatching(/^left out: spec/),
      },
    ]);
  });

  it.each([
    ['not permitted', { kind: 'forbidden-kind', plural: 'cronjobs' }, 'cluster-forbidden'],
    ['not installed', { kind: 'missing-kind', plural: 'cronjobs' }, 'cluster-error'],
  ] as const)('reads the rest when one kind is %s', async (_, fault, reason) => {
    const api = await cluster({ pods: pods(4) });
    api.setFault(fault);
    const snapshot = await read(readerOf(api));
    expect(snapshot.pods).toHaveLength(4);
    expect(snapshot.problems).toMatchObject([{ what: '/apis/batch/v1/cronjobs', reason }]);
    expect(snapshot.positions).not.toHaveProperty('/apis/batch/v1/cronjobs');
  });

  it.each<[string, KubernetesFault, string, RegExp]>([
    [
      'pods are not permitted',
      { kind: 'forbidden-kind', plural: 'pods' },
      'cluster-forbidden',
      /grant get, list and watch on pods/,
    ],
    ['we are refused', { kind: 'unauthorized' }, 'cluster-unauthorized', /renew the token/],
    ['the server fails', { kind: 'server-error', status: 500 }, 'cluster-error', /500/],
    ['a redirect comes', { kind: 'server-error', status: 302 }, 'cluster-config', /redirects/],
    ['connections are reset', { kind: 'down' }, 'cluster-unreachable', /firewall/],
    ['nothing answers', { kind: 'hang' }, 'cluster-unreachable', /in time/],
  ])('fails with reason and remedy when %s', async (_, fault, code, message) => {
    const api = await cluster({ pods: pods(2) });
    api.setFault(fault);
    const failure = await read(readerOf(api)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OperationalError);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(failure).toMatchObject({ message: expect.stringContaining('cluster prod (127.0.0.1:') });
  });

  it('says that nobody listens', async () => {
    const api = await cluster({ pods: pods(2) });
    const reader = readerOf(api);
    await api.close();
    await expect(read(reader)).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each<[string, KubernetesFault]>([
    ['two failures', { kind: 'server-error', status: 503, times: 2 }],
    [
      'a request to come back at once',
      { kind: 'server-error', status: 429, retryAfterSeconds: 0, times: 2 },
    ],
    ['two resets', { kind: 'down', times: 2 }],
    ['slowness', { kind: 'slow', ms: 50 }],
  ])('reads on after %s', async (_, fault) => {
    const api = await cluster({ pods: pods(7) });
    api.setFault(fault);
    expect(uidsOf(await read(readerOf(api)))).toHaveLength(7);
  });

  it('hands a long Retry-After to the caller', async () => {
    const api = await cluster({ pods: pods(2) });
    api.setFault({ kind: 'server-error', status: 429, retryAfterSeconds: 600 });
    const failure = await read(readerOf(api)).catch((error: unknown) => error as OperationalError);
    expect((failure as OperationalError).retryAt?.getTime()).toBeGreaterThan(Date.now() + 500_000);
    expect(api.requests()).toHaveLength(1);
  });

  it('of one cluster does not concern the others', async () => {
    const apis = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => cluster({ pods: pods(4) }, name)),
    );
    const sources = apis.map(
      (api): ClusterSource => ({
        id: api.name,
        name: api.name,
        kind: 'kubeconfig',
        text: api.kubeconfig(),
      }),
    );
    apis[1]!.setFault({ kind: 'down' });
    apis[3]!.setFault({ kind: 'hang' });
    const readers = createClusterReaders(
      [...sources, { id: 'e', name: 'e', kind: 'kubeconfig', text: '{' }],
      timings,
    );
    const results = await Promise.allSettled(readers.map((reader) => read(reader)));
    expect(
      results.map((result) =>
        result.status === 'fulfilled' ? result.value.pods.length : result.reason.code,
      ),
    ).toEqual([4, 'cluster-unreachable', 4, 'cluster-unreachable', 'cluster-config']);
  });
});

describe('signing keys', () => {
  const pem = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n';
  const keyed = (name: string, data: Readonly<Record<string, string>>) => ({
    metadata: { name, uid: name, namespace: 'shop' },
    type: 'Opaque',
    data: Object.fromEntries(
      Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    ),
  });

  it('are read by their name alone', async () => {
    const secrets = [keyed('release', { 'cosign.pub': pem, 'cosign.key': 'private' })];
    const api = await cluster({ secrets });
    expect(await readerOf(api).signingKey?.('shop', 'release')).toBe(pem);
    expect(api.requests().map(({ url }) => url)).toEqual([
      '/api/v1/namespaces/shop/secrets/release',
    ]);
  });

  it('that are none are refused without showing what is in them', async () => {
    const api = await cluster({ secrets: [keyed('other', { password: 'hunter2' })] });
    const failure = readerOf(api).signingKey?.('shop', 'other');
    await expect(failure).rejects.toMatchObject({ code: 'key-unresolvable' });
    await expect(failure).rejects.not.toThrow(/hunter2/);
    await expect(readerOf(api).signingKey?.('shop', 'gone')).rejects.toBeInstanceOf(
      OperationalError,
    );
  });
});

describe('pull secrets', () => {
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
  const secret = (name: string, type: string, key: string, value: unknown) => ({
    metadata: { name, uid: name, namespace: 'shop' },
    type,
    data: { [key]: base64(value) },
  });
  const auths = { 'ghcr.io': { auth: 'dTpw' } };
  const secrets = [
    secret('new', 'kubernetes.io/dockerconfigjson', '.dockerconfigjson', { auths }),
    secret('old', 'kubernetes.io/dockercfg', '.dockercfg', auths),
    secret('tls', 'kubernetes.io/tls', 'tls.key', 'key'),
  ];
  const named = (...names: string[]) => names.map((name) => ({ namespace: 'shop', name }));

  it('are read in both forms, each by its name', async () => {
    const api = await cluster({ secrets });
    const texts = await readerOf(api, { pullSecrets: named('new', 'old') }).pullSecrets();
    expect(texts.map((text) => JSON.parse(text))).toEqual([{ auths }, { auths }]);
    expect(
      api
        .requests()
        .map(({ url }) => url)
        .sort(),
    ).toEqual(['/api/v1/namespaces/shop/secrets/new', '/api/v1/namespaces/shop/secrets/old']);
  });

  it('are not asked for unless they are named', async () => {
    const api = await cluster({ secrets });
    expect(await readerOf(api).pullSecrets()).toEqual([]);
    expect(api.requests()).toEqual([]);
  });

  it('of another type are refused without showing what is in them', async () => {
    const api = await cluster({ secrets });
    const failure = readerOf(api, { pullSecrets: named('tls') }).pullSecrets();
    await expect(failure).rejects.toMatchObject({ code: 'cluster-config' });
    await expect(failure).rejects.not.toThrow(/key"/);
  });
});
