import { beforeAll, describe, expect, it } from 'vitest';
import { signatureLayer, simpleSigningPayload } from '#lib/lab/signing/cosign-layer.ts';
import { workflowIdentity } from '#lib/lab/signing/identity.ts';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { type PrivateSigstore, startPrivateSigstore } from '#lib/lab/signing/private-sigstore.ts';
import { signBundle } from '#lib/lab/signing/sigstore-bundle.ts';
import { predicateTypes, statementAbout } from '#lib/lab/signing/statements.ts';
import {
  aDiscovery,
  anImage,
  aTrustRoot,
  bundleEvidence,
  exactly,
  keyAuthority,
  keylessAuthority,
  layerEvidence,
} from '#tests/builders/signing.ts';
import { prepareMaterial } from './prepare-material.ts';
import { verifyImage } from './verify-image.ts';

const image = anImage();
const identity = workflowIdentity({
  repository: 'acme/app',
  workflow: 'release.yml',
  ref: 'refs/heads/main',
});
const key = generateKeyPair();
let sigstore: PrivateSigstore;

beforeAll(async () => {
  sigstore = await startPrivateSigstore();
});

describe('verifyImage', () => {
  it('believes a key signature in the layout of cosign 2', async () => {
    const layer = await signatureLayer(sigstore, simpleSigningPayload(image), {
      kind: 'key',
      key,
      tlog: false,
    });
    const material = prepareMaterial({
      authorities: [keyAuthority([key.publicPem])],
      trustRoots: [],
    });
    const { verdict } = verifyImage(
      aDiscovery(image.digest, [layerEvidence(image.digest, layer)]),
      material,
      [],
      new Date(),
    );
    expect(verdict).toMatchObject({ status: 'verified', authority: 'release-key' });
  });

  it.each(['rekor-1', 'rekor-2'] as const)('believes a keyless bundle with %s', async (log) => {
    const statement = statementAbout(image, predicateTypes.cosignSign, {});
    const bundle = await signBundle(
      sigstore,
      statement,
      predicateTypes.cosignSign,
      { kind: 'keyless', identity, root: 'trusted' },
      log,
    );
    const material = prepareMaterial({
      authorities: [keylessAuthority([exactly(identity)])],
      trustRoots: [aTrustRoot(sigstore.trustedRootJson)],
    });
    const { verdict } = verifyImage(
      aDiscovery(image.digest, [bundleEvidence(image.digest, bundle)]),
      material,
      [],
      new Date(),
    );
    expect(verdict.evidence[0]?.checks.filter((check) => check.outcome === 'failed')).toEqual([]);
    expect(verdict).toMatchObject({ status: 'verified', signer: { subject: identity.subject } });
  });

  it('believes a keyless signature in the layout of cosign 2', async () => {
    const layer = await signatureLayer(sigstore, simpleSigningPayload(image), {
      kind: 'keyless',
      identity,
      root: 'trusted',
    });
    const material = prepareMaterial({
      authorities: [keylessAuthority([exactly(identity)])],
      trustRoots: [aTrustRoot(sigstore.trustedRootJson)],
    });
    const { verdict } = verifyImage(
      aDiscovery(image.digest, [layerEvidence(image.digest, layer)]),
      material,
      [],
      new Date(),
    );
    expect(verdict.evidence[0]?.checks.filter((check) => check.outcome === 'failed')).toEqual([]);
    expect(verdict.status).toBe('verified');
  });
});
