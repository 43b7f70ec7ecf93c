import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { controllerObject, podObject } from '#lib/lab/kubernetes/workload-objects.ts';
import { createClusterReaders } from './cluster-reader.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'files-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (name: string, content: string): string => {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};
const signal = new AbortController().signal;
const read = (kind: 'pods-file' | 'manifests', where: string, namespaces?: string[]) =>
  createClusterReaders([
    { id: 'f', name: 'f', kind, path: where, ...(namespaces && { namespaces }) },
  ])[0]!.read({ signal });

const container = { name: 'main', image: 'nginx:1', imageId: `nginx@sha256:${'a'.repeat(64)}` };
const pods = ['a', 'b'].map((uid) => podObject({ name: uid, uid, containers: [container] }));
const list = (items: unknown) => ({ apiVersion: 'v1', kind: 'List', items });

describe('a file of pods', () => {
  it.each([
    ['as kubectl prints many', JSON.stringify(list(pods))],
    [
      'as a typed list, whose items do not repeat their kind',
      JSON.stringify({ kind: 'PodList', items: pods.map(({ kind: _, ...rest }) => rest) }),
    ],
    ['as YAML', stringify(list(pods))],
    ['as YAML documents', pods.map((pod) => stringify(pod)).join('---\n')],
    ['as a plain array', JSON.stringify(pods)],
  ])('is read %s, with what runs', async (_, text) => {
    const { pods: found, problems, resourceVersion } = await read('pods-file', write('pods', text));
    expect(found.map(({ uid, containers }) => [uid, containers[0]?.imageId])).toEqual([
      ['a', container.imageId],
      ['b', container.imageId],
    ]);
    expect(problems).toEqual([]);
    expect(resourceVersion).toBeUndefined();
  });

  it('may hold one pod alone, and owners beside pods', async () => {
    const one = await read('pods-file', write('one', JSON.stringify(pods[0])));
    expect(one.pods).toHaveLength(1);
    const rs = controllerObject('ReplicaSet', {
      name: 'rs',
      uid: 'rs',
      containers: [],
      owner: { kind: 'Deployment', name: 'd', uid: 'd' },
    });
    const deployment = controllerObject('Deployment', {
      name: 'd',
      uid: 'd',
      containers: [container],
    });
    const all = await read(
      'pods-file',
      write('all', JSON.stringify(list([...pods, rs, deployment]))),
    );
    expect(all).toMatchObject({
      owners: [{ kind: 'ReplicaSet', owner: { uid: 'd' } }],
      controllers: [{ kind: 'Deployment' }],
    });
  });

  it('tells of a pod that it cannot understand and keeps the others', async () => {
    const items = [{ ...pods[0], spec: 'nothing' }, pods[1]];
    const { pods: found, problems } = await read(
      'pods-file',
      write('p.json', JSON.stringify(list(items))),
    );
    expect(found).toHaveLength(1);
    expect(problems).toMatchObject([{ what: 'p.json: Pod default/a', reason: 'input-file' }]);
  });

  it.each([
    ['is absent', undefined, /does not exist; correct the path/],
    ['is not JSON', '{"kind": ', /is not valid JSON/],
    ['is not YAML', 'a: "b\nc: d\n', /is not valid YAML in line \d/],
    ['is nested beyond reason', `${'['.repeat(100)}${']'.repeat(100)}`, /nested deeper than/],
    ['is YAML nested beyond reason', `a: ${'['.repeat(50_000)}`, /YAML/],
    [
      'is a bomb of aliases',
      `a: &a [1,1,1,1,1,1,1,1,1]\n${Array.from({ length: 9 }, (_, i) => `${'bcdefghij'[i]}: &${'bcdefghij'[i]} [${Array(9).fill(`*${'abcdefghij'[i]}`).join(',')}]`).join('\n')}`,
      /alias/i,
    ],
  ])('that %s is named with its fault', async (_, text, message) => {
    const file = text === undefined ? path.join(directory, 'absent') : write('bad', text);
    await expect(read('pods-file', file)).rejects.toMatchObject({
      code: 'input-file',
      message: expect.stringMatching(message),
    });
  });
});

