import { describe, expect, it } from 'vitest';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import { anAdmission, aSigstorePolicy, said, someIssuer } from '#tests/builders/admission.ts';
import { aPod, aSigner, aVerdict, someDigest, someFacts } from '#tests/builders/policy.ts';

const signer = aSigner('https://github.com/acme/shop/release.yaml@refs/heads/main', someIssuer);
const pod = aPod(`ghcr.io/acme/shop@${someDigest}`);
type Source = EvidenceVerdict['sources'][number];
const source = (place: Source['place'], repository: string): Source => ({
  place,
  registry: 'ghcr.io',
  repository,
  manifest: someDigest,
});

const decided = (sources: readonly Source[], home = 'ghcr.io/acme/shop', spec = {}) =>
  said(
    anAdmission([aSigstorePolicy('sigstore', spec)]),
    pod,
    someFacts([aVerdict(signer, { sources })], { home }),
  )[0];

describe('an engine', () => {
  it('takes a signature under the tag beside the image', () => {
    expect(decided([source('signature-tag', 'acme/shop')])).toBe(
      'sigstore web: enforce, admit, admit',
    );
  });

  it('does not find what lies in a repository of which only our configuration knows', () => {
    expect(decided([source('signature-tag', 'acme/signatures')])).toBe(
      'sigstore web: enforce, refuse, refuse',
    );
  });

  it('does not find a signature of the old layout that is a referrer', () => {
    expect(decided([source('referrers-api', 'acme/shop')])).toBe(
      'sigstore web: enforce, refuse, refuse',
    );
  });

  it('finds what lies in several places by any of them', () => {
    const both = [source('referrers-api', 'acme/shop'), source('signature-tag', 'acme/shop')];
    expect(decided(both)).toBe('sigstore web: enforce, admit, admit');
  });
});
