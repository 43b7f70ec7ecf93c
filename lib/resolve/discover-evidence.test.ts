import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import type { RegistryClient } from '#lib/adapters/registry/registry-reader.ts';
import { type LabRegistry, startLabRegistry } from '#lib/lab/registry/registry-server.ts';
import { digest } from '#lib/model/digest.ts';
import { limits } from '#lib/model/limits.ts';
import { type Descriptor, mediaTypes } from '#lib/model/manifest.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import {
  aSigner,
  attachBundle,
  attachSignature,
  bundleType,
  emptyType,
  openReader,
  pushImage,
  pushManifest,
} from '#tests/builders/registry.ts';
import { discoverEvidence } from './discover-evidence.ts';

const repository = 'team/app';
const bundle = Buffer.from('{"mediaType":"a bundle"}');
const other = digest(`sha256:${'b'.repeat(64)}`);

let lab: LabRegistry;
let reader: RegistryClient;
let http: GuardedClient;
let image: Subject;

async function start(referrersApi: boolean): Promise<void> {
  lab = await startLabRegistry({ name: 'registry.example', referrersApi, auth: 'none' });
  ({ reader, http } = openReader([{ host: lab.name, endpoint: lab.url }]));
  image = pushImage(lab, repository);
}
const stop = () => Promise.all([http.close(), lab.close()]);

beforeEach(() => start(true));
afterEach(stop);

const tagOf = (suffix: string): string => `${image.digest.replace(':', '-')}${suffix}`;
const kindsAndPlaces = async () =>
  (await discoverEvidence(reader, image)).evidence
    .map(({ kind, sources }) => [kind, ...sources.map(({ place }) => place)])
    .sort();

