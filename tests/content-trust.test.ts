import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LabRegistry, startLabRegistry } from '#lib/lab/registry/registry-server.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import { type NotaryServer, startNotaryServer } from './builders/notary-server.ts';
import { pushImage } from './builders/registry.ts';
import { aCollection, type CollectionPlan, writeTrustData } from './builders/trust-data.ts';

const main = path.resolve(import.meta.dirname, '../lib/cli/main.ts');
const gun = 'registry.example/team/app';

let dir: string;
let lab: LabRegistry;
let notary: NotaryServer;
let plan: CollectionPlan;
let signed: Subject;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-content-trust-'));
  lab = await startLabRegistry({
    name: 'registry.example',
    referrersApi: true,
    auth: 'none',
  });
  notary = await startNotaryServer();
  signed = pushImage(lab, 'team/app', 'v1');
  pushImage(lab, 'team/app', 'v2');
  const length = await sizeOf(signed);
  plan = await aCollection(gun, { v1: { digest: signed.digest, length } });
  notary.publish(writeTrustData(plan));
  await writeFile(
    path.join(dir, 'sealwatch.yaml'),
    `registries:
  - { host: registry.example, endpoint: '${lab.url}' }
contentTrust:
  - { name: legacy, images: ['registry.example/**'], server: '${notary.url}', insecure: true }
`,
  );
});

afterAll(async () => {
  await Promise.all([lab.close(), notary.close()]);
  await rm(dir, { recursive: true, force: true });
});

async function sizeOf({ repository, digest }: Subject): Promise<number> {
  const answer = await fetch(`${lab.url}/v2/${repository}/manifests/${digest}`);
  return (await answer.arrayBuffer()).byteLength;
}

async function verify(image: string, ...options: readonly string[]) {
  const { code, stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [main, 'verify', '-o', 'json', '--config', path.join(dir, 'sealwatch.yaml'), ...options, image],
    { env: { ...process.env, SEALWATCH_DATA_DIR: path.join(dir, 'data') } },
  ).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  if (stdout === '') throw new Error(stderr);
  return { code, verdict: JSON.parse(stdout) as ImageVerdict };
}

const pinned = () => [
  ...['--notary-server', notary.url, '--notary-root-key', plan.rootKeys[0]?.canonicalId ?? ''],
];

describe('sealwatch verify with Docker Content Trust', () => {
  it('verifies a tag under a pinned root key', async () => {
    const { code, verdict } = await verify(`${gun}:v1`, ...pinned());
    expect({ code, status: verdict.status }).toEqual({ code: 0, status: 'verified' });
    expect(verdict.evidence[0]?.trustData).toMatchObject({ gun, root: 'pinned' });
  });

  it('does not verify a tag that is not signed, nor a digest asked for as another tag', async () => {
    const { code, verdict } = await verify(`${gun}:v2`, ...pinned());
    expect({ code, status: verdict.status }).toEqual({ code: 1, status: 'unsigned' });
  });

  it('demands a delegation when told to, and does not fall back on targets', async () => {
    const demanded = [...pinned(), '--notary-delegation', 'targets/releases'];
    const { verdict } = await verify(`${gun}:v1`, ...demanded);
    expect(verdict).toMatchObject({ status: 'untrusted', reason: 'role-not-trusted' });
  });

  it('tells legacy trust data beside "unsigned" without a pinned key', async () => {
    const { code, verdict } = await verify(`${gun}@${signed.digest}`);
    expect({ code, status: verdict.status }).toEqual({ code: 1, status: 'unsigned' });
    expect(verdict.warnings).toMatchObject([{ reason: 'legacy-trust-data' }]);
    expect(verdict.places).toContainEqual(
      expect.objectContaining({ place: 'content-trust', outcome: 'searched' }),
    );
  });

  it('N84 is inconclusive when the trust server denies and a key is pinned', async () => {
    notary.fail(403);
    try {
      const asked = await verify(`${gun}:v1`, ...pinned());
      expect(asked.verdict).toMatchObject({ status: 'inconclusive', reason: 'registry-forbidden' });
      const legacy = await verify(`${gun}:v1`);
      expect(legacy.verdict).toMatchObject({ status: 'unsigned' });
      expect(legacy.verdict.warnings).toMatchObject([{ reason: 'registry-forbidden' }]);
    } finally {
      notary.fail(undefined);
    }
  });

  it('N91 remembers from one run to the next what it saw', async () => {
    notary.publish(writeTrustData({ ...plan, versions: { timestamp: 7 } }));
    expect((await verify(`${gun}:v1`, ...pinned())).verdict.status).toBe('verified');
    notary.publish(writeTrustData({ ...plan, versions: { timestamp: 6 } }));
    expect((await verify(`${gun}:v1`, ...pinned())).verdict).toMatchObject({
      status: 'invalid',
      reason: 'trust-data-rollback',
    });
  });
});
