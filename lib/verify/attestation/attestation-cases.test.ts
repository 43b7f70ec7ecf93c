import { beforeAll, describe, expect, it } from 'vitest';
import { attestationLayer, type CosignSigner } from '#lib/lab/signing/cosign-layer.ts';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { signBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import { predicateTypes, slsaProvenance, statementAbout } from '#lib/lab/signing/statements.ts';
import type { Authority } from '#lib/model/authority.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import {
  aDiscovery,
  bundleEvidence,
  keyAuthority,
  layerEvidence,
} from '#tests/builders/signing.ts';
import { aSigningWorld, type SigningWorld } from '#tests/builders/signing-world.ts';

let world: SigningWorld;
const key = generateKeyPair();
const byKey: CosignSigner = { kind: 'key', key, tlog: false };
const provenance = slsaProvenance('https://github.com/acme/app', '.github/workflows/release.yml');

beforeAll(async () => {
  world = await aSigningWorld();
});

const statement = (type: string, predicate: unknown) =>
  statementAbout(world.image, type, predicate);
const judge = (
  evidence: readonly Evidence[],
  options: Partial<Authority> = {},
  complete = true,
) => {
  const authority = keyAuthority([key.publicPem], options as object);
  const failed = complete ? [] : [{ reason: 'registry-error' as const, retryable: true }];
  return verifyImage(
    aDiscovery(world.image.digest, evidence, failed),
    prepareMaterial({ authorities: [authority], trustRoots: [] }),
    [],
    new Date(),
  ).verdict;
};
const bundle = async (type: string, predicate: unknown, by = byKey): Promise<Evidence> =>
  bundleEvidence(
    world.image.digest,
    await signBundle(world.sigstore, statement(type, predicate), type, by, 'none'),
  );
const layer = async (type: string, predicate: unknown, said = type): Promise<Evidence> =>
  layerEvidence(
    world.image.digest,
    await attestationLayer(world.sigstore, statement(type, predicate), said, byKey),
  );

describe('a verified attestation', () => {
  it.each([
    ['a bundle', () => bundle(predicateTypes.slsaProvenance, provenance)],
    ['an .att layer', () => layer(predicateTypes.slsaProvenance, provenance)],
  ])('says in %s who built it from what, and is no signature', async (_, make) => {
    const verdict = judge([await make()]);
    expect(verdict).toMatchObject({
      status: 'unsigned',
      reason: 'attested-only',
      attested: true,
      evidence: [
        {
          status: 'verified',
          proves: 'attested',
          attestation: {
            kind: 'provenance',
            builder: 'https://github.com/actions/runner/github-hosted',
            source: 'https://github.com/acme/app',
          },
        },
      ],
    });
  });

  it('says what it says under an untrusted signer too, and nothing when the signature is bad', async () => {
    const stranger = await bundle(predicateTypes.slsaProvenance, provenance);
    const other = judge([stranger], { images: ['elsewhere/**'] });
    expect(other.evidence[0]).toMatchObject({
      status: 'untrusted',
      attestation: { kind: 'provenance' },
    });
    const forged = await bundle(predicateTypes.slsaProvenance, provenance, {
      kind: 'key',
      key: generateKeyPair(),
      tlog: false,
    });
    const [bad] = judge([forged]).evidence;
    expect(bad?.status).toBe('invalid');
    expect(bad).not.toHaveProperty('attestation');
  });

  it('N07: is of the type inside the signed payload, whatever the annotation says', async () => {
    const item = await layer(
      predicateTypes.spdx,
      { spdxVersion: 'SPDX-2.3' },
      'https://slsa.dev/provenance/v1',
    );
    expect(judge([item]).evidence[0]).toMatchObject({
      predicateType: predicateTypes.spdx,
      attestation: { kind: 'sbom', format: 'SPDX' },
    });
  });

  it('N11: whose predicate is not of the form of its type is called so', async () => {
    const item = await bundle(predicateTypes.slsaProvenance, 'built somewhere');
    expect(judge([item]).evidence[0]).toMatchObject({
      status: 'verified',
      attestation: { kind: 'malformed' },
    });
  });

  it('N18: is summarised from the bytes that were signed', async () => {
    const item = await bundle(predicateTypes.slsaProvenance, {
      runDetails: { builder: { id: 'https://a.example/<b>\u202e' } },
    });
    expect(judge([item]).evidence[0]?.attestation).toMatchObject({
      builder: 'https://a.example/<b>\u202e',
    });
  });
});

describe('an attestation that an authority asks for', () => {
  const wants = { attestations: [{ predicateType: predicateTypes.slsaProvenance }] };

  it('is there when it is verified and of that type', async () => {
    const verdict = judge([await bundle(predicateTypes.slsaProvenance, provenance)], wants);
    expect(verdict.required).toMatchObject([{ state: 'verified', by: 'release-key' }]);
    expect(verdict.warnings).toEqual([]);
  });

  it('N06: is missing when the right signer attests something else', async () => {
    const verdict = judge([await bundle(predicateTypes.spdx, { spdxVersion: 'SPDX-2.3' })], wants);
    expect(verdict).toMatchObject({ attested: true, required: [{ state: 'missing' }] });
    expect(verdict.warnings).toMatchObject([{ reason: 'predicate-mismatch' }]);
  });

  it('is not called missing while a place could not be searched', () => {
    expect(judge([], wants, false).required).toMatchObject([{ state: 'unknown' }]);
  });

  it('changes no verdict about the signature', async () => {
    const signed = layerEvidence(world.image.digest, await world.layer(byKey));
    expect(judge([signed], wants)).toMatchObject({
      status: 'verified',
      required: [{ state: 'missing' }],
    });
  });
});

describe('an annotation that an authority asks for', () => {
  const signed = async (annotations: Readonly<Record<string, string>>) =>
    bundleEvidence(
      world.image.digest,
      await signBundle(
        world.sigstore,
        statementAbout(world.image, predicateTypes.cosignSign, {}, annotations),
        predicateTypes.cosignSign,
        byKey,
        'none',
      ),
    );

  it.each([
    ['is there', { env: 'prod', more: 'x' }, 'verified', undefined],
    ['has another value', { env: 'test' }, 'untrusted', 'annotation-mismatch'],
    ['is not there', {}, 'untrusted', 'annotation-mismatch'],
  ])('%s', async (_, annotations, status, reason) => {
    const verdict = judge([await signed(annotations as Record<string, string>)], {
      annotations: { env: 'prod' },
    });
    expect([verdict.status, verdict.reason]).toEqual([status, reason]);
  });
});
