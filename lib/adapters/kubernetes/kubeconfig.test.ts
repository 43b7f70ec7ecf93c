import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigurationError } from '#lib/errors.ts';
import { contextsOf, selectContext } from './kubeconfig.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'kubeconfig-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const write = (name: string, content: unknown): string => {
  const file = path.join(directory, name);
  writeFileSync(file, typeof content === 'string' ? content : stringify(content));
  return file;
};

const config = (...names: string[]) => ({
  'current-context': names[0],
  clusters: names.map((name) => ({
    name,
    cluster: { server: `https://${name}:6443`, 'certificate-authority': 'ca.pem' },
  })),
  users: names.map((name) => ({ name, user: { token: `token-${name}` } })),
  contexts: names.map((name) => ({
    name,
    context: { cluster: name, user: name, namespace: 'shop' },
  })),
});

const problemsOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'no problem';
};

describe('contextsOf', () => {
  it('lists every context with its server', () => {
    const file = write('two.yaml', config('prod', 'stage'));
    expect(contextsOf(file)).toEqual([
      {
        name: 'prod',
        cluster: 'prod',
        user: 'prod',
        namespace: 'shop',
        server: 'https://prod:6443',
        current: true,
      },
      {
        name: 'stage',
        cluster: 'stage',
        user: 'stage',
        namespace: 'shop',
        server: 'https://stage:6443',
        current: false,
      },
    ]);
  });

  it('lists a context whose cluster entry is broken beside the others', () => {
    const broken = config('prod', 'stage');
    broken.clusters[1]!.cluster = {} as never;
    expect(contextsOf(write('broken-entry.yaml', broken)).map(({ server }) => server)).toEqual([
      'https://prod:6443',
      undefined,
    ]);
  });

  it('joins several files, of which the first to name something wins', () => {
    const joined = [
      write('a.yaml', config('prod')),
      path.join(directory, 'absent.yaml'),
      write('b.yaml', { ...config('prod', 'stage'), clusters: config('stage').clusters }),
    ].join(path.delimiter);
    expect(contextsOf(joined).map(({ name, current }) => [name, current])).toEqual([
      ['prod', true],
      ['stage', false],
    ]);
  });

  it.each([
    ['does not exist', undefined, /absent-1\.yaml does not exist; correct the path/],
    ['is not YAML', 'clusters:\n  - name: "prod\n', /broken\.yaml, line \d: not valid YAML/],
    [
      'is of another shape',
      'apiVersion: v1\nclusters:\n  - name: 7\n',
      /line 3: clusters\.0\.name: .*not a kubeconfig/,
    ],
    ['is nested beyond reason', `a: ${'['.repeat(50_000)}`, /YAML/],
    ['is not an object', '- 1\n', /not a kubeconfig/],
  ])('names file, line and remedy when the file %s', (_, content, message) => {
    const file =
      content === undefined ? path.join(directory, 'absent-1.yaml') : write('broken.yaml', content);
    expect(problemsOf(() => contextsOf(file))).toMatch(message);
  });
});

describe('selectContext', () => {
  it('takes the current context and makes its paths absolute', () => {
    const { name, cluster, user } = selectContext({ path: write('c.yaml', config('prod')) });
    expect(name).toBe('prod');
    expect(cluster['certificate-authority']).toBe(path.join(directory, 'ca.pem'));
    expect(user.token).toBe('token-prod');
  });

  it.each([
    [
      'an unknown context',
      { context: 'nope' },
      config('prod'),
      /there is no context "nope"; it has: prod/,
    ],
    [
      'no current context',
      {},
      { ...config('prod'), 'current-context': '' },
      /no current-context.*it has: prod/,
    ],
    [
      'a user that is nowhere',
      {},
      { ...config('prod'), users: [] },
      /names the user "prod", which no kubeconfig has/,
    ],
    [
      'a cluster without a server',
      {},
      { ...config('prod'), clusters: [{ name: 'prod', cluster: {} }] },
      /cluster "prod": server/,
    ],
  ])('says what is wrong with %s', (_, choice, content, message) => {
    const file = write('d.yaml', content);
    expect(problemsOf(() => selectContext({ path: file, ...choice }))).toMatch(message);
  });
});
