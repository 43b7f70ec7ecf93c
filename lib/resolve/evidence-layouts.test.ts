import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import type { RegistryClient } from '#lib/adapters/registry/registry-reader.ts';
import { type LabRegistry, startLabRegistry } from '#lib/lab/registry/registry-server.ts';
import type { Digest } from '#lib/model/digest.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import type { Elsewhere } from '#lib/ports/registry.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import {
  aSigner,
  attachSignature,
  type Layer,
  openReader,
  pushImage,
  pushManifest,
} from '#tests/builders/registry.ts';
import { discoverEvidence } from './discover-evidence.ts';

const repository = 'team/app';
const inToto = mediaTypes.inToto;

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
const subjectOf = (digest: Digest) => ({ mediaType: mediaTypes.ociManifest, digest, size: 1 });
const statement = (type: string): Layer => ({
  mediaType: inToto,
  bytes: Buffer.from(JSON.stringify({ predicateType: type })),
  annotations: { 'in-toto.io/predicate-type': type },
});

describe('signatures that cosign wrote as referrers in its experiment', () => {
  it('are all found, not only the last one', async () => {
    for (const signer of [aSigner(), aSigner(), aSigner()])
      pushManifest(lab, repository, undefined, [signer.layerFor(image)], {
        artifactType: mediaTypes.cosignOci11,
        subject: subjectOf(image.digest),
      });
    const { evidence, complete } = await discoverEvidence(reader, image);
    expect(evidence.map(({ kind }) => kind)).toEqual(Array(3).fill('cosign-signature'));
    expect(evidence.flatMap(({ sources }) => sources.map(({ place }) => place))).toEqual(
      Array(3).fill('referrers-api'),
    );
    expect(complete).toBe(true);
  });
});

describe('a repository that holds signatures of other ones', () => {
  const vault: Elsewhere = {
    kind: 'repository',
    registry: 'registry.example',
    repository: 'security/signatures',
  };
  const inVault = () => ({ ...image, repository: vault.repository });

  it('is searched beside that of the image, and named', async () => {
    attachSignature(lab, inVault(), aSigner());
    attachSignature(lab, image, aSigner());
    const { evidence, places } = await discoverEvidence(reader, image, [vault]);
    expect(evidence.map(({ sources }) => sources.map((source) => source.repository))).toEqual([
      ['team/app'],
      ['security/signatures'],
    ]);
    expect(
      places
        .filter(({ place }) => place === 'signature-tag')
        .map(({ repository: where, found }) => [where, found]),
    ).toEqual([
      ['registry.example/team/app', 1],
      ['registry.example/security/signatures', 1],
    ]);
  });

  it('is one item where both hold the same signature', async () => {
    const signer = aSigner();
    const layer = signer.layerFor(image);
    pushManifest(lab, repository, tagOf('.sig'), [layer]);
    pushManifest(lab, vault.repository, tagOf('.sig'), [layer]);
    const { evidence } = await discoverEvidence(reader, image, [vault]);
    expect(evidence).toHaveLength(1);
    expect(evidence[0]?.sources).toHaveLength(2);
  });

  it('is not believed to be empty when it is hidden or gone', async () => {
    const { complete, places } = await discoverEvidence(reader, image, [vault]);
    expect(complete).toBe(false);
    expect(places.filter(({ outcome }) => outcome === 'failed')).toMatchObject(
      Array(4).fill({
        repository: 'registry.example/security/signatures',
        reason: 'registry-not-found',
      }),
    );
  });

  it('may hold nothing for this image', async () => {
    pushImage(lab, vault.repository);
    const { complete, evidence } = await discoverEvidence(reader, image, [vault]);
    expect([complete, evidence]).toEqual([true, []]);
  });

  it('is not asked twice when it is that of the image', async () => {
    const own: Elsewhere = { kind: 'repository', registry: lab.name, repository };
    const { places } = await discoverEvidence(reader, image, [own]);
    expect(places.filter(({ place }) => place === 'signature-tag')).toHaveLength(1);
  });

  it('N13: may list a referrer that is about another digest, which is discarded', async () => {
    pushImage(lab, vault.repository);
    const other = pushImage(lab, repository, 'v2');
    const foreign = pushManifest(lab, vault.repository, undefined, [aSigner().layerFor(other)], {
      subject: subjectOf(other.digest),
    });
    const index = { manifests: [{ mediaType: mediaTypes.ociManifest, digest: foreign, size: 1 }] };
    const bytes = Buffer.from(JSON.stringify(index));
    lab.putManifest(vault.repository, tagOf(''), mediaTypes.ociIndex, bytes);
    const { evidence, warnings } = await discoverEvidence(reader, image, [vault]);
    expect(evidence).toEqual([]);
    expect(warnings).toMatchObject([{ reason: 'subject-mismatch' }]);
  });
});

