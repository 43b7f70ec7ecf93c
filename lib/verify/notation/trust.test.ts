import { describe, expect, it } from 'vitest';
import type { NotationAuthority } from '#lib/model/authority.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import {
  anEnvelope,
  type EnvelopeOptions,
  notationAuthority,
  notationDiscovery,
  notationEvidence,
  prefix,
} from '#tests/builders/notation.ts';
import { aRoot, type Certified } from '#tests/builders/notation-pki.ts';

const root = await aRoot();
const signer = await root.issue();
const stranger = await (await aRoot()).issue();
const hour = 3_600_000;
const now = new Date();

interface Case {
  readonly envelope?: EnvelopeOptions;
  readonly by?: Certified;
  readonly authorities?: readonly NotationAuthority[];
  readonly at?: Date;
}

const strict = notationAuthority([root.pem]);

async function verdict({ envelope, by = signer, authorities = [strict], at = now }: Case) {
  const evidence = notationEvidence(await anEnvelope(by, envelope));
  const material = prepareMaterial({ authorities, trustRoots: [] });
  return verifyImage(notationDiscovery([evidence]), material, [], at).verdict;
}

describe('trusted identities', () => {
  const trusting = (...trustedIdentities: readonly string[]) => [
    notationAuthority([root.pem], { trustedIdentities }),
  ];

  it.each([
    'x509.subject: C=US, ST=WA, O=acme',
    'x509.subject: O=acme, S=WA, C=US',
    'x509.subject:CN=release,OU=build,O=acme,ST=WA,C=US',
  ])('match a subject that says at least %s', async (identity) => {
    expect((await verdict({ authorities: trusting(identity) })).status).toBe('verified');
  });

  it.each([
    'x509.subject: C=US, ST=WA, O=Acme',
    'x509.subject: C=US, ST=WA, O=acme, CN=other',
    'x509.subject: C=US, ST=WA, O=acme, L=Seattle',
  ])('do not match with %s', async (identity) => {
    expect(await verdict({ authorities: trusting(identity) })).toMatchObject({
      status: 'untrusted',
      reason: 'identity-mismatch',
    });
  });

  it.each([
    [
      'an attribute that identities cannot name',
      'C=US,ST=WA,O=acme,1.2.840.113549.1.9.1=a@b.example',
    ],
    ['an attribute twice', 'C=US,ST=WA,O=acme,O=other'],
    ['an attribute twice, the trusted one last', 'C=US,ST=WA,O=other,O=acme'],
    ['no state', 'C=US,O=acme'],
  ])('do not match a subject with %s', async (_, subject) => {
    const by = await root.issue({ subject });
    expect(
      await verdict({ by, authorities: trusting('x509.subject: C=US, ST=WA, O=acme') }),
    ).toMatchObject({
      status: 'untrusted',
      reason: 'identity-mismatch',
    });
    expect((await verdict({ by })).status).toBe('verified');
  });

  it('of plugins are not judged', async () => {
    expect(await verdict({ authorities: trusting('acme.id: 7') })).toMatchObject({
      status: 'inconclusive',
      reason: 'unsupported-format',
    });
  });

  it('do not help a certificate from no trust store', async () => {
    const authorities = trusting('x509.subject: C=US, ST=WA, O=acme');
    expect((await verdict({ by: stranger, authorities })).status).toBe('untrusted');
  });
});

describe('trust stores', () => {
  it('believe a chain by any of its certificates', async () => {
    const below = await root.issue({ ca: true, subject: 'C=US,ST=WA,O=acme,CN=issuing' });
    const by = await below.issue();
    for (const pem of [root.pem, below.pem])
      expect((await verdict({ by, authorities: [notationAuthority([pem])] })).status).toBe(
        'verified',
      );
  });

  const authentic = {
    headers: {
      [`${prefix}signingScheme`]: 'notary.x509.signingAuthority',
      [`${prefix}signingTime`]: undefined,
      [`${prefix}authenticSigningTime`]: new Date(Math.floor(Date.now() / 1000) * 1000),
    },
  };
  const stores = { ca: [], signingAuthority: [root.pem], tsa: [] };
  const authority = [notationAuthority([], { trustStores: stores })];

  it('of the type ca do not speak for signing authorities, nor the other way', async () => {
    expect(await verdict({ envelope: authentic })).toMatchObject({ reason: 'cert-untrusted-root' });
    expect(await verdict({ authorities: authority })).toMatchObject({
      reason: 'cert-untrusted-root',
    });
  });

  it('of signing authorities let them vouch for the time, long after the certificate', async () => {
    const found = await verdict({
      envelope: authentic,
      authorities: authority,
      at: new Date(Date.now() + 1_000 * hour),
    });
    expect(found.status).toBe('verified');
    expect(found.evidence[0]?.times).toMatchObject([{ source: 'signing-authority' }]);
    expect(found.evidence[0]?.holdsUntil).toBeUndefined();
  });

  it.each([
    ['before the certificate', -48 * hour, 'cert-expired-at-time'],
    ['after the certificate', 48 * hour, 'cert-expired-at-time'],
    ['in the future', hour, 'time-future'],
  ])('refuse a time of a signing authority %s', async (_, offset, reason) => {
    const time = new Date(Math.floor((Date.now() + offset) / 1000) * 1000);
    const headers = { ...authentic.headers, [`${prefix}authenticSigningTime`]: time };
    const at = offset > 2 * hour ? new Date(Date.now() + 3 * offset) : now;
    expect(await verdict({ envelope: { headers }, authorities: authority, at })).toMatchObject({
      status: 'invalid',
      reason,
    });
  });
});