describe('a tree of manifests', () => {
  const manifest = (kind: string, more: object = {}) => {
    const {
      metadata: { uid: _, ...metadata },
      ...rest
    } = controllerObject(kind, {
      name: 'web',
      uid: 'x',
      namespace: 'shop',
      containers: [container],
    });
    return stringify({ ...rest, metadata, ...more });
  };

  it('holds templates: every kind with a pod template, at rest, pods too', async () => {
    write(
      'a/web.yaml',
      `${manifest('Deployment')}---\n${manifest('CronJob')}---\n${manifest('Job')}`,
    );
    write('b/pod.json', JSON.stringify(pods[0]));
    write('b/rollout.yml', manifest('Rollout', { apiVersion: 'argoproj.io/v1alpha1' }));
    write(
      'b/service.yaml',
      stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } }),
    );
    write('README.md', 'not a manifest');
    const snapshot = await read('manifests', directory);
    expect(snapshot.pods).toEqual([]);
    expect(snapshot.problems).toEqual([]);
    expect(
      snapshot.controllers.map(({ kind, apiVersion, containers }) => [
        kind,
        apiVersion,
        containers[0]?.image,
      ]),
    ).toEqual([
      ['Deployment', 'apps/v1', 'nginx:1'],
      ['CronJob', 'batch/v1', 'nginx:1'],
      ['Job', 'batch/v1', 'nginx:1'],
      ['Pod', 'v1', 'nginx:1'],
      ['Rollout', 'argoproj.io/v1alpha1', 'nginx:1'],
    ]);
  });

  it('gives each object the same identity every time, and another in another file', async () => {
    write('one.yaml', manifest('Deployment'));
    write('two.yaml', manifest('Deployment'));
    const [first, second] = [
      await read('manifests', directory),
      await read('manifests', directory),
    ];
    const uids = first.controllers.map(({ uid }) => uid);
    expect(new Set(uids).size).toBe(2);
    expect(second.controllers.map(({ uid }) => uid)).toEqual(uids);
  });

  it('is read around a broken file, which is named', async () => {
    write('good.yaml', manifest('Deployment'));
    write('chart/templates/web.yaml', '{{ if .Values.web }}\nkind: Deployment\n{{ end }}\n');
    const { controllers, problems } = await read('manifests', directory);
    expect(controllers).toHaveLength(1);
    expect(problems).toMatchObject([
      { what: path.join('chart', 'templates', 'web.yaml'), reason: 'input-file' },
    ]);
  });

  it('keeps to the namespaces it was given', async () => {
    write('web.yaml', manifest('Deployment'));
    expect((await read('manifests', directory, ['other'])).controllers).toEqual([]);
    expect((await read('manifests', directory, ['shop'])).controllers).toHaveLength(1);
  });

  it.each([
    ['is absent', 'absent', /does not exist/],
    ['holds nothing of ours', '', /holds no \.yaml/],
  ])('that %s is named', async (_, name, message) => {
    await expect(read('manifests', path.join(directory, name))).rejects.toMatchObject({
      code: 'input-file',
      message: expect.stringMatching(message),
    });
  });
});

describe('following a file', () => {
  it('reports nothing until told to stop', async () => {
    const [reader] = createClusterReaders([
      { id: 'f', name: 'f', kind: 'pods-file', path: write('p', JSON.stringify(list(pods))) },
    ]);
    const stop = new AbortController();
    const next = reader!
      .follow(await reader!.read({ signal }), stop.signal)
      [Symbol.asyncIterator]()
      .next();
    stop.abort();
    expect(await next).toMatchObject({ done: true });
    expect(await reader!.pullSecrets()).toEqual([]);
  });
});
