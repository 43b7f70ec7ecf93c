import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const main = path.resolve(import.meta.dirname, '../lib/cli/main.ts');
const dir = mkdtempSync(path.join(os.tmpdir(), 'sealwatch-cli-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(path.join(dir, name), text);
  return path.join(dir, name);
};

/** Runs the command line with nothing of the user's own around it. */
function sealwatch(parameters: string[], environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...parameters], {
    encoding: 'utf8',
    cwd: dir,
    env: {
      NODE_ENV: 'test',
      PATH: process.env['PATH'],
      HOME: dir,
      SEALWATCH_DATA_DIR: path.join(dir, 'data'),
      ...environment,
    },
  });
  return { status, stdout, stderr };
}

const pods = file(
  'pods.json',
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'web',
          namespace: 'shop',
          uid: '1',
          creationTimestamp: '2026-11-01T00:00:00Z',
        },
        spec: { containers: [{ name: 'web', image: 'registry.invalid/shop/web:latest' }] },
        status: {
          phase: 'Running',
          containerStatuses: [
            {
              name: 'web',
              image: 'registry.invalid/shop/web:latest',
              imageID: `registry.invalid/shop/web@sha256:${'a'.repeat(64)}`,
              state: { running: {} },
            },
          ],
        },
      },
    ],
  }),
);

describe('sealwatch', () => {
  it('explains itself', () => {
    expect(sealwatch([])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('sealwatch scan'),
    });
  });

  it.each([
    ['an unknown command', ['scna'], /unknown command "scna"/],
    ['an unknown option', ['scan', '--frob'], /Unknown option '--frob'/],
    ['two sources', ['scan', '--lab', '--pods', 'x'], /exclude one another/],
    ['an unknown format', ['scan', '--pods', 'x', '-o', 'xml'], /-o must be one of table, json/],
    [
      'an unknown finding',
      ['scan', '--pods', 'x', '--fail-on', 'unsinged'],
      /--fail-on must be one of/,
    ],
    ['nothing to scan', ['scan'], /nothing to scan/],
    [
      'a configuration that does not exist',
      ['scan', '--config', 'gone.yaml'],
      /gone\.yaml: cannot be read/,
    ],
    ['an image that is none', ['verify', 'shop//web'], /shop\/\/web: the repository must be/],
    ['an identity without issuer', ['verify', 'a/b', '--certificate-identity', 'x'], /go together/],
    [
      'an address that others can reach',
      ['serve', '--bind', '0.0.0.0'],
      /refusing to listen on 0\.0\.0\.0/,
    ],
    ['a worker without PostgreSQL', ['worker'], /DATABASE_URL is not set/],
    [
      'a database that is none',
      ['worker'],
      /DATABASE_URL: must begin with postgresql/,
      { DATABASE_URL: 'mysql://x' },
    ],
  ])(
    'refuses %s with a message and exit code 2',
    (_, parameters, message, environment?: Record<string, string>) => {
      const { status, stderr } = sealwatch(parameters, environment);
      expect(stderr).toMatch(message);
      expect(status).toBe(2);
    },
  );

  it('names line, key and remedy of a configuration that does not hold', () => {
    const config = file('bad.yaml', 'clusters:\n  - name: a\n    kubconfig: x\n');
    const { status, stderr } = sealwatch(['scan', '--config', config]);
    expect(stderr).toContain(`${config}:3: clusters[0].kubconfig: is not a known key`);
    expect(status).toBe(2);
  });

  it('calls an image inconclusive, never unsigned, when its registry cannot be reached', () => {
    const { stdout, status } = sealwatch([
      'scan',
      '--pods',
      pods,
      '-o',
      'ndjson',
      '--quiet',
      '--fail-on',
      'unsigned,inconclusive',
    ]);
    const findings = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(findings.map(({ kind, reason }) => [kind, reason])).toEqual(
      expect.arrayContaining([
        ['inconclusive', 'registry-unreachable'],
        ['tag-pinned', 'tag-latest'],
      ]),
    );
    expect(findings.map(({ kind }) => kind)).not.toContain('unsigned');
    expect(status).toBe(3);
  });

  it('exits with 1 for a finding that is named', () => {
    expect(sealwatch(['scan', '--pods', pods, '--quiet', '--fail-on', 'tag-pinned']).status).toBe(
      1,
    );
  });

  it('writes a test case for every container as JUnit', () => {
    const { stdout } = sealwatch(['scan', '--pods', pods, '--quiet', '-o', 'junit']);
    expect(stdout.match(/<testcase/g)).toHaveLength(1);
    expect(stdout).toContain('type="registry-unreachable"');
  });

  it('says what is wrong with a source and goes on', () => {
    const config = file(
      'two.yaml',
      `clusters:\n  - { name: broken, kubeconfig: ./none }\n  - { name: saved, pods: ${pods} }\n`,
    );
    const { stdout, stderr, status } = sealwatch(['scan', '--config', config, '--quiet']);
    expect(stderr).toMatch(/cluster broken: kubeconfig .*none does not exist/);
    expect(stdout).toContain('1 running containers');
    expect(status).toBe(0);
    expect(stdout).toContain('leaving out what could not be read');
  });

  it.each([
    ['policies', ['--policy', 'broken.yaml', '--pods', pods]],
    ['workloads', ['--policy', 'none.yaml', '--manifests', 'workloads']],
  ])('tests no policy against files with %s that it cannot read', (_, parameters) => {
    mkdirSync(path.join(dir, 'workloads'), { recursive: true });
    file('broken.yaml', 'kind: [');
    file('workloads/broken.yaml', 'kind: [');
    file(
      'none.yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: none, namespace: shop }\n',
    );
    const { status, stderr } = sealwatch(['policy', 'test', '--offline', ...parameters]);
    expect(stderr).toMatch(/broken\.yaml is not valid YAML in line 1/);
    expect(status).toBe(2);
  });
});
