import { afterEach, describe, expect, it } from 'vitest';
import { limits } from '#lib/model/limits.ts';
import type { AdmissionReading } from '#lib/ports/cluster.ts';
import {
  type AdmissionApi,
  type ApiContent,
  type ApiResource,
  startAdmissionApi,
} from '#tests/builders/admission-api.ts';
import { createApiClient } from './api-client.ts';
import { createClusterReaders } from './cluster-reader.ts';
import { type ClusterSource, defaultTimings } from './cluster-source.ts';
import { createConnection } from './connection.ts';
import { type AdmissionLimits, readAdmission } from './read-admission.ts';

const timings = { requestMs: 20_000, backOffMs: [1, 5] } as const;
const open: AdmissionApi[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
});

async function cluster(content: ApiContent, pageLimit?: number): Promise<AdmissionApi> {
  const api = await startAdmissionApi({ v1: core, ...content }, pageLimit);
  open.push(api);
  return api;
}

const sourceOf = (api: AdmissionApi, namespaces?: readonly string[]) => ({
  id: 'prod',
  name: 'prod',
  kind: 'kubeconfig' as const,
  text: api.kubeconfig,
  ...(namespaces && { namespaces }),
});

async function read(
  api: AdmissionApi,
  { namespaces, signal = new AbortController().signal }: ReadOptions = {},
): Promise<AdmissionReading> {
  const source: ClusterSource = sourceOf(api, namespaces);
  return createClusterReaders([source], timings)[0]!.readAdmission({ signal });
}
interface ReadOptions {
  readonly namespaces?: readonly string[];
  readonly signal?: AbortSignal;
}

const readWithin = (api: AdmissionApi, most: AdmissionLimits): Promise<AdmissionReading> => {
  const all = { ...defaultTimings, ...timings };
  const client = createApiClient('prod', createConnection(sourceOf(api)), all);
  return readAdmission(client, undefined, { signal: new AbortController().signal, most });
};

const named = (name: string, namespace?: string, more: object = {}) => ({
  metadata: { name, uid: `uid-${namespace}-${name}`, ...(namespace && { namespace }) },
  ...more,
});
const some = (kind: string, ...items: unknown[]): ApiResource => ({ kind, items });
const inNamespaces = (kind: string, ...items: unknown[]): ApiResource => ({
  kind,
  namespaced: true,
  items,
});
const core = {
  namespaces: some('Namespace', named('shop'), named('bank'), named('kyverno')),
  configmaps: inNamespaces(
    'ConfigMap',
    named('kyverno', 'kyverno', { data: { resourceFilters: '[Event,*,*]' } }),
    named('private', 'shop', { data: { password: 'hunter2' } }),
  ),
  services: inNamespaces('Service', named('kyverno-svc', 'kyverno'), named('web', 'shop')),
};
const webhook = (name: string, namespace: string, service = `${name}-svc`) =>
  named(name, undefined, {
    webhooks: [
      { name: `${name}.example`, clientConfig: { service: { namespace, name: service } } },
    ],
  });

const namesOf = ({ objects }: AdmissionReading): string[] =>
  objects
    .map(({ apiVersion, kind, metadata: { namespace, name } }) =>
      [apiVersion, kind, ...(namespace === undefined ? [] : [namespace]), name].join(' '),
    )
    .sort();
const isAbout = (word: string) => (path: string) => path.includes(word);

