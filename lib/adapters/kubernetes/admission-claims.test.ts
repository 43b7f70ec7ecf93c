import { afterEach, describe, expect, it } from 'vitest';
import { type LabKubernetes, startKubernetesApi } from '#lib/lab/kubernetes/api-server.ts';
import type { LabObjects } from '#lib/lab/kubernetes/kubernetes-object.ts';
import { controllerObject, podObject } from '#lib/lab/kubernetes/workload-objects.ts';
import { limits } from '#lib/model/limits.ts';
import type { ClusterSnapshot } from '#lib/ports/cluster.ts';
import { createClusterReaders } from './cluster-reader.ts';

const open: LabKubernetes[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
});

async function read(objects: LabObjects): Promise<ClusterSnapshot> {
  const api = await startKubernetesApi({ name: 'prod', objects });
  open.push(api);
  const source = { id: 'c', name: 'c', kind: 'kubeconfig', text: api.kubeconfig() } as const;
  return createClusterReaders([source])[0]!.read({ signal: new AbortController().signal });
}

const containers = [{ name: 'main', image: 'nginx:1' }];
function annotated(annotations: Readonly<Record<string, unknown>>) {
  const pod = podObject({ name: 'p', uid: 'p', containers });
  return { ...pod, metadata: { ...pod.metadata, annotations } };
}
function withTemplate(kind: string, labels: object | undefined, more: object = {}) {
  const object = controllerObject(kind, { name: 'w', uid: kind, containers });
  const template = { ...(labels && { metadata: { labels } }), spec: { containers } };
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  return { ...object, spec: { ...spec, ...more } };
}

describe('what a pod claims', () => {
  it('are the two annotations of Kyverno, untouched, and nothing else', async () => {
    const claims = {
      'kyverno.io/verify-images': '{"nginx:1":"pass"}',
      'kyverno.io/verify-images-scoped': '{"version":1}',
    };
    const { pods } = await read({ pods: [annotated({ ...claims, note: 'private' })] });
    expect(pods[0]?.claims).toEqual(claims);
  });

  it('is absent without them, and a strange one loses nobody a pod', async () => {
    const { pods, problems } = await read({
      pods: [annotated({ note: 'private', 'kyverno.io/verify-images': { nginx: 'pass' } })],
    });
    expect(pods).toHaveLength(1);
    expect(pods[0]).not.toHaveProperty('claims');
    expect(problems).toEqual([]);
  });

  it('is cut at its limit', async () => {
    const text = `{"nginx":"${'x'.repeat(limits.claimBytes)}"}`;
    const { pods } = await read({ pods: [annotated({ 'kyverno.io/verify-images': text })] });
    expect(pods[0]?.claims).toEqual({
      'kyverno.io/verify-images': text.slice(0, limits.claimBytes),
    });
  });
});

describe('what a controller says of its pods', () => {
  it('are the labels of the template, also of a CronJob, with its schedule', async () => {
    const { controllers } = await read({
      deployments: [withTemplate('Deployment', { app: 'web' })],
      cronjobs: [withTemplate('CronJob', { app: 'night' }, { schedule: '0 3 * * *' })],
    });
    expect(controllers).toMatchObject([
      { kind: 'Deployment', podLabels: { app: 'web' } },
      { kind: 'CronJob', podLabels: { app: 'night' }, schedule: '0 3 * * *' },
    ]);
    expect(controllers[0]).not.toHaveProperty('schedule');
  });

  it('is that they have no labels where the template has none', async () => {
    const { controllers } = await read({ statefulsets: [withTemplate('StatefulSet', undefined)] });
    expect(controllers).toMatchObject([{ podLabels: {} }]);
  });
});
