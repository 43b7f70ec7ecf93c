import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '#lib/config/environment.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import { discoverEvidence } from '#lib/resolve/discover-evidence.ts';
import { createFindElsewhere } from '#lib/scan/elsewhere.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import { loadConfiguration } from '#lib/wiring/configuration.ts';
import { openWorld, type World } from '#lib/wiring/world.ts';
import type { Target } from './plan/plan.ts';
import { type Lab, runLab } from './run-lab.ts';
import { pkiIdentities } from './signing/signers.ts';

let dir: string;
let lab: Lab;
let world: World;
let verdictOf: (target: Target) => Promise<ImageVerdict>;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sealwatch-lab-'));
  lab = await runLab({ dir, seed: 3, clusters: 1, images: 1 });
  const environment = {
    ...readEnvironment({ SEALWATCH_DATA_DIR: dir }),
    configPath: lab.configPath,
  };
  const configuration = loadConfiguration(environment);
  const { authorities, elsewhere } = configuration;
  world = await openWorld(configuration, environment);
  const { registry, contentTrust } = world;
  const look = contentTrust && { reader: contentTrust };
  const trust = await world.trust.load();
  const material = prepareMaterial({ authorities, trustRoots: trust.roots });
  const findElsewhere = createFindElsewhere(elsewhere);
  verdictOf = async ({ host, repository, digest }) => {
    const subject = { registry: host, repository, digest };
    const places = findElsewhere(`${host}/${repository}`);
    const discovery = await discoverEvidence(registry, subject, places, look);
    return verifyImage(discovery, material, [], new Date()).verdict;
  };
});
afterAll(async () => {
  await world.close();
  await lab.close();
  await rm(dir, { recursive: true, force: true });
});

describe('the lab', () => {
  it('gets the planned verdict for every image, read over HTTP and verified', async () => {
    const wrong: string[] = [];
    for (const image of lab.plan.images)
      for (const target of [image, ...image.children]) {
        const wanted = [target.expected.status, target.expected.reason].filter(Boolean).join(' ');
        const { status, reason } = await verdictOf(target);
        const got = [status, reason].filter(Boolean).join(' ');
        const name = `${target.host}/${target.repository} (${image.recipe})`;
        if (got !== wanted) wrong.push(`${name}: planned ${wanted}, got ${got}`);
      }
    expect(wrong).toEqual([]);
  });

  it('timestamps what the private PKI signed, and logs none of it', async () => {
    const image = lab.plan.images.find(({ recipe }) => recipe === 'private-pki');
    const [signature] = (await verdictOf(image as Target)).evidence;
    expect(signature?.times.map(({ source }) => source)).toEqual(['rfc3161']);
    expect(signature?.signer).toMatchObject({ subject: pkiIdentities['treasury-release'] });
  });

  it('shows trust data whose root key nobody pinned beside "unsigned"', async () => {
    const image = lab.plan.images.find(({ recipe }) => recipe === 'content-trust-unpinned');
    const { warnings } = await verdictOf(image as Target);
    expect(warnings.map(({ reason }) => reason)).toEqual(['legacy-trust-data']);
  });
});