describe('reading what decides at admission', () => {
  it('reads every kind of the engines that are installed, each object whole and with its type', async () => {
    const spec = { rules: [{ name: 'signed', verifyImages: [] }] };
    const policy = {
      metadata: {
        name: 'signed',
        uid: 'u',
        resourceVersion: '5',
        labels: { team: 'a' },
        managedFields: [{ manager: 'kubectl' }],
      },
      spec,
      status: { ready: true },
    };
    const api = await cluster({
      'kyverno.io/v1': {
        clusterpolicies: some('ClusterPolicy', policy),
        policies: inNamespaces('Policy', named('own', 'shop')),
      },
      'policy.sigstore.dev/v1beta1': {
        clusterimagepolicies: some('ClusterImagePolicy', named('images')),
      },
      'portieris.cloud.ibm.com/v1': {
        clusterimagepolicies: some('ClusterImagePolicy', named('images')),
      },
      'constraints.gatekeeper.sh/v1beta1': {
        k8sallowedrepos: some('K8sAllowedRepos', named('repos')),
        signedimages: some('SignedImages', named('signed')),
      },
      'wgpolicyk8s.io/v1alpha2': {
        policyreports: inNamespaces('PolicyReport', named('r', 'bank')),
      },
      'apps/v1': { deployments: inNamespaces('Deployment', named('web', 'shop')) },
    });
    const reading = await read(api);
    expect(reading.problems).toEqual([]);
    expect(namesOf(reading)).toEqual([
      'constraints.gatekeeper.sh/v1beta1 K8sAllowedRepos repos',
      'constraints.gatekeeper.sh/v1beta1 SignedImages signed',
      'kyverno.io/v1 ClusterPolicy signed',
      'kyverno.io/v1 Policy shop own',
      'policy.sigstore.dev/v1beta1 ClusterImagePolicy images',
      'portieris.cloud.ibm.com/v1 ClusterImagePolicy images',
      'v1 ConfigMap kyverno kyverno',
      'wgpolicyk8s.io/v1alpha2 PolicyReport bank r',
    ]);
    expect(reading.objects.find(({ kind }) => kind === 'ClusterPolicy')).toEqual({
      apiVersion: 'kyverno.io/v1',
      kind: 'ClusterPolicy',
      metadata: { name: 'signed', uid: 'u', resourceVersion: '5', labels: { team: 'a' } },
      spec,
      status: { ready: true },
    });
    expect(reading.namespaces.map(({ name }) => name).sort()).toEqual(['bank', 'kyverno', 'shop']);
  });

  it('says nothing of engines that are not installed, and asks for none of their objects', async () => {
    const api = await cluster({ 'apps/v1': { deployments: some('Deployment') } });
    expect(await read(api)).toMatchObject({ objects: [], problems: [] });
    expect(api.requests().map((path) => path.split('?')[0])).toEqual([
      '/apis',
      '/api/v1/namespaces',
    ]);
  });

  it('takes the type that the list has, whatever an item says of itself', async () => {
    const item = named('a', undefined, { apiVersion: 'v1', kind: 'Secret' });
    const api = await cluster({
      'kyverno.io/v1': { clusterpolicies: some('ClusterPolicy', item) },
    });
    expect(namesOf(await read(api))).toContain('kyverno.io/v1 ClusterPolicy a');
  });

  it('reads a resource once, in the version that is understood best', async () => {
    const exceptions = inNamespaces('PolicyException', named('e', 'shop'));
    const api = await cluster({
      'kyverno.io/v2beta1': { policyexceptions: exceptions },
      'kyverno.io/v2': { policyexceptions: exceptions },
      'kyverno.io/v1': { clusterpolicies: some('ClusterPolicy', named('p')) },
      'policy.sigstore.dev/v9': { trustroots: some('TrustRoot', named('future')) },
      'policies.kyverno.io/v2alpha1': {
        imagevalidatingpolicies: some('ImageValidatingPolicy', named('later')),
      },
      'policies.kyverno.io/v1beta1': {
        imagevalidatingpolicies: some('ImageValidatingPolicy', named('later')),
      },
    });
    expect(namesOf(await read(api))).toEqual([
      'kyverno.io/v1 ClusterPolicy p',
      'kyverno.io/v2 PolicyException shop e',
      'policies.kyverno.io/v1beta1 ImageValidatingPolicy later',
      // Only served in a version that nobody knew: its reader will say so.
      'policy.sigstore.dev/v9 TrustRoot future',
      'v1 ConfigMap kyverno kyverno',
    ]);
  });

  it('leaves out what decides nothing, what cannot be listed, and parts of resources', async () => {
    const api = await cluster({
      'kyverno.io/v1': {
        updaterequests: inNamespaces('UpdateRequest', named('u', 'kyverno')),
        clusterpolicies: some('ClusterPolicy'),
        'clusterpolicies/status': some('ClusterPolicy', named('status')),
        reviews: { kind: 'Review', verbs: ['create'], items: [named('review')] },
      },
      'config.openshift.io/v1': {
        clusterversions: some('ClusterVersion', named('version')),
        imagepolicies: inNamespaces('ImagePolicy', named('i', 'shop')),
      },
    });
    const reading = await read(api);
    expect(namesOf(reading)).toEqual([
      'config.openshift.io/v1 ImagePolicy shop i',
      'v1 ConfigMap kyverno kyverno',
    ]);
    expect(reading.problems).toEqual([]);
    for (const word of ['updaterequests', 'status', 'reviews', 'clusterversions'])
      expect(api.requests().filter(isAbout(word))).toEqual([]);
  });

  it('only ever reads config maps of engines by their names, and no secrets', async () => {
    const api = await cluster({
      'kyverno.io/v1': { clusterpolicies: some('ClusterPolicy') },
      'policy.sigstore.dev/v1beta1': { clusterimagepolicies: some('ClusterImagePolicy') },
      'admissionregistration.k8s.io/v1': {
        validatingwebhookconfigurations: some(
          'ValidatingWebhookConfiguration',
          webhook('connaisseur', 'shop'),
        ),
      },
    });
    await read(api);
    const selected = api.requests().flatMap((path) => {
      const { pathname, searchParams } = new URL(path, 'http://api');
      return pathname.includes('configmaps') ? [searchParams.get('fieldSelector')] : [];
    });
    expect(selected.sort()).toEqual([
      'metadata.name=config-policy-controller',
      'metadata.name=config-sigstore-keys',
      'metadata.name=connaisseur-app-config',
      'metadata.name=kyverno',
    ]);
    expect(api.requests().filter(isAbout('secrets'))).toEqual([]);
  });

  it('reads services and endpoints where webhooks are answered, and nowhere else', async () => {
    const odd = [
      { name: 'by-url', clientConfig: { url: 'https://elsewhere' } },
      { name: 'astray', clientConfig: { service: { namespace: '../secrets', name: 's' } } },
      'not a webhook',
    ];
    const api = await cluster({
      'admissionregistration.k8s.io/v1': {
        mutatingwebhookconfigurations: some(
          'MutatingWebhookConfiguration',
          webhook('kyverno', 'kyverno'),
          named('odd', undefined, { webhooks: odd }),
          named('none', undefined, { webhooks: null }),
        ),
      },
      'discovery.k8s.io/v1': {
        endpointslices: inNamespaces(
          'EndpointSlice',
          named('s-1', 'kyverno'),
          named('s-2', 'shop'),
        ),
      },
    });
    expect(namesOf(await read(api)).filter((one) => !one.includes('Webhook'))).toEqual([
      'discovery.k8s.io/v1 EndpointSlice kyverno s-1',
      'v1 Service kyverno kyverno-svc',
    ]);
    expect(api.requests().filter(isAbout('secrets'))).toEqual([]);
  });

  it('keeps how engines were started, and nothing else of their deployments', async () => {
    const container = {
      name: 'kyverno',
      image: 'ghcr.io/kyverno/kyverno:v1.19.1',
      args: ['--exceptionNamespace=kyverno'],
      env: [{ name: 'TOKEN', value: 'hunter2' }],
    };
    const spec = { replicas: 3, template: { spec: { containers: [container] } } };
    const api = await cluster({
      'admissionregistration.k8s.io/v1': {
        validatingwebhookconfigurations: some(
          'ValidatingWebhookConfiguration',
          webhook('kyverno', 'kyverno'),
        ),
      },
      'apps/v1': {
        deployments: inNamespaces(
          'Deployment',
          named('kyverno-admission-controller', 'kyverno', { spec, status: { replicas: 3 } }),
          named('web', 'shop', { spec }),
        ),
      },
    });
    const { objects, problems } = await read(api);
    expect(problems).toEqual([]);
    const { env: _, ...kept } = container;
    expect(objects.filter(({ kind }) => kind === 'Deployment')).toMatchObject([
      { metadata: { name: 'kyverno-admission-controller' } },
    ]);
    const [found] = objects.filter(({ kind }) => kind === 'Deployment');
    expect(found).toHaveProperty('spec', { template: { spec: { containers: [kept] } } });
    expect(JSON.stringify(objects)).not.toContain('hunter2');
  });
});

