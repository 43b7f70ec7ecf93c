import { beforeAll, describe, expect, it } from 'vitest';
import { attestationLayer } from '#lib/lab/signing/cosign-layer.ts';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import type { Fact } from '#lib/ports/verifier.ts';
import {
  aDiscovery,
  aTrustRoot,
  bundleEvidence,
  digestOf,
  exactly,
  imageName,
  keyAuthority,
  keylessAuthority,
  layerEvidence,
} from '#tests/builders/signing.ts';
import { aSigningWorld, type SigningWorld } from '#tests/builders/signing-world.ts';
import { prepareMaterial } from './prepare-material.ts';
import { verifyImage } from './verify-image.ts';

const key = generateKeyPair();
const otherKey = generateKeyPair('ed25519');
const byKey = { kind: 'key', key, tlog: false } as const;
const elsewhere = ['elsewhere.example/**'];

let world: SigningWorld;
let foreign: SigningWorld;
let keySigned: Evidence;
let keyless: Evidence;
let attestation: Evidence;

beforeAll(async () => {
  [world, foreign] = await Promise.all([aSigningWorld(), aSigningWorld()]);
  const subject = world.image.digest;
  keySigned = layerEvidence(subject, await world.layer(byKey));
  keyless = bundleEvidence(subject, await world.bundle());
  const statement = statementAbout(world.image, predicateTypes.slsaProvenance, {});
  attestation = layerEvidence(
    subject,
    await attestationLayer(world.sigstore, statement, predicateTypes.slsaProvenance, byKey),
  );
});

const verify = (
  evidence: readonly Evidence[],
  authorities: readonly Authority[],
  options: { roots?: readonly TrustRoot[]; known?: readonly Fact[] } = {},
) =>
  verifyImage(
    aDiscovery(world.image.digest, evidence),
    prepareMaterial({ authorities, trustRoots: options.roots ?? [world.root] }),
    options.known ?? [],
    new Date(),
  );

describe('who must have signed', () => {
  it('believes key and keyless signatures in both layouts', async () => {
    const subject = world.image.digest;
    const evidence = [
      keySigned,
      keyless,
      layerEvidence(subject, await world.layer()),
      bundleEvidence(subject, await world.bundle('rekor-2')),
      bundleEvidence(subject, await world.bundle('none', byKey)),
      layerEvidence(subject, await world.layer({ kind: 'key', key: otherKey, tlog: false })),
    ];
    const authorities = [keyAuthority([key.publicPem, otherKey.publicPem]), world.authority];
    for (const one of evidence) {
      const { verdict } = verify([one], authorities);
      expect(verdict, JSON.stringify(verdict.evidence[0]?.checks)).toMatchObject({
        status: 'verified',
      });
      expect(verdict.evidence[0]?.checks.every(({ detail }) => detail !== '')).toBe(true);
    }
  });

  it('tries every authority that covers the image before it calls anything bad', () => {
    const strict = keyAuthority([otherKey.publicPem], { name: 'strict' });
    const demanding = keyAuthority([key.publicPem], {
      name: 'demanding',
      tlog: 'required',
      trustRoot: 'private',
    });
    const right = keyAuthority([key.publicPem], { name: 'right' });
    const { verdict } = verify([keySigned], [strict, demanding, world.authority, right]);
    expect(verdict).toMatchObject({ status: 'verified', authority: 'right' });
    expect(verify([keySigned], [strict, demanding]).verdict).toMatchObject({
      status: 'invalid',
      reason: 'tlog-missing',
    });
  });

  it('does not ask authorities for other images', () => {
    const authorities = [keyAuthority([key.publicPem], { images: elsewhere })];
    expect(verify([keySigned], authorities).verdict.status).not.toBe('verified');
    const exact = [keyAuthority([key.publicPem], { images: [imageName] })];
    expect(verify([keySigned], exact).verdict.status).toBe('verified');
  });

  it('tells attested from signed', () => {
    const { verdict } = verify([attestation], [keyAuthority([key.publicPem])]);
    expect(verdict).toMatchObject({ status: 'unsigned', reason: 'attested-only', attested: true });
    const both = verify([attestation, keySigned], [keyAuthority([key.publicPem])]).verdict;
    expect(both).toMatchObject({ status: 'verified', attested: true });
  });
});