describe('discoverEvidence', () => {
  it('finds nothing beside an unsigned image, and may say so', async () => {
    const discovery = await discoverEvidence(reader, image);
    expect(discovery).toMatchObject({
      subject: image.digest,
      registry: lab.name,
      repository,
      evidence: [],
      complete: true,
      mediaType: mediaTypes.ociManifest,
    });
    expect(discovery.places.map(({ place, outcome, found }) => [place, outcome, found])).toEqual([
      ['referrers-api', 'searched', 0],
      ['referrers-tag', 'searched', 0],
      ['signature-tag', 'searched', 0],
      ['attestation-tag', 'searched', 0],
      ['sbom-tag', 'searched', 0],
    ]);
  });

  it('claims nothing about an image that the registry does not show', async () => {
    attachSignature(lab, { ...image, digest: other }, aSigner());
    const discovery = await discoverEvidence(reader, { ...image, digest: other });
    expect(discovery).toMatchObject({ evidence: [], complete: false });
    expect(new Set(discovery.places.map(({ reason }) => reason))).toEqual(
      new Set(['registry-not-found']),
    );
  });

  it('needs no more than seven requests for a signed image', async () => {
    attachBundle(lab, image, bundle);
    await discoverEvidence(reader, image);
    expect(lab.requests).toHaveLength(7);
    expect(lab.requests.filter(({ path }) => path.endsWith('.sbom'))).toEqual([]);

    const legacy = pushImage(lab, 'team/legacy');
    attachSignature(lab, legacy, aSigner());
    lab.resetRequests();
    await discoverEvidence(reader, legacy);
    expect(lab.requests).toHaveLength(6);
  });

  it('finds the same through the fallback tag where there is no referrers API', async () => {
    attachBundle(lab, image, bundle);
    const found = await discoverEvidence(reader, image);
    await stop();
    await start(false);
    attachBundle(lab, image, bundle);
    const fallback = await discoverEvidence(reader, image);
    expect(fallback.evidence.map(({ id }) => id)).toEqual(found.evidence.map(({ id }) => id));
    expect(fallback.places[0]?.outcome).toBe('unsupported');
    expect(fallback).toMatchObject({ complete: true });
    expect(await kindsAndPlaces()).toEqual([['sigstore-bundle', 'referrers-tag']]);
  });

  it('merges what lies in several places, and reads it once', async () => {
    const referrer = attachBundle(lab, image, bundle);
    const index = { schemaVersion: 2, manifests: [described(referrer)] };
    lab.putManifest(repository, tagOf(''), mediaTypes.ociIndex, Buffer.from(JSON.stringify(index)));
    expect(await kindsAndPlaces()).toEqual([['sigstore-bundle', 'referrers-api', 'referrers-tag']]);
    expect(lab.requests.filter(({ path }) => path.endsWith(referrer))).toHaveLength(1);
  });

  it('looks into a referrer whatever its descriptor says it is', async () => {
    await stop();
    await start(false);
    const referrer = attachBundle(lab, image, bundle);
    const index = { manifests: [{ ...described(referrer), artifactType: emptyType }] };
    lab.putManifest(repository, tagOf(''), mediaTypes.ociIndex, Buffer.from(JSON.stringify(index)));
    expect(await kindsAndPlaces()).toEqual([['sigstore-bundle', 'referrers-tag']]);
  });

  it('discards a referrer that is about another digest, and says so', async () => {
    const foreign = attachBundle(lab, { ...image, digest: other }, bundle);
    const index = { manifests: [described(foreign)] };
    lab.putManifest(repository, tagOf(''), mediaTypes.ociIndex, Buffer.from(JSON.stringify(index)));
    const discovery = await discoverEvidence(reader, image);
    expect(discovery).toMatchObject({
      evidence: [],
      complete: true,
      warnings: [{ reason: 'subject-mismatch', detail: expect.stringContaining(other) }],
    });
  });

  it('reads every layer of a legacy signature as an item of its own', async () => {
    const [first, second] = [aSigner().layerFor(image), aSigner().layerFor(image)];
    pushManifest(lab, repository, tagOf('.sig'), [first, second]);
    const { evidence, places } = await discoverEvidence(reader, image);
    expect(evidence).toMatchObject([
      { kind: 'cosign-signature', annotations: { signature: signatureOf(first) } },
      { kind: 'cosign-signature', annotations: { signature: signatureOf(second) } },
    ]);
    expect(new Set(evidence.map(({ id }) => id)).size).toBe(2);
    expect(places[2]).toMatchObject({ place: 'signature-tag', found: 2 });
  });

  it('hands the annotations of cosign on as they are written', async () => {
    const layer = {
      mediaType: mediaTypes.dsse,
      bytes: Buffer.from('{"payload":""}'),
      annotations: {
        'dev.cosignproject.cosign/signature': '',
        'dev.sigstore.cosign/certificate': 'leaf',
        'dev.sigstore.cosign/chain': 'chain',
        'dev.sigstore.cosign/bundle': '{}',
        'dev.sigstore.cosign/rfc3161timestamp': '{"t":1}',
        predicateType: 'ignored',
      },
    };
    pushManifest(lab, repository, tagOf('.att'), [layer]);
    expect((await discoverEvidence(reader, image)).evidence).toMatchObject([
      {
        kind: 'cosign-attestation',
        envelope: layer.bytes,
        annotations: {
          signature: '',
          certificate: 'leaf',
          chain: 'chain',
          rekorBundle: '{}',
          timestamp: '{"t":1}',
        },
      },
    ]);
  });

  it.each([
    ['bundles of the first versions', bundleType.replace('.v0.3', ''), {}, 'sigstore-bundle'],
    [
      'bundles of version 0.1',
      'application/vnd.dev.sigstore.bundle+json;version=0.1',
      {},
      'sigstore-bundle',
    ],
    [
      'signatures of cosign in the OCI 1.1 layout',
      mediaTypes.simpleSigning,
      { artifactType: mediaTypes.cosignOci11 },
      'cosign-signature',
    ],
    [
      'Notation by artifact type',
      mediaTypes.notationJws,
      { artifactType: mediaTypes.notation },
      'notation',
    ],
    ['plain in-toto statements', mediaTypes.inToto, {}, 'unsigned-attachment'],
    ['SBOMs', 'application/spdx+json', {}, 'unsigned-attachment'],
  ])('recognises %s', async (_, mediaType, members, kind) => {
    pushManifest(lab, repository, undefined, [{ mediaType, bytes: Buffer.from('{}') }], {
      ...members,
      subject: described(image.digest),
    });
    expect(await kindsAndPlaces()).toEqual([[kind, 'referrers-api']]);
  });

  it('recognises Notation by its config, and one with two layers as unreadable', async () => {
    const config = {
      mediaType: mediaTypes.notation,
      digest: lab.putBlob(repository, Buffer.from('{}')),
      size: 2,
    };
    const layer = { mediaType: mediaTypes.notationCose, bytes: Buffer.from('cose') };
    const members = { config, subject: described(image.digest) };
    pushManifest(lab, repository, undefined, [layer], members);
    expect((await discoverEvidence(reader, image)).evidence).toMatchObject([
      { kind: 'notation', mediaType: mediaTypes.notationCose, envelope: layer.bytes },
    ]);
    pushManifest(lab, repository, undefined, [layer, layer], members);
    expect((await discoverEvidence(reader, image)).evidence).toMatchObject([
      { kind: 'notation' },
      { kind: 'unreadable', reason: 'manifest-malformed' },
    ]);
  });

  it('keeps an item apart from the same blob listed as something else', async () => {
    attachBundle(lab, image, bundle);
    pushManifest(lab, repository, undefined, [{ mediaType: bundleType, bytes: bundle }], {
      artifactType: mediaTypes.notation,
      subject: described(image.digest),
    });
    expect((await kindsAndPlaces()).map(([kind]) => kind)).toEqual(['notation', 'sigstore-bundle']);
  });

  it('tells the platforms of an index, without the attestations of BuildKit', async () => {
    const child = (platform: object, annotations?: object) => ({
      ...described(pushImage(lab, repository, `child-${JSON.stringify(platform).length}`).digest),
      platform,
      ...(annotations && { annotations }),
    });
    const index = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [
        child({ os: 'linux', architecture: 'amd64' }),
        child({ os: 'linux', architecture: 'arm64', variant: 'v8' }),
        child(
          { os: 'unknown', architecture: 'unknown' },
          { 'vnd.docker.reference.type': 'attestation-manifest' },
        ),
      ],
    };
    const bytes = Buffer.from(JSON.stringify(index));
    const subject = {
      ...image,
      digest: lab.putManifest(repository, 'multi', mediaTypes.ociIndex, bytes),
    };
    const discovery = await discoverEvidence(reader, subject);
    expect(discovery).toMatchObject({ mediaType: mediaTypes.ociIndex, complete: true });
    expect(discovery.platforms?.map(({ platform }) => platform)).toEqual([
      'linux/amd64',
      'linux/arm64/v8',
    ]);
  });

  it('keeps so many platforms of an index and says that there are more', async () => {
    const manifests = Array.from({ length: limits.platforms + 1 }, (_, index) => ({
      ...described(`sha256:${index.toString(16).padStart(64, '0')}`),
      platform: { os: 'linux', architecture: `cpu${index}` },
    }));
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }));
    const digestOfIndex = lab.putManifest(repository, 'wide', mediaTypes.ociIndex, bytes);
    const discovery = await discoverEvidence(reader, { ...image, digest: digestOfIndex });
    expect(discovery.platforms).toHaveLength(limits.platforms);
    expect(discovery.warnings).toMatchObject([{ reason: 'limit-exceeded' }]);
  });

  it('ignores a fallback tag that is no index, and warns', async () => {
    pushManifest(lab, repository, tagOf(''), []);
    expect(await discoverEvidence(reader, image)).toMatchObject({
      evidence: [],
      complete: true,
      warnings: [{ reason: 'manifest-malformed' }],
    });
  });
});

const described = (key: string): Descriptor => ({
  mediaType: mediaTypes.ociManifest,
  digest: key,
  size: 1,
});

const signatureOf = ({
  annotations,
}: {
  readonly annotations?: Readonly<Record<string, string>>;
}) => annotations?.['dev.cosignproject.cosign/signature'];
