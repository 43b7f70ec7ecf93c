import { isDigest } from '#lib/model/digest.ts';
import { type Descriptor, formatPlatform, type ImageIndex } from '#lib/model/manifest.ts';
import type { PlatformChild } from '#lib/ports/scan-store.ts';

/**
 * The children of an index that can run. BuildKit stores provenance and SBOMs as further children:
 * unsigned statements, and no platform of the image.
 */
export const platformsOf = (index: ImageIndex): readonly PlatformChild[] =>
  index.manifests.flatMap((child) =>
    isAttestationChild(child) || !isDigest(child.digest)
      ? []
      : [{ platform: platformName(child), digest: child.digest }],
  );

/**
 * True for a child of an index that carries BuildKit attestations.
 * @see https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
 */
export const isAttestationChild = ({ annotations, platform }: Descriptor): boolean =>
  annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' ||
  (platform?.os === 'unknown' && platform.architecture === 'unknown');

const platformName = ({ platform }: Descriptor): string =>
  (platform && formatPlatform(platform)) || 'unspecified';
