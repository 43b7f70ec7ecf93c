import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuardedClient, type GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { egressOf } from '#lib/adapters/registry/registry-options.ts';
import { createRegistryReader } from '#lib/adapters/registry/registry-reader.ts';
import { createTrustSource } from '#lib/adapters/trust/trust-source.ts';
import { readEnvironment } from '#lib/config/environment.ts';
import { discoverEvidence } from '#lib/resolve/discover-evidence.ts';
import { createFindElsewhere } from '#lib/scan/elsewhere.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { loadConfiguration } from '#lib/wiring/configuration.ts';
import type { Target } from './plan/plan.ts';
import { type Lab, runLab } from './run-lab.ts';

let dir: string;
let lab: Lab;
let http: GuardedClient;
let verdictOf: (target: Target) => Promise<string>;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-lab-'));
  lab = await runLab({ dir, seed: 3, clusters: 1, images: 1 });
  const { hosts, authorities, trustRoots, elsewhere } = loadConfiguration({
    ...readEnvironment({}),
    configPath: lab.configPath,
  });
  http = createGuardedClient(egressOf(hosts));
  const registry = createRegistryReader({ hosts, http });
  const trust = await createTrustSource({ roots: trustRoots, cacheDir: dir }).load();
  const material = prepareMaterial({ authorities, trustRoots: trust.roots });
  const findElsewhere = createFindElsewhere(elsewhere);
  verdictOf = async ({ host, repository, digest }) => {
    const subject = { registry: host, repository, digest };
    const places = findElsewhere(`${host}/${repository}`);
    const discovery = await discoverEvidence(registry, subject, places);
    const { verdict } = verifyImage(discovery, material, [], new Date());
    return [verdict.status, verdict.reason].filter(Boolean).join(' ');
  };
});
afterAll(async () => {
  await http.close();
  await lab.close();
  await rm(dir, { recursive: true, force: true });
});

describe('the lab', () => {
  it('gets the planned verdict for every image, read over HTTP and verified', async () => {
    const wrong: string[] = [];
    for (const image of lab.plan.images)
      for (const target of [image, ...image.children]) {
        const wanted = [target.expected.status, target.expected.reason].filter(Boolean).join(' ');
        const got = await verdictOf(target);
        const name = `${target.host}/${target.repository} (${image.recipe})`;
        if (got !== wanted) wrong.push(`${name}: planned ${wanted}, got ${got}`);
      }
    expect(wrong).toEqual([]);
  });
});