describe('a reading of admission that is not whole', () => {
  const policies = (...items: unknown[]): ApiContent => ({
    'kyverno.io/v1': { clusterpolicies: some('ClusterPolicy', ...items) },
    'policy.sigstore.dev/v1beta1': {
      clusterimagepolicies: some('ClusterImagePolicy', named('images')),
    },
  });
  const clusterPolicies = '/apis/kyverno.io/v1/clusterpolicies';

  it('names what it may not read and what must be granted, and has the rest', async () => {
    const api = await cluster(policies(named('p')));
    api.fail(clusterPolicies, 403);
    const reading = await read(api);
    expect(reading.problems).toMatchObject([
      { what: clusterPolicies, reason: 'cluster-forbidden' },
    ]);
    expect(reading.problems[0]?.detail).toContain('grant list on clusterpolicies');
    expect(namesOf(reading)).toContain('policy.sigstore.dev/v1beta1 ClusterImagePolicy images');
  });

  it('tells its problems in one order, so that equal readings are equal', async () => {
    const api = await cluster({
      'openreports.io/v1alpha1': { clusterreports: some('ClusterReport') },
      'wgpolicyk8s.io/v1alpha2': { clusterpolicyreports: some('ClusterPolicyReport') },
    });
    const paths = [
      '/apis/openreports.io/v1alpha1/clusterreports',
      '/apis/wgpolicyk8s.io/v1alpha2/clusterpolicyreports',
    ];
    for (const path of paths) api.fail(path, 403);
    expect((await read(api)).problems.map(({ what }) => what)).toEqual(paths);
  });

  it.each([500, 404, 'cut'] as const)('tells a list that fails with %s', async (how) => {
    const api = await cluster(policies(named('p')));
    api.fail(clusterPolicies, how);
    const reading = await read(api);
    expect(reading.problems.map(({ what }) => what)).toEqual([clusterPolicies]);
    expect(namesOf(reading)).toContain('policy.sigstore.dev/v1beta1 ClusterImagePolicy images');
  });

  it('tells a group that does not say what it serves', async () => {
    const api = await cluster(policies(named('p')));
    api.fail('/apis/kyverno.io/v1', 503);
    const reading = await read(api);
    expect(reading.problems).toMatchObject([{ what: '/apis/kyverno.io/v1' }]);
    expect(namesOf(reading)).toContain('policy.sigstore.dev/v1beta1 ClusterImagePolicy images');
  });

  it('tells namespaces that it may not read', async () => {
    const api = await cluster(policies());
    api.fail('/api/v1/namespaces', 403);
    expect(await read(api)).toMatchObject({
      namespaces: [],
      problems: [{ what: '/api/v1/namespaces', reason: 'cluster-forbidden' }],
    });
  });

  it('fails when it cannot be asked what is served', async () => {
    const api = await cluster(policies(named('p')));
    api.fail('/apis', 403);
    await expect(read(api)).rejects.toMatchObject({ code: 'cluster-forbidden' });
  });

  it('gives up an API server that answers to nothing any more', async () => {
    const api = await cluster(policies(named('p')));
    for (const path of ['/api/v1/namespaces', clusterPolicies]) api.fail(path, 'cut');
    await expect(read(api)).rejects.toMatchObject({ code: 'cluster-unreachable' });
  });

  it('stops when it is told to', async () => {
    const api = await cluster(policies(named('p')));
    const stop = new AbortController();
    api.fail(clusterPolicies, 500);
    const reading = read(api, { signal: stop.signal });
    stop.abort(new Error('stopped'));
    await expect(reading).rejects.toThrow('stopped');
  });

  it('finds every object once, over all pages, although the list expired on the way', async () => {
    const many = Array.from({ length: 10 }, (_, i) => named(`p-${i}`));
    const api = await cluster(policies(...many), 3);
    api.fail(clusterPolicies, 410, 2);
    const reading = await read(api);
    const found = reading.objects.filter(({ kind }) => kind === 'ClusterPolicy');
    expect(found.map(({ metadata }) => metadata.name)).toEqual(
      many.map((one) => one.metadata.name),
    );
    expect(reading.problems).toEqual([]);
  });

  it('leaves out items that are no objects, and names them', async () => {
    const odd = [
      null,
      'text',
      [],
      {},
      { metadata: null },
      { metadata: { name: '' } },
      { metadata: { name: 'odd', namespace: 7 } },
    ];
    const reading = await read(await cluster(policies(...odd, named('p'))));
    expect(namesOf(reading)).toContain('kyverno.io/v1 ClusterPolicy p');
    expect(reading.problems).toHaveLength(odd.length);
    expect(reading.problems).toContainEqual({
      what: 'ClusterPolicy odd',
      reason: 'cluster-error',
      detail: expect.stringContaining('left out: metadata.namespace'),
    });
  });

  it('loses one object that is nested beyond reason, and not its list', async () => {
    const nested = (levels: number): unknown =>
      JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    const deep = named('deep', undefined, { spec: nested(1_000) });
    const reading = await read(
      await cluster(policies(deep, named('p', undefined, { spec: nested(40) }))),
    );
    expect(namesOf(reading)).toContain('kyverno.io/v1 ClusterPolicy p');
    expect(reading.problems).toEqual([
      {
        what: 'ClusterPolicy deep',
        reason: 'cluster-error',
        detail: `left out: nested deeper than ${limits.jsonDepth} levels`,
      },
    ]);
  });

  it('names so many malformed items one by one, and counts the rest', async () => {
    const odd = Array.from({ length: limits.readProblems + 5 }, (_, i) => ({ odd: i }));
    const { problems } = await read(await cluster(policies(...odd)));
    expect(problems).toHaveLength(limits.readProblems + 1);
    expect(problems.map(({ what }) => what)).toContain('5 more objects');
  });

  const most = { objects: 100, bytes: 1_000_000, lists: 100 };
  const withReports: ApiContent = {
    ...policies(named('p'), named('q')),
    'wgpolicyk8s.io/v1alpha2': {
      clusterpolicyreports: some('ClusterPolicyReport', named('r'), named('s'), named('t')),
    },
  };
  const reports = '/apis/wgpolicyk8s.io/v1alpha2/clusterpolicyreports';

  it.each([
    ['objects', { ...most, objects: 5 }],
    ['bytes', { ...most, bytes: 620 }],
  ])('stops at its limit of %s and says where, with policies before reports', async (_, limit) => {
    const reading = await readWithin(await cluster(withReports), limit);
    expect(reading.problems).toMatchObject([{ what: reports, reason: 'limit-exceeded' }]);
    const kinds = reading.objects.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'ClusterPolicyReport').sort()).toEqual([
      'ClusterImagePolicy',
      'ClusterPolicy',
      'ClusterPolicy',
      'ConfigMap',
    ]);
    expect(kinds.filter((kind) => kind === 'ClusterPolicyReport')).toHaveLength(1);
  });

  it('stops at its limit of lists, and names those that it did not read', async () => {
    const api = await cluster(withReports);
    const reading = await readWithin(api, { ...most, lists: 5 });
    expect(reading.problems).toMatchObject([{ what: reports, reason: 'limit-exceeded' }]);
    expect(api.requests().filter(isAbout('clusterpolicyreports'))).toEqual([]);
  });

  it('does not count twice what it reads again', async () => {
    const many = Array.from({ length: 10 }, (_, i) => named(`p-${i}`));
    const api = await cluster({ 'kyverno.io/v1': { clusterpolicies: some('P', ...many) } }, 4);
    api.fail(clusterPolicies, 410, 2);
    const reading = await readWithin(api, { ...most, objects: 11 });
    expect(reading).toMatchObject({ problems: [] });
    expect(reading.objects).toHaveLength(11);
  });
});

