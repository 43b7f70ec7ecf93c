import { afterEach, describe, expect, it } from 'vitest';
import { type LabKubernetes, startKubernetesApi } from './api-server.ts';
import type { CustomObjects } from './kubernetes-object.ts';

const open: LabKubernetes[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
});

const policy = (name: string, namespace?: string) => ({
  metadata: { name, uid: `uid-${name}`, ...(namespace !== undefined && { namespace }) },
  spec: { marker: name },
});
const custom: readonly CustomObjects[] = [
  {
    group: 'policy.sigstore.dev',
    versions: ['v1beta1', 'v1alpha1'],
    plural: 'clusterimagepolicies',
    kind: 'ClusterImagePolicy',
    namespaced: false,
    objects: [policy('one'), policy('two'), policy('three')],
  },
  {
    group: 'policy.sigstore.dev',
    versions: ['v1alpha1'],
    plural: 'trustroots',
    kind: 'TrustRoot',
    namespaced: false,
    objects: [],
  },
  {
    group: 'portieris.cloud.ibm.com',
    versions: ['v1'],
    plural: 'clusterimagepolicies',
    kind: 'ClusterImagePolicy',
    namespaced: false,
    objects: [policy('portieris')],
  },
  {
    group: 'kyverno.io',
    versions: ['v1', 'v2beta1', 'v2'],
    plural: 'policies',
    kind: 'Policy',
    namespaced: true,
    objects: [policy('mine', 'shop'), policy('other', 'bank')],
  },
];

async function start() {
  const configmaps = [{ metadata: { name: 'kyverno', namespace: 'kyverno', uid: 'c' }, data: {} }];
  const api = await startKubernetesApi({ name: 'lab', objects: { configmaps, custom } });
  open.push(api);
  return async (path: string) => {
    const response = await fetch(api.url + path);
    // biome-ignore lint/suspicious/noExplicitAny: whatever the server says is looked at as JSON
    return { status: response.status, body: (await response.json()) as any };
  };
}

describe('the lab API server', () => {
  it('tells its groups with the version that it prefers', async () => {
    const get = await start();
    const { body } = await get('/apis');
    expect(body).toMatchObject({ kind: 'APIGroupList', apiVersion: 'v1' });
    const names = body.groups.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['apps', 'admissionregistration.k8s.io']));
    expect(names).not.toContain('');
    const kyverno = body.groups.find(({ name }: { name: string }) => name === 'kyverno.io');
    expect(kyverno).toEqual({
      name: 'kyverno.io',
      versions: ['v2', 'v1', 'v2beta1'].map((version) => ({
        groupVersion: `kyverno.io/${version}`,
        version,
      })),
      preferredVersion: { groupVersion: 'kyverno.io/v2', version: 'v2' },
    });
    expect((await get('/apis/kyverno.io')).body).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      ...kyverno,
    });
  });

  it('tells the kinds of a group in the version that is asked for, and subresources as such', async () => {
    const get = await start();
    const { body } = await get('/apis/policy.sigstore.dev/v1beta1');
    expect(body).toMatchObject({
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: 'policy.sigstore.dev/v1beta1',
      resources: [
        { name: 'clusterimagepolicies', kind: 'ClusterImagePolicy', namespaced: false },
        { name: 'clusterimagepolicies/status' },
      ],
    });
    expect(body.resources[0].verbs).toContain('list');
    const core = await get('/api/v1');
    expect(core.body.groupVersion).toBe('v1');
    expect(core.body.resources.map(({ name }: { name: string }) => name)).toContain('configmaps');
  });

  it('knows nothing of what is not installed', async () => {
    const get = await start();
    for (const path of [
      '/apis/policies.kyverno.io',
      '/apis/policy.sigstore.dev/v1',
      '/apis/policy.sigstore.dev/v1beta1/trustroots',
      '/apis/kyverno.io/v2/clusterpolicies',
    ])
      expect(await get(path)).toMatchObject({ status: 404, body: { reason: 'NotFound' } });
  });

  it('serves every object in every version, in pages of one consistent list', async () => {
    const get = await start();
    const path = '/apis/policy.sigstore.dev/v1alpha1/clusterimagepolicies?limit=2';
    const first = await get(path);
    expect(first.body).toMatchObject({
      kind: 'ClusterImagePolicyList',
      apiVersion: 'policy.sigstore.dev/v1alpha1',
      items: [
        { kind: 'ClusterImagePolicy', apiVersion: 'policy.sigstore.dev/v1alpha1' },
        { metadata: { name: 'two' }, spec: { marker: 'two' } },
      ],
    });
    const token = encodeURIComponent(first.body.metadata.continue);
    const second = await get(`${path}&continue=${token}`);
    expect(second.body.items).toHaveLength(1);
    expect(second.body.metadata).toEqual({ resourceVersion: first.body.metadata.resourceVersion });
    const one = await get('/apis/policy.sigstore.dev/v1beta1/clusterimagepolicies/three');
    expect(one.body).toMatchObject({ apiVersion: 'policy.sigstore.dev/v1beta1' });
  });

  it('keeps kinds of one name in two groups apart', async () => {
    const get = await start();
    const { body } = await get('/apis/portieris.cloud.ibm.com/v1/clusterimagepolicies');
    expect(body.items).toMatchObject([{ metadata: { name: 'portieris' } }]);
  });

  it('lists all namespaces or one, and omits kind and version from items of built-in kinds', async () => {
    const get = await start();
    expect((await get('/apis/kyverno.io/v1/policies')).body.items).toHaveLength(2);
    const inShop = await get('/apis/kyverno.io/v1/namespaces/shop/policies');
    expect(inShop.body.items).toMatchObject([{ metadata: { name: 'mine', namespace: 'shop' } }]);
    const maps = await get(
      '/api/v1/namespaces/kyverno/configmaps?fieldSelector=metadata.name=kyverno',
    );
    expect(maps.body.kind).toBe('ConfigMapList');
    expect(maps.body.items).toHaveLength(1);
    expect(maps.body.items[0]).not.toHaveProperty('kind');
    const map = await get('/api/v1/namespaces/kyverno/configmaps/kyverno');
    expect(map.body).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' });
  });
});
