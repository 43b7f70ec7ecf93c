import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyFingerprint } from '#lib/policy/public-keys.ts';
import {
  aPolicy,
  attestor,
  identity,
  image,
  issuer,
  signer,
  subject,
  today,
  validating,
} from '#tests/builders/image-policy.ts';
import { aPod, aSigner, aVerdict, someFacts } from '#tests/builders/policy.ts';

describe('attestors of an ImageValidatingPolicy', () => {
  it.each([
    ['a subject by an expression', attestor({ issuer, subjectExpression: 'true' })],
    [
      'roots of its own',
      { name: 'a', cosign: { keyless: { identities: [identity], roots: 'PEM' } } },
    ],
    ['a trust root of its own', attestor(identity, { tuf: { mirror: 'https://tuf' } })],
    ['logs of its own', attestor(identity, { ctlog: { rekorPubKey: 'PEM' } })],
    [
      'extensions',
      {
        name: 'a',
        cosign: { keyless: { identities: [identity], additionalExtensions: { a: 'b' } } },
      },
    ],
    ['no issuer', attestor({ subject })],
    ['a key that lies elsewhere', { name: 'a', cosign: { key: { kms: 'awskms://x' } } }],
    ['a certificate', { name: 'a', cosign: { certificate: { cert: { value: 'PEM' } } } }],
  ])('evaluates no attestor with %s', (_, one) => {
    expect(today(aPolicy({ attestors: [one] }))).toBe('not-evaluated');
  });

  it('knows keys by their fingerprints', () => {
    const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString();
    const fingerprint = keyFingerprint(pem) ?? '';
    const policy = aPolicy({ attestors: [{ name: 'a', cosign: { key: { data: pem } } }] });
    const byKey = (key: string) => ({
      [image]: someFacts([
        aVerdict({ kind: 'key', fingerprint: key, algorithm: 'ecdsa' } as never),
      ]),
    });
    expect(today(policy, aPod(image), byKey(fingerprint))).toBe('admit');
    expect(today(policy, aPod(image), byKey('00'.repeat(32)))).toBe('refuse');
  });

  it('takes the first of several keys alone, and one hash alone, as Kyverno does', () => {
    const [first, second] = ['P-256', 'P-256'].map((namedCurve) =>
      generateKeyPairSync('ec', { namedCurve }).publicKey.export({ type: 'spki', format: 'pem' }),
    ) as [string, string];
    const policy = (data: string, hashAlgorithm?: string) =>
      aPolicy({ attestors: [{ name: 'a', cosign: { key: { data, hashAlgorithm } } }] });
    const fingerprint = keyFingerprint(second) ?? '';
    const signed = {
      [image]: someFacts([aVerdict({ kind: 'key', fingerprint, algorithm: 'ecdsa-p256' })]),
    };
    expect(today(policy(`${second}${first}`), aPod(image), signed)).toBe('admit');
    expect(today(policy(`${first}${second}`), aPod(image), signed)).toBe('refuse');
    expect(today(policy(second, 'sha512'), aPod(image), signed)).toBe('not-evaluated');
    expect(today(policy(second, 'sha224'), aPod(image), signed)).toBe('not-evaluated');
  });

  it('counts attestations of a type', () => {
    const type = 'https://spdx.dev/Document';
    const policy = validating(
      'images.containers.all(i, verifyAttestationSignatures(i, attestations.sbom, [attestors.a]) == 1)',
      { attestations: [{ name: 'sbom', intoto: { type } }] },
    );
    const facts = (predicateType: string) => ({
      [image]: someFacts([
        aVerdict(signer, { kind: 'cosign-attestation', proves: 'attested', predicateType }),
      ]),
    });
    expect(today(policy, aPod(image), facts(type))).toBe('admit');
    expect(today(policy, aPod(image), facts('https://slsa.dev/provenance/v1'))).toBe('refuse');
  });

  it('leaves open which of two formats counts', () => {
    const both = someFacts([
      aVerdict(signer),
      aVerdict(aSigner('https://github.com/other/x', issuer), { kind: 'sigstore-bundle' }),
    ]);
    expect(today(aPolicy(), aPod(image), { [image]: both })).toBe('not-evaluated');
  });

  it('takes any statement in a bundle for a signature, and a broken one for none', () => {
    const bundle = (changes: object) => ({
      [image]: someFacts([
        aVerdict(signer, {
          kind: 'sigstore-bundle',
          proves: 'attested',
          predicateType: 'https://slsa.dev/provenance/v1',
          ...changes,
        }),
      ]),
    });
    const nothing = { proves: 'nothing', status: 'invalid', checks: [] };
    // Versions that look at bundles alone admit it, and others find no signature.
    expect(today(aPolicy(), aPod(image), bundle({}))).toBe('not-evaluated');
    expect(today(aPolicy(), aPod(image), bundle(nothing))).toBe('refuse');
    expect(today(aPolicy(), aPod(image), bundle({}), 'v1.18.2')).toBe('not-evaluated');
    expect(today(aPolicy(), aPod(image), bundle({}), 'v1.19.1')).toBe('admit');
    expect(today(aPolicy(), aPod(image), bundle(nothing), 'v1.19.1')).toBe('refuse');
  });
});