describe('a source of some namespaces', () => {
  const content: ApiContent = {
    'admissionregistration.k8s.io/v1': {
      validatingwebhookconfigurations: some(
        'ValidatingWebhookConfiguration',
        webhook('kyverno', 'kyverno'),
      ),
    },
    'kyverno.io/v1': {
      clusterpolicies: some('ClusterPolicy', named('all')),
      policies: inNamespaces('Policy', named('a', 'shop'), named('b', 'bank'), named('c', 'other')),
    },
  };

  it('has its objects, those of the whole cluster, and nothing of other namespaces', async () => {
    const api = await cluster(content);
    const reading = await read(api, { namespaces: ['shop', 'bank'] });
    expect(namesOf(reading)).toEqual([
      'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration kyverno',
      'kyverno.io/v1 ClusterPolicy all',
      'kyverno.io/v1 Policy bank b',
      'kyverno.io/v1 Policy shop a',
    ]);
    expect(reading.namespaces.map(({ name }) => name).sort()).toEqual(['bank', 'shop']);
    expect(api.requests().filter(isAbout('namespaces/kyverno'))).toEqual([]);
  });

  it('says that engines are set up outside of it', async () => {
    const { problems } = await read(await cluster(content), { namespaces: ['shop'] });
    expect(problems).toMatchObject([{ what: 'namespaces of webhooks: kyverno' }]);
    const whole = await read(await cluster(content), { namespaces: ['shop', 'kyverno'] });
    expect(whole.problems).toEqual([]);
    expect(namesOf(whole)).toContain('v1 ConfigMap kyverno kyverno');
  });
});
