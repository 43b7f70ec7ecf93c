import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Digest, digest } from '#lib/model/digest.ts';
import { type Descriptor, mediaTypes } from '#lib/model/manifest.ts';
import type { FetchedManifest } from '#lib/ports/registry.ts';
import { membershipIn } from './index-membership.ts';

const child = digest(`sha256:${'c'.repeat(64)}`);
const stranger = digest(`sha256:${'d'.repeat(64)}`);
const sha256 = (bytes: Uint8Array): Digest =>
  digest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
const listed = (what: Digest, members: Partial<Descriptor> = {}): Descriptor => ({
  mediaType: mediaTypes.ociManifest,
  digest: what,
  size: 1,
  platform: { os: 'linux', architecture: 'arm64' },
  ...members,
});

function indexOf(manifests: readonly Descriptor[]): FetchedManifest {
  const index = { mediaType: mediaTypes.ociIndex, manifests: [...manifests] };
  const bytes = Buffer.from(JSON.stringify(index));
  return {
    digest: sha256(bytes),
    mediaType: mediaTypes.ociIndex,
    bytes,
    body: { kind: 'index', index },
  };
}

describe('membership in an index', () => {
  it('holds for a platform that the signed bytes list', () => {
    const index = indexOf([listed(child)]);
    expect(membershipIn(index, index.digest, child)?.platform).toBe('linux/arm64');
  });

  it('N15: does not hold for an image that the index does not list', () => {
    const index = indexOf([listed(stranger)]);
    expect(membershipIn(index, index.digest, child)).toBeUndefined();
  });

  it('N15: does not hold in a list of other bytes than were signed', () => {
    const signed = indexOf([listed(stranger)]);
    const forged = { ...indexOf([listed(child)]), digest: signed.digest };
    expect(membershipIn(forged, signed.digest, child)).toBeUndefined();
  });

  it('does not hold for BuildKit’s attestations, which are no platforms', () => {
    const index = indexOf([
      listed(child, { platform: { os: 'unknown', architecture: 'unknown' } }),
      listed(stranger, { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } }),
    ]);
    expect(membershipIn(index, index.digest, child)).toBeUndefined();
    expect(membershipIn(index, index.digest, stranger)).toBeUndefined();
  });

  it('does not hold in what is no index', () => {
    const bytes = Buffer.from('{}');
    const manifest: FetchedManifest = {
      digest: sha256(bytes),
      mediaType: 'text/plain',
      bytes,
      body: { kind: 'other' },
    };
    expect(membershipIn(manifest, manifest.digest, child)).toBeUndefined();
  });
});