describe('a lookaside of GPG signatures', () => {
  it('that the operator named keeps an image from being called unsigned', async () => {
    const lookaside: Elsewhere = { kind: 'lookaside', url: 'https://lookaside.example/sigstore' };
    const { complete, places } = await discoverEvidence(reader, image, [lookaside]);
    expect(complete).toBe(false);
    expect(places.at(-1)).toMatchObject({
      place: 'lookaside',
      repository: 'https://lookaside.example/sigstore',
      outcome: 'failed',
      reason: 'unsupported-format',
      retryable: false,
    });
  });
});

describe('what nobody signed', () => {
  it('N14: an .sbom tag is named by its type where nothing else is', async () => {
    const layer = { mediaType: 'text/spdx+json', bytes: Buffer.from('{}') };
    pushManifest(lab, repository, tagOf('.sbom'), [layer]);
    expect((await discoverEvidence(reader, image)).evidence).toMatchObject([
      { kind: 'unsigned-attachment', mediaType: 'text/spdx+json' },
    ]);
    attachSignature(lab, image, aSigner());
    lab.resetRequests();
    await discoverEvidence(reader, image);
    expect(lab.requests.filter(({ path }) => path.endsWith('.sbom'))).toEqual([]);
  });

  it('N14: a plain in-toto referrer is named by what it claims to be', async () => {
    pushManifest(lab, repository, undefined, [statement('https://slsa.dev/provenance/v1')], {
      artifactType: inToto,
      subject: subjectOf(image.digest),
    });
    expect((await discoverEvidence(reader, image)).evidence).toMatchObject([
      { kind: 'unsigned-attachment', claimedType: 'https://slsa.dev/provenance/v1' },
    ]);
  });

  describe('N14: in an index that BuildKit wrote', () => {
    const child = (digest: Digest, members: object) => ({
      mediaType: mediaTypes.ociManifest,
      digest,
      size: 1,
      ...members,
    });
    function pushIndex(attestations: readonly Digest[]): Subject {
      const bytes = Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: mediaTypes.ociIndex,
          manifests: [
            child(image.digest, { platform: { os: 'linux', architecture: 'amd64' } }),
            ...attestations.map((digest) =>
              child(digest, {
                platform: { os: 'unknown', architecture: 'unknown' },
                annotations: {
                  'vnd.docker.reference.type': 'attestation-manifest',
                  'vnd.docker.reference.digest': image.digest,
                },
              }),
            ),
          ],
        }),
      );
      const digest = lab.putManifest(repository, 'multi', mediaTypes.ociIndex, bytes);
      return { ...image, digest };
    }
    const pushAttestations = () =>
      pushManifest(lab, repository, undefined, [
        statement('https://spdx.dev/Document'),
        statement('https://slsa.dev/provenance/v0.2'),
      ]);

    it('is named by type, no platform of the image, and no evidence', async () => {
      const index = pushIndex([pushAttestations()]);
      const found = await discoverEvidence(reader, index);
      expect(found.platforms).toEqual([{ platform: 'linux/amd64', digest: image.digest }]);
      expect(found.evidence).toMatchObject([
        { kind: 'unsigned-attachment', claimedType: 'https://spdx.dev/Document' },
        { kind: 'unsigned-attachment', claimedType: 'https://slsa.dev/provenance/v0.2' },
      ]);
      expect(found.places.at(-1)).toMatchObject({ place: 'image-index', found: 2 });
      expect(found.complete).toBe(true);
    });

    it('is told from the index alone where it cannot be had', async () => {
      const gone = `sha256:${'d'.repeat(64)}` as Digest;
      const found = await discoverEvidence(reader, pushIndex([gone]));
      expect(found.evidence).toMatchObject([
        { kind: 'unsigned-attachment', claimedType: 'attestation-manifest' },
      ]);
      expect(found.complete).toBe(true);
    });
  });
});