describe('a signer whom no authority for the image names', () => {
  it('is shown when no authority covers the image', () => {
    const { verdict } = verify([keyless], [keyAuthority([key.publicPem], { images: elsewhere })]);
    expect(verdict).toMatchObject({
      status: 'untrusted',
      reason: 'no-authority',
      signer: { subject: world.identity.subject },
    });
  });

  it('is shown when the authorities name someone else', () => {
    const someone = { ...exactly(world.identity), subject: { kind: 'exact', value: 'x' } } as const;
    const { verdict } = verify([keyless], [keylessAuthority([someone])]);
    expect(verdict).toMatchObject({ status: 'untrusted', reason: 'identity-mismatch' });
  });

  it('is shown when the authorities name keys only', () => {
    const { verdict } = verify([keyless], [keyAuthority([key.publicPem])]);
    expect(verdict).toMatchObject({ status: 'untrusted', reason: 'identity-mismatch' });
  });

  it('N53: is not believed by another trust root than the one of the authority', () => {
    const other = aTrustRoot(foreign.root.json, 'other');
    const authority = keylessAuthority([exactly(world.identity)], { trustRoot: 'other' });
    const { verdict } = verify([keyless], [authority], { roots: [other, world.root] });
    expect(verdict).toMatchObject({
      status: 'untrusted',
      reason: 'cert-untrusted-root',
      signer: { subject: world.identity.subject },
    });
  });

  it('is unknown when no trust root knows the certificate', () => {
    const { verdict } = verify([keyless], [], { roots: [aTrustRoot(foreign.root.json, 'other')] });
    expect(verdict).toMatchObject({ status: 'untrusted', reason: 'cert-untrusted-root' });
  });

  it('is not judged when no trust root is there', () => {
    expect(verify([keyless], [], { roots: [] }).verdict).toMatchObject({
      status: 'inconclusive',
      reason: 'trustroot-missing',
      retryable: true,
    });
    expect(verify([keyless], [world.authority], { roots: [] }).verdict).toMatchObject({
      status: 'inconclusive',
      reason: 'trustroot-missing',
    });
  });

  it.each([
    ['and one covers it', { cover: true, known: true }, 'untrusted', 'key-not-trusted'],
    ['and none covers it', { cover: false, known: true }, 'untrusted', 'no-authority'],
    [
      'and nobody knows it, beside a known one',
      { cover: true, known: false },
      'invalid',
      'signature-bad',
    ],
    ['and nobody knows any', { cover: false, known: false }, 'inconclusive', 'key-unresolvable'],
  ])('by a key %s', (_, { cover, known }, status, reason) => {
    const authorities = [
      ...(cover ? [keyAuthority([otherKey.publicPem], { name: 'covering' })] : []),
      ...(known ? [keyAuthority([key.publicPem], { name: 'elsewhere', images: elsewhere })] : []),
    ];
    expect(verify([keySigned], authorities).verdict).toMatchObject({ status, reason });
  });

  it('by a key where the authorities name identities only is not judged', () => {
    expect(verify([keySigned], [world.authority]).verdict).toMatchObject({
      status: 'inconclusive',
      reason: 'key-unresolvable',
    });
  });
});

describe('what is beside an image', () => {
  it('N14: is no signature when nobody signed it', () => {
    const sbom: Evidence = {
      kind: 'unsigned-attachment',
      id: digestOf('sbom'),
      subject: world.image.digest,
      sources: [],
      mediaType: 'text/spdx+json',
    };
    const { verdict } = verify([sbom], [world.authority]);
    expect(verdict).toMatchObject({ status: 'unsigned', reason: 'no-signature', attested: false });
    expect(verdict.evidence).toMatchObject([{ proves: 'nothing' }]);
  });

  it('is not judged in formats that nobody here knows', () => {
    const notation: Evidence = {
      kind: 'notation',
      id: digestOf('notation'),
      subject: world.image.digest,
      sources: [],
      mediaType: 'application/vnd.example+json',
      envelope: Buffer.from('{}'),
    };
    expect(verify([notation], [world.authority]).verdict).toMatchObject({
      status: 'inconclusive',
      reason: 'unsupported-format',
    });
  });

  it('is not judged when it could not be read, and the reason is passed on', () => {
    const unreadable: Evidence = {
      kind: 'unreadable',
      id: digestOf('gone'),
      subject: world.image.digest,
      sources: [],
      reason: 'registry-timeout',
      detail: 'too slow',
      retryable: true,
    };
    expect(verify([unreadable], [world.authority]).verdict).toMatchObject({
      status: 'inconclusive',
      reason: 'registry-timeout',
      detail: 'too slow',
      retryable: true,
    });
    expect(verify([unreadable, keyless], [world.authority]).verdict.status).toBe('verified');
  });

  it('N89: may be poisoned without hiding a good signature', () => {
    const poisoned: Evidence = {
      ...(keyless as Extract<Evidence, { kind: 'sigstore-bundle' }>),
      id: digestOf('poison'),
      bundle: Buffer.from('{"mediaType":'),
    };
    for (const evidence of [
      [poisoned, keyless],
      [keyless, poisoned],
    ]) {
      const { verdict } = verify(evidence, [world.authority]);
      expect(verdict.status).toBe('verified');
      expect(verdict.warnings).toMatchObject([{ reason: 'json-malformed' }]);
    }
  });

  it('warns when the trust root in use is stale', () => {
    const stale = {
      ...world.root,
      stale: { since: '2026-01-01T00:00:00Z', detail: 'mirror down' },
    };
    const { verdict } = verify([keyless], [world.authority], { roots: [stale] });
    expect(verdict.status).toBe('verified');
    expect(verdict.warnings).toMatchObject([{ reason: 'trustroot-stale' }]);
  });
});
