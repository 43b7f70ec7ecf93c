import { createHash } from 'node:crypto';
import type { CosignLayer } from '#lib/lab/signing/cosign-layer.ts';
import type { SignedBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import type { Authority, IdentityRule, TrustRoot } from '#lib/model/authority.ts';
import { type Digest, digest } from '#lib/model/digest.ts';
import type {
  CosignAnnotations,
  Discovery,
  Evidence,
  EvidencePlace,
  PlaceSearched,
} from '#lib/model/evidence.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';

/** SHA-256 of text or bytes as a content digest. */
export const digestOf = (content: Uint8Array | string): Digest =>
  digest(`sha256:${createHash('sha256').update(content).digest('hex')}`);

export const registry = 'registry.example';
export const repository = 'team/app';
export const imageName = `${registry}/${repository}`;

/** An image nobody else has. */
export const anImage = (name = 'image'): { name: string; digest: Digest } => ({
  name: imageName,
  digest: digestOf(name),
});

const source = (place: EvidencePlace, manifest: Digest) => [
  { place, registry, repository, manifest },
];

const annotationsOf = (layer: CosignLayer): CosignAnnotations => {
  const read = (key: string) => layer.annotations[key];
  const fields = {
    signature: read('dev.cosignproject.cosign/signature'),
    certificate: read('dev.sigstore.cosign/certificate'),
    chain: read('dev.sigstore.cosign/chain'),
    rekorBundle: read('dev.sigstore.cosign/bundle'),
    timestamp: read('dev.sigstore.cosign/rfc3161timestamp'),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
};

/** Evidence as discovery would find it: a layer of a `.sig` or `.att` manifest. */
export function layerEvidence(subject: Digest, layer: CosignLayer): Evidence {
  const id = digestOf(JSON.stringify([layer.annotations, digestOf(layer.blob)]));
  const annotations = annotationsOf(layer);
  return layer.mediaType === mediaTypes.dsse
    ? {
        kind: 'cosign-attestation',
        id,
        subject,
        sources: source('attestation-tag', id),
        envelope: layer.blob,
        annotations,
      }
    : {
        kind: 'cosign-signature',
        id,
        subject,
        sources: source('signature-tag', id),
        payload: layer.blob,
        annotations,
      };
}

/** Evidence as discovery would find it: a bundle referrer. */
export const bundleEvidence = (
  subject: Digest,
  bundle: Pick<SignedBundle, 'bytes' | 'mediaType'>,
): Evidence => ({
  kind: 'sigstore-bundle',
  id: digestOf(bundle.bytes),
  subject,
  sources: source('referrers-api', digestOf(bundle.bytes)),
  mediaType: bundle.mediaType,
  bundle: bundle.bytes,
});

/** A finished search of all places. */
export const aDiscovery = (
  subject: Digest,
  evidence: readonly Evidence[],
  failed: readonly Partial<PlaceSearched>[] = [],
): Discovery => ({
  subject,
  registry,
  repository,
  evidence,
  complete: failed.length === 0,
  warnings: [],
  places: [
    { place: 'signature-tag', repository, outcome: 'searched', found: evidence.length },
    ...failed.map(
      (place): PlaceSearched => ({
        place: 'referrers-api',
        repository,
        outcome: 'failed',
        found: 0,
        ...place,
      }),
    ),
  ],
});

const source0 = { kind: 'command-line' } as const;

/** An authority with these public keys for these images. */
export function keyAuthority(
  pems: readonly string[],
  options: Partial<Extract<Authority, { kind: 'key' }>> = {},
): Authority {
  const authority = {
    kind: 'key' as const,
    name: 'release-key',
    source: source0,
    images: ['**'],
    keys: pems.map((pem) => ({ pem })),
    tlog: 'ignored' as const,
    ...options,
  };
  return { ...authority, fingerprint: authorityFingerprint(authority) };
}

/** An authority that believes these identities within a trust root. */
export function keylessAuthority(
  identities: readonly IdentityRule[],
  options: Partial<Extract<Authority, { kind: 'keyless' }>> = {},
): Authority {
  const authority = {
    kind: 'keyless' as const,
    name: 'release-workflow',
    source: source0,
    images: ['**'],
    identities,
    trustRoot: 'private',
    tlog: 'required' as const,
    sct: 'required' as const,
    ...options,
  };
  return { ...authority, fingerprint: authorityFingerprint(authority) };
}

/** Exactly this subject from exactly this issuer. */
export const exactly = (identity: { subject: string; issuer: string }): IdentityRule => ({
  subject: { kind: 'exact', value: identity.subject },
  issuer: { kind: 'exact', value: identity.issuer },
});

/** A trust root under a name, its revision the digest of its text. */
export const aTrustRoot = (
  json: string,
  name = 'private',
  options: Partial<TrustRoot> = {},
): TrustRoot => ({
  name,
  json,
  revision: digestOf(json),
  origin: 'file',
  asOf: new Date().toISOString(),
  ...options,
});
