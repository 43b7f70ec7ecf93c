import { createHash } from 'node:crypto';
import { type Digest, digest } from '#lib/model/digest.ts';
import { mediaTypes } from '#lib/model/manifest.ts';

/** Bytes with the digest that names them. */
export interface Content {
  readonly bytes: Buffer;
  readonly digest: Digest;
}

/** What one image is made of. */
export interface ImageContent {
  readonly manifest: Content;
  readonly mediaType: string;
  readonly blobs: readonly Content[];
  /** The platform manifests of an index. */
  readonly children: readonly (ImageContent & { readonly platform: string })[];
  /** What BuildKit would list in an index beside its platforms: statements that nobody signed. */
  readonly attestations: readonly ImageContent[];
}

/** What tells one image from another: the bytes, and so the digest, follow from it alone. */
export interface ImageSource {
  readonly repository: string;
  readonly version: string;
  /** Counts rebuilds of one version. */
  readonly build: number;
  readonly seed: number;
  /** `linux/amd64` and so on; more than one makes an index. */
  readonly platforms: readonly string[];
  /** True for an index that lists attestations of its platforms. */
  readonly attestations: boolean;
}

/** The content of an image: a manifest with a config and a layer, or an index of such manifests. */
export function imageContent(source: ImageSource): ImageContent {
  const children = source.platforms.map((platform) => ({
    platform,
    ...platformContent(source, platform),
  }));
  const [only] = children;
  if (children.length === 1 && only) return only;
  const attestations = source.attestations
    ? children.map(({ manifest }) => attestationContent(source, manifest))
    : [];
  const bytes = json({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [
      ...children.map(({ platform, manifest, mediaType }) => {
        const [os, architecture] = platform.split('/');
        return { ...describe(manifest, mediaType), platform: { os, architecture } };
      }),
      ...attestations.map(({ manifest, mediaType }, position) => ({
        ...describe(manifest, mediaType),
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: {
          'vnd.docker.reference.type': 'attestation-manifest',
          'vnd.docker.reference.digest': children[position]?.manifest.digest,
        },
      })),
    ],
    annotations: { 'org.opencontainers.image.version': source.version },
  });
  return { manifest: bytes, mediaType: mediaTypes.ociIndex, blobs: [], children, attestations };
}

/**
 * The attestation manifest that BuildKit writes for one platform.
 * @see https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
 */
function attestationContent(
  { repository, version }: ImageSource,
  { digest: subject }: Content,
): ImageContent {
  const statements = ['https://spdx.dev/Document', 'https://slsa.dev/provenance/v0.2'].map(
    (predicateType) => ({
      predicateType,
      content: json({
        _type: 'https://in-toto.io/Statement/v0.1',
        predicateType,
        subject: [{ name: `${repository}:${version}`, digest: { sha256: subject.slice(7) } }],
        predicate: {},
      }),
    }),
  );
  const config = json({ architecture: 'unknown', os: 'unknown', config: {}, rootfs: {} });
  const manifest = json({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: describe(config, 'application/vnd.oci.image.config.v1+json'),
    layers: statements.map(({ predicateType, content }) => ({
      ...describe(content, mediaTypes.inToto),
      annotations: { 'in-toto.io/predicate-type': predicateType },
    })),
  });
  return {
    manifest,
    mediaType: mediaTypes.ociManifest,
    blobs: [config, ...statements.map(({ content }) => content)],
    children: [],
    attestations: [],
  };
}

function platformContent(source: ImageSource, platform: string): ImageContent {
  const { repository, version, build, seed } = source;
  const [os, architecture] = platform.split('/');
  const layer = contentOf(
    Buffer.from(`layer of ${repository} ${version} #${build} ${platform} ${seed}\n`),
  );
  const config = json({
    architecture,
    os,
    config: { Labels: { 'org.opencontainers.image.version': version, build: String(build) } },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: describe(config, 'application/vnd.oci.image.config.v1+json'),
    layers: [describe(layer, 'application/vnd.oci.image.layer.v1.tar')],
  });
  const blobs = [config, layer];
  return { manifest, mediaType: mediaTypes.ociManifest, blobs, children: [], attestations: [] };
}

/** Bytes with their digest. */
export const contentOf = (bytes: Buffer): Content => ({
  bytes,
  digest: digest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`),
});

/** An OCI descriptor of the content. */
export const describe = ({ bytes, digest: name }: Content, mediaType: string) => ({
  mediaType,
  digest: name,
  size: bytes.length,
});

/** A value as JSON bytes with their digest. */
export const json = (value: unknown): Content => contentOf(Buffer.from(JSON.stringify(value)));
