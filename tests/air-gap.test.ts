import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerListRow } from '#lib/contract/workloads.ts';
import { type Lab, runLab } from '#lib/lab/run-lab.ts';
import { type NotaryServer, startNotaryServer } from './builders/notary-server.ts';
import { startTufMirror, type TufMirror } from './builders/tuf-mirror.ts';

const main = path.resolve(import.meta.dirname, '../lib/cli/main.ts');
const watch = path.resolve(import.meta.dirname, 'air-gap/watch-connections.mjs');
const run = promisify(execFile);

let dir: string;
let lab: Lab;
let notary: NotaryServer;
let mirror: TufMirror;
let allowed: readonly string[];

/** Loopback addresses in a text: those of the lab's registries and clusters. */
const addressesIn = (text: string): readonly string[] => [
  ...new Set(text.match(/127[.]0[.]0[.]1:\d+/g)),
];

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-air-gap-'));
  lab = await runLab({ dir, seed: 11 });
  const config = await readFile(lab.configPath, 'utf8');
  const kubeconfig = await readFile(path.join(dir, 'kubeconfig'), 'utf8');
  // The lab's trust server stands in the configuration too, and is not among those asked.
  allowed = [...addressesIn(config), ...addressesIn(kubeconfig)].filter(
    (address) => !lab.urls.notary.endsWith(address),
  );
  notary = await startNotaryServer();
  mirror = await startTufMirror('{}');
  await writeFile(path.join(dir, 'tuf-root.json'), mirror.root);
  await writeFile(
    path.join(dir, 'air-gap.yaml'),
    config
      .replace(
        'contentTrust:\n',
        [
          'offline: true',
          'contentTrust:',
          `  - { name: legacy, images: ['**/unpinned/**'], server: '${notary.url}' }`,
          '',
        ].join('\n'),
      )
      .replace(
        'trustRoots:\n',
        [
          'trustRoots:',
          `  - { name: mirrored, tuf: { mirror: '${mirror.url}', root: ./tuf-root.json } }`,
          '  - { name: github, tuf: { mirror: https://tuf-repo.github.com } }',
          '',
        ].join('\n'),
      ),
  );
}, 120_000);

afterAll(async () => {
  await lab.close();
  await notary.close();
  await mirror.close();
  await rm(dir, { recursive: true, force: true });
});

/** Runs the command line where nothing but the named addresses can be reached. */
async function inAirGap(parameters: readonly string[], reachable: readonly string[] = allowed) {
  const log = path.join(dir, `attempts-${Math.random()}`);
  const answer = await run(process.execPath, ['--import', watch, main, ...parameters], {
    maxBuffer: 64 * 1024 * 1024,
    cwd: dir,
    env: {
      ...process.env,
      SEALWATCH_DATA_DIR: path.join(dir, 'data'),
      AIR_GAP_ALLOWED: reachable.join(','),
      AIR_GAP_LOG: log,
    },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  const attempts = existsSync(log) ? (await readFile(log, 'utf8')).trim().split('\n') : [];
  return { ...answer, attempts };
}

interface Report {
  readonly counts: { readonly counts: Record<string, number> };
  readonly containers: readonly ContainerListRow[];
}

let report: Report;
const config = () => path.join(dir, 'air-gap.yaml');

/** What is planted, but that nothing is known of images whose trust server is pinned and not asked. */
function expectedCounts(): Record<string, number> {
  const counts: Record<string, number> = { ...lab.manifest().counts.running };
  const move = (status: string, by: number) => {
    counts[status] = (counts[status] ?? 0) + by;
  };
  for (const { declared, pods, status } of lab.manifest().containers)
    if (pods > 0 && declared.startsWith('mirror.acme.example/classic/')) {
      move(status, -1);
      move('inconclusive', 1);
    }
  return counts;
}

/** An image of the lab that came out like this. */
const imageThatIs = (status: string): string => {
  const row = report.containers.find((one) => one.status === status && one.digest !== null);
  return `${row?.registry}/${row?.repository}@${row?.digest}`;
};

describe('in an air gap', () => {
  it('a scan with pinned roots finds all that is planted, and asks declared registries and clusters only', async () => {
    const { stdout, attempts } = await inAirGap([
      ...['scan', '--config', config(), '-o', 'json', '--quiet'],
    ]);
    expect(attempts).toEqual([]);
    expect([...notary.asked, ...mirror.asked]).toEqual([]);
    report = JSON.parse(stdout) as Report;
    expect(report.counts.counts).toMatchObject(expectedCounts());
  }, 120_000);

  it('the watch itself sees an attempt', async () => {
    const { attempts } = await inAirGap(
      ['verify', '-o', 'json', 'registry.example.invalid/team/app:v1'],
      [],
    );
    expect(attempts.join('\n')).toContain('registry.example.invalid');
  });

  it('verify --offline asks the registry that was named, and finds what is signed', async () => {
    const { stdout, attempts, code } = await inAirGap([
      ...['verify', '--offline', '--config', config(), '-o', 'json', imageThatIs('verified')],
    ]);
    expect(attempts).toEqual([]);
    expect({ code, status: JSON.parse(stdout).status }).toEqual({ code: 0, status: 'verified' });
  }, 60_000);

  it('verify --offline asks no trust server, and calls what is pinned there inconclusive', async () => {
    const { stdout, attempts, code } = await inAirGap([
      ...['verify', '--offline', '--config', config(), '-o', 'json'],
      ...['--notary-server', notary.url, '--notary-root-key', 'ab'.repeat(32)],
      imageThatIs('unsigned'),
    ]);
    expect([...attempts, ...notary.asked]).toEqual([]);
    const { status, reason } = JSON.parse(stdout);
    expect({ code, status, reason }).toEqual({
      code: 3,
      status: 'inconclusive',
      reason: 'egress-blocked',
    });
  }, 60_000);

  it('an image of a registry that nobody declared is inconclusive, without a connection', async () => {
    await mkdir(path.join(dir, 'one'));
    await writeFile(
      path.join(dir, 'one', 'deployment.yaml'),
      deploymentOf('ghcr.io/stranger/app:v1'),
    );
    const alone = path.join(dir, 'alone.yaml');
    await writeFile(alone, 'offline: true\nclusters:\n  - { name: files, manifests: ./one }\n');
    const { stdout, attempts } = await inAirGap(
      ['scan', '--config', alone, '-o', 'json', '--quiet'],
      [],
    );
    expect(attempts).toEqual([]);
    const { containers } = JSON.parse(stdout) as Report;
    expect(containers.map(({ status }) => status)).toEqual(['inconclusive']);
  }, 60_000);

  it('verify-bundle of files asks nobody', async () => {
    await writeFile(path.join(dir, 'bundle.json'), '{}');
    const { attempts, code } = await inAirGap(
      [
        ...[
          'verify-bundle',
          path.join(dir, 'bundle.json'),
          '--digest',
          `sha256:${'ab'.repeat(32)}`,
        ],
        ...['--certificate-identity', 'a', '--certificate-oidc-issuer', 'b'],
      ],
      [],
    );
    expect({ attempts, code }).toEqual({ attempts: [], code: 1 });
  });
});

const deploymentOf = (image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: one, namespace: default }
spec:
  selector: { matchLabels: { app: one } }
  template:
    metadata: { labels: { app: one } }
    spec:
      containers: [{ name: app, image: '${image}' }]
`;
