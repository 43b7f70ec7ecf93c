import { z } from 'zod';

/** Media types we act on. Nothing else is parsed. */
export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  simpleSigning: 'application/vnd.dev.cosign.simplesigning.v1+json',
  dsse: 'application/vnd.dsse.envelope.v1+json',
  bundlePrefix: 'application/vnd.dev.sigstore.bundle',
  notation: 'application/vnd.cncf.notary.signature',
  notationJws: 'application/jose+json',
  notationCose: 'application/cose',
  cosignOci11: 'application/vnd.dev.cosign.artifact.sig.v1+json',
  inToto: 'application/vnd.in-toto+json',
} as const;

/** The `Accept` header of every manifest request: indexes first, no schema 1. */
export const manifestAccept = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerList,
  mediaTypes.dockerManifest,
].join(', ');

export const isIndexType = (type: string): boolean =>
  type === mediaTypes.ociIndex || type === mediaTypes.dockerList;

const Annotations = z.record(z.string(), z.string());

/** An OCI content descriptor (image-spec, descriptor.md). Digests are checked where they are used. */
export const Descriptor = z.object({
  mediaType: z.string(),
  digest: z.string(),
  size: z.number().int().nonnegative(),
  artifactType: z.string().optional(),
  annotations: Annotations.nullish(),
  platform: z
    .object({
      os: z.string().default(''),
      architecture: z.string().default(''),
      variant: z.string().optional(),
    })
    .optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;

/** An image or artifact manifest. */
export const ImageManifest = z.object({
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: Descriptor,
  layers: z.array(Descriptor),
  subject: Descriptor.nullish(),
  annotations: Annotations.nullish(),
});
export type ImageManifest = z.infer<typeof ImageManifest>;

/** An image index or manifest list. */
export const ImageIndex = z.object({
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  manifests: z.array(Descriptor),
  subject: Descriptor.nullish(),
  annotations: Annotations.nullish(),
});
export type ImageIndex = z.infer<typeof ImageIndex>;

/** `linux/arm64/v8`, the way people write a platform. */
export const formatPlatform = (platform: NonNullable<Descriptor['platform']>): string =>
  [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/');
