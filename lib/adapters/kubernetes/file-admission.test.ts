import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { AdmissionReading } from '#lib/ports/cluster.ts';
import { createClusterReaders } from './cluster-reader.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'files-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (name: string, ...objects: unknown[]): string => {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, objects.map((one) => stringify(one)).join('---\n'));
  return file;
};
const read = (
  kind: 'pods-file' | 'manifests',
  where: string,
  more: { readonly namespaces?: string[]; readonly policies?: string[] } = {},
): Promise<AdmissionReading> =>
  createClusterReaders([{ id: 'f', name: 'f', kind, path: where, ...more }])[0]!.readAdmission({
    signal: new AbortController().signal,
  });

const object = (apiVersion: string, kind: string, name: string, namespace?: string) => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace && { namespace }) },
});
const namesOf = ({ objects }: AdmissionReading): string[] =>
  objects.map(({ kind, metadata: { namespace, name } }) =>
    [kind, ...(namespace === undefined ? [] : [namespace]), name].join(' '),
  );
const webhook = {
  ...object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'kyverno'),
  webhooks: [{ clientConfig: { service: { namespace: 'kyverno', name: 'kyverno-svc' } } }],
};

describe('admission objects in files', () => {
  it('are those that would be read of a cluster, whole, and labels of namespaces', async () => {
    const policy = {
      ...object('kyverno.io/v1', 'ClusterPolicy', 'signed'),
      spec: { rules: [{ name: 'one' }] },
    };
    write(
      'a.yaml',
      policy,
      object('v1', 'Pod', 'web', 'shop'),
      object('v1', 'ConfigMap', 'kyverno', 'kyverno'),
      object('v1', 'ConfigMap', 'private', 'shop'),
      object('v1', 'Secret', 'kyverno', 'kyverno'),
      object('config.openshift.io/v1', 'ClusterVersion', 'version'),
      { ...object('v1', 'Namespace', 'shop'), metadata: { name: 'shop', labels: { a: 'b' } } },
    );
    write(
      'deep/b.yaml',
      webhook,
      object('v1', 'Service', 'kyverno-svc', 'kyverno'),
      object('v1', 'Service', 'web', 'shop'),
      object('discovery.k8s.io/v1', 'EndpointSlice', 'kyverno-1', 'kyverno'),
    );
    const reading = await read('manifests', directory);
    expect(namesOf(reading)).toEqual([
      'ClusterPolicy signed',
      'ConfigMap kyverno kyverno',
      'ValidatingWebhookConfiguration kyverno',
      'Service kyverno kyverno-svc',
      'EndpointSlice kyverno kyverno-1',
    ]);
    expect(reading.objects[0]).toEqual(policy);
    expect(reading).toMatchObject({
      namespaces: [{ name: 'shop', labels: { a: 'b' } }],
      problems: [],
    });
  });

  it('are in the namespace default where their kind needs one and they name none', async () => {
    write(
      'a.yaml',
      object('kyverno.io/v1', 'Policy', 'own'),
      object('policies.kyverno.io/v1', 'NamespacedImageValidatingPolicy', 'images'),
      object('kyverno.io/v1', 'ClusterPolicy', 'all'),
    );
    expect(namesOf(await read('manifests', directory))).toEqual([
      'Policy default own',
      'NamespacedImageValidatingPolicy default images',
      'ClusterPolicy all',
    ]);
  });

  it('are found in what kubectl printed, also in a typed list', async () => {
    const items = [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }];
    const file = write('list', {
      apiVersion: 'policy.sigstore.dev/v1beta1',
      kind: 'ClusterImagePolicyList',
      items,
    });
    const reading = await read('pods-file', file);
    expect(namesOf(reading)).toEqual(['ClusterImagePolicy a', 'ClusterImagePolicy b']);
    expect(reading.objects[0]?.apiVersion).toBe('policy.sigstore.dev/v1beta1');
  });

  it('are read of further files too', async () => {
    const pods = write('pods.yaml', object('v1', 'Pod', 'web', 'shop'));
    const policies = [write('policy.yaml', object('kyverno.io/v1', 'ClusterPolicy', 'p'))];
    expect(namesOf(await read('pods-file', pods, { policies }))).toEqual(['ClusterPolicy p']);
  });

  it('keep to the namespaces of the source, and those of the whole cluster stay', async () => {
    write(
      'a.yaml',
      object('kyverno.io/v1', 'ClusterPolicy', 'all'),
      object('kyverno.io/v1', 'Policy', 'mine', 'shop'),
      object('kyverno.io/v1', 'Policy', 'theirs', 'bank'),
      object('v1', 'Namespace', 'shop'),
      object('v1', 'Namespace', 'bank'),
    );
    const reading = await read('manifests', directory, { namespaces: ['shop'] });
    expect(namesOf(reading)).toEqual(['ClusterPolicy all', 'Policy shop mine']);
    expect(reading.namespaces.map(({ name }) => name)).toEqual(['shop']);
  });

  it('that are malformed, stand there twice or lie in a broken file are told', async () => {
    const policy = object('kyverno.io/v1', 'ClusterPolicy', 'p');
    write('a.yaml', policy, { apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', metadata: {} });
    write('b.yaml', { ...policy, spec: { rules: [] } });
    writeFileSync(path.join(directory, 'c.yaml'), '{{ helm }');
    const reading = await read('manifests', directory);
    expect(reading.objects).toEqual([{ ...policy, spec: { rules: [] } }]);
    expect(reading.problems.map(({ what }) => what)).toEqual([
      'c.yaml',
      'a.yaml: without a name',
      'b.yaml: p',
    ]);
  });
});
