import { beforeAll, describe, expect, it } from 'vitest';
import { attestationLayer } from '#lib/lab/signing/cosign-layer.ts';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import type { Evidence } from '#lib/model/evidence.ts';
import type { Fact } from '#lib/ports/verifier.ts';
import {
  aDiscovery,
  bundleEvidence,
  digestOf,
  keyAuthority,
  layerEvidence,
} from '#tests/builders/signing.ts';
import { aSigningWorld, type SigningWorld, spoilRoot } from '#tests/builders/signing-world.ts';
import { prepareMaterial } from './prepare-material.ts';
import { verifyImage } from './verify-image.ts';

const key = generateKeyPair();
const otherKey = generateKeyPair('ed25519');
const byKey = { kind: 'key', key, tlog: false } as const;

let world: SigningWorld;
let keySigned: Evidence;
let keyless: Evidence;
let attestation: Evidence;

beforeAll(async () => {
  world = await aSigningWorld();
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
  options: { roots?: readonly TrustRoot[]; known?: readonly Fact[]; now?: Date } = {},
) =>
  verifyImage(
    aDiscovery(world.image.digest, evidence),
    prepareMaterial({ authorities, trustRoots: options.roots ?? [world.root] }),
    options.known ?? [],
    options.now ?? new Date(),
  );

describe('known facts', () => {
  const rules = () => [keyAuthority([otherKey.publicPem], { name: 'other' }), world.authority];

  it('are not verified again, whatever they say', () => {
    for (const [evidence, authorities] of [
      [[keyless, keySigned, attestation], rules()],
      [[keyless, keySigned], [keyAuthority([key.publicPem])]],
      [[keyless], []],
    ] as const) {
      const first = verify(evidence, authorities);
      expect(first.signatureChecks).toBeGreaterThan(0);
      const again = verify(evidence, authorities, { known: first.newFacts });
      expect(again.signatureChecks).toBe(0);
      expect(again.newFacts).toEqual([]);
      expect(again.verdict).toEqual(first.verdict);
    }
  });

  it('survive the way through JSON', () => {
    const first = verify([keyless], rules());
    const known = JSON.parse(JSON.stringify(first.newFacts));
    expect(verify([keyless], rules(), { known }).verdict).toEqual(first.verdict);
  });

  it.each<[string, (facts: readonly Fact[]) => readonly Fact[]]>([
    ['image', (facts) => facts.map((fact) => ({ ...fact, subject: digestOf('other') }))],
    ['evidence', (facts) => facts.map((fact) => ({ ...fact, evidence: digestOf('other') }))],
    ['authority', (facts) => facts.map((fact) => ({ ...fact, authorityFingerprint: 'other' }))],
    ['trust root', (facts) => facts.map((fact) => ({ ...fact, trustRootRevision: 'other' }))],
    ['verifier', (facts) => facts.map((fact) => ({ ...fact, verifierVersion: 'other' }))],
  ])('of another %s do not count', (_, change) => {
    const { newFacts } = verify([keyless], [world.authority]);
    const answer = verify([keyless], [world.authority], { known: change(newFacts) });
    expect(answer.signatureChecks).toBeGreaterThan(0);
  });

  it('are not kept when a later try may come out otherwise', () => {
    expect(verify([keyless], [world.authority], { roots: [] }).newFacts).toEqual([]);
    expect(verify([keySigned], []).newFacts).toEqual([]);
    // By a clock that is slow, the signature is of the future: soon it is not.
    const slow = verify([keyless], [world.authority], { now: new Date(Date.now() - 360_000) });
    expect(slow.verdict.evidence).toMatchObject([{ reason: 'time-future' }]);
    expect(slow.newFacts).toEqual([]);
  });

  it('change with the trust root', () => {
    const first = verify([keyless], [world.authority]);
    const without = spoilRoot(world.root, (json) => {
      json.certificateAuthorities = [];
    });
    const answer = verify([keyless], [world.authority], {
      roots: [without],
      known: first.newFacts,
    });
    expect(answer.verdict).toMatchObject({ status: 'untrusted', reason: 'cert-untrusted-root' });
  });
});
