import type { CosignLayer } from '#lib/lab/signing/cosign-layer.ts';
import type { NotationEnvelope } from '#lib/lab/signing/notation-envelope.ts';
import type { SignedBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import type { Digest } from '#lib/model/digest.ts';
import { type Descriptor, mediaTypes } from '#lib/model/manifest.ts';
import { contentOf, describe, json } from './image-content.ts';

/** Where content goes: one registry. */
export interface ContentSink {
  readonly putBlob: (repository: string, bytes: Uint8Array) => Digest;
  readonly putManifest: (
    repository: string,
    reference: string | undefined,
    mediaType: string,
    bytes: Uint8Array,
  ) => Digest;
}

/** The manifest to which something is attached. */
export type Subject = Pick<Descriptor, 'mediaType' | 'size'> & { readonly digest: Digest };

/** The tag under which cosign looks beside a digest: `sha256-<hex>` with `.sig`, `.att` or nothing. */
export const digestTag = (subject: Digest, suffix: '.sig' | '.att' | '.sbom' | ''): string =>
  `${subject.replace(':', '-')}${suffix}`;

/** Writes a `.sig` or `.att` manifest that holds all the layers. */
export function attachLayers(
  sink: ContentSink,
  repository: string,
  subject: Subject,
  suffix: '.sig' | '.att',
  layers: readonly CosignLayer[],
): void {
  const config = json({
    architecture: '',
    os: '',
    config: {},
    rootfs: {
      type: 'layers',
      diff_ids: layers.map(({ blob }) => contentOf(Buffer.from(blob)).digest),
    },
  });
  sink.putBlob(repository, config.bytes);
  const manifest = json({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: describe(config, 'application/vnd.oci.image.config.v1+json'),
    layers: layers.map(({ mediaType, blob, annotations }) => {
      sink.putBlob(repository, blob);
      return { ...describe(contentOf(Buffer.from(blob)), mediaType), annotations };
    }),
  });
  sink.putManifest(
    repository,
    digestTag(subject.digest, suffix),
    mediaTypes.ociManifest,
    manifest.bytes,
  );
}

/** Writes an unsigned `.sbom` attachment. */
export function attachSbom(sink: ContentSink, repository: string, subject: Subject): void {
  const mediaType = 'text/spdx+json';
  const sbom = json({ spdxVersion: 'SPDX-2.3', name: repository, packages: [] });
  const config = json({});
  sink.putBlob(repository, sbom.bytes);
  sink.putBlob(repository, config.bytes);
  const manifest = json({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: describe(config, 'application/vnd.oci.image.config.v1+json'),
    layers: [describe(sbom, mediaType)],
  });
  const tag = digestTag(subject.digest, '.sbom');
  sink.putManifest(repository, tag, mediaTypes.ociManifest, manifest.bytes);
}

/** Writes one referrer into a registry with the referrers API. */
export function attachReferrer(
  sink: ContentSink,
  repository: string,
  subject: Subject,
  artifactType: string,
  layers: readonly CosignLayer[],
): void {
  const empty = contentOf(Buffer.from('{}'));
  sink.putBlob(repository, empty.bytes);
  const manifest = json({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType,
    config: describe(empty, 'application/vnd.oci.empty.v1+json'),
    layers: layers.map(({ mediaType, blob, annotations }) => {
      sink.putBlob(repository, blob);
      return { ...describe(contentOf(Buffer.from(blob)), mediaType), annotations };
    }),
    subject,
  });
  sink.putManifest(repository, undefined, mediaTypes.ociManifest, manifest.bytes);
}

/** Writes a Notation signature as a referrer. */
export function attachNotation(
  sink: ContentSink,
  repository: string,
  subject: Subject,
  { mediaType, bytes, thumbprints }: NotationEnvelope,
): void {
  const config = contentOf(Buffer.from('{}'));
  sink.putBlob(repository, config.bytes);
  sink.putBlob(repository, bytes);
  const manifest = json({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: describe(config, mediaTypes.notation),
    layers: [describe(contentOf(Buffer.from(bytes)), mediaType)],
    subject,
    annotations: { 'io.cncf.notary.x509chain.thumbprint#S256': JSON.stringify(thumbprints) },
  });
  sink.putManifest(repository, undefined, mediaTypes.ociManifest, manifest.bytes);
}

/**
 * Writes bundles as referrers. A registry without the referrers API gets the fallback tag that
 * clients maintain, with the `artifactType` that cosign's writer puts there: that of the empty config.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
 */
export function attachBundles(
  sink: ContentSink,
  repository: string,
  subject: Subject,
  bundles: readonly SignedBundle[],
  referrersApi: boolean,
): void {
  const empty = contentOf(Buffer.from('{}'));
  const emptyType = 'application/vnd.oci.empty.v1+json';
  sink.putBlob(repository, empty.bytes);
  const manifests = bundles.map(({ mediaType, bytes, predicateType }) => {
    sink.putBlob(repository, bytes);
    const manifest = json({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType: mediaType,
      config: describe(empty, emptyType),
      layers: [describe(contentOf(Buffer.from(bytes)), mediaType)],
      subject,
      annotations: {
        'dev.sigstore.bundle.content': 'dsse-envelope',
        'dev.sigstore.bundle.predicateType': predicateType,
        'org.opencontainers.image.created': '2026-11-02T08:00:00Z',
      },
    });
    sink.putManifest(repository, undefined, mediaTypes.ociManifest, manifest.bytes);
    return { ...describe(manifest, mediaTypes.ociManifest), artifactType: emptyType };
  });
  if (referrersApi) return;
  const index = json({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
  sink.putManifest(repository, digestTag(subject.digest, ''), mediaTypes.ociIndex, index.bytes);
}
