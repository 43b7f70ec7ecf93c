import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import type { RegistryClient } from '#lib/adapters/registry/registry-reader.ts';
import { type LabRegistry, startLabRegistry } from '#lib/lab/registry/registry-server.ts';
import { digest } from '#lib/model/digest.ts';
import { limits } from '#lib/model/limits.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import {
  aSigner,
  bundleType,
  openReader,
  pushImage,
  pushManifest,
} from '#tests/builders/registry.ts';
import { discoverEvidence } from './discover-evidence.ts';

const repository = 'team/app';
const other = digest(`sha256:${'b'.repeat(64)}`);

let lab: LabRegistry;
let reader: RegistryClient;
let http: GuardedClient;
let image: Subject;

beforeEach(async () => {
  lab = await startLabRegistry({ name: 'registry.example', referrersApi: true, auth: 'none' });
  ({ reader, http } = openReader([{ host: lab.name, endpoint: lab.url }]));
  image = pushImage(lab, repository);
});
afterEach(() => Promise.all([http.close(), lab.close()]));

const tagOf = (suffix: string): string => `${image.digest.replace(':', '-')}${suffix}`;

describe('the limits of discovery', () => {
  it('N81: reads so many layers and bytes, says what is left, and keeps what it read', async () => {
    const layers = Array.from({ length: limits.signatureLayers + 5 }, () =>
      aSigner().layerFor(image),
    );
    pushManifest(lab, repository, tagOf('.sig'), layers);
    const discovery = await discoverEvidence(reader, image);
    expect(discovery.evidence).toHaveLength(limits.signatureLayers);
    expect(discovery.complete).toBe(false);
    expect(discovery.places[2]).toMatchObject({
      outcome: 'failed',
      reason: 'limit-exceeded',
      found: limits.signatureLayers,
    });
  });

  it('does not hold more bytes beside one digest than its budget', async () => {
    const size = limits.evidenceBytes;
    const layers = Array.from({ length: 5 }, (_, index) => ({
      mediaType: bundleType,
      digest: digest(`sha256:${String(index).repeat(64)}`),
      size,
    }));
    pushManifest(lab, repository, tagOf('.sig'), [], { layers });
    const { evidence } = await discoverEvidence(reader, image);
    const reasons = evidence.map((item) => (item.kind === 'unreadable' ? item.reason : item.kind));
    const whole = Math.floor(limits.evidenceTotalBytes / size);
    expect(reasons.filter((reason) => reason === 'limit-exceeded')).toHaveLength(5 - whole);
    expect(reasons.filter((reason) => reason === 'registry-not-found')).toHaveLength(whole);
  });

  it('N68 says so when a digest has more signatures than are read', async () => {
    const subject = { mediaType: mediaTypes.ociManifest, digest: image.digest, size: 2 };
    for (let index = 0; index <= limits.referrers; index++)
      pushManifest(
        lab,
        repository,
        undefined,
        [{ mediaType: mediaTypes.notationJws, bytes: Buffer.from(`{"n":${index}}`) }],
        { artifactType: mediaTypes.notation, subject },
      );
    const discovery = await discoverEvidence(reader, image);
    expect(discovery.evidence).toHaveLength(limits.referrers);
    expect(discovery.complete).toBe(false);
    expect(discovery.places[0]).toMatchObject({
      place: 'referrers-api',
      outcome: 'failed',
      reason: 'limit-exceeded',
    });
  });

  it('N81: reads no more than so many of the list under the fallback tag', async () => {
    const manifests = Array.from({ length: limits.referrers + 3 }, (_, index) => ({
      mediaType: mediaTypes.ociManifest,
      digest: `sha256:${index.toString(16).padStart(64, '0')}`,
      size: 2,
    }));
    const list = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }));
    lab.putManifest(repository, tagOf(''), mediaTypes.ociIndex, list);
    const discovery = await discoverEvidence(reader, image);
    expect(discovery.evidence).toHaveLength(limits.referrers);
    expect(discovery.complete).toBe(false);
    expect(discovery.places.find(({ place }) => place === 'referrers-tag')).toMatchObject({
      outcome: 'failed',
      reason: 'limit-exceeded',
    });
  });

  it('N80: refuses a layer that claims to be huge without asking for it', async () => {
    const huge = { mediaType: mediaTypes.simpleSigning, digest: other, size: 10_000_000_000 };
    pushManifest(lab, repository, tagOf('.sig'), [], { layers: [huge] });
    expect((await discoverEvidence(reader, image)).evidence).toMatchObject([
      { kind: 'unreadable', reason: 'limit-exceeded' },
    ]);
    expect(lab.requests.filter(({ path }) => path.includes('/blobs/'))).toEqual([]);
  });
});
