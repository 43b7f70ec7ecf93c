import { describe, expect, it } from 'vitest';
import type { NotationAuthority } from '#lib/model/authority.ts';
import type { Digest } from '#lib/model/digest.ts';
import { notationLevels } from '#lib/model/notation-policy.ts';
import type { EvidenceVerdict } from '#lib/model/verdict.ts';
import type { Fact } from '#lib/ports/verifier.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifyImage } from '#lib/verify/verify-image.ts';
import {
  anEnvelope,
  aTarget,
  type EnvelopeOptions,
  notationAuthority,
  notationDiscovery,
  notationEvidence,
  prefix,
} from '#tests/builders/notation.ts';
import { aRoot, type Certified } from '#tests/builders/notation-pki.ts';
import { keyAuthority } from '#tests/builders/signing.ts';

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
  readonly known?: readonly Fact[];
}

const strict = notationAuthority([root.pem]);

async function answer({
  envelope,
  by = signer,
  authorities = [strict],
  at = now,
  known = [],
}: Case) {
  const evidence = notationEvidence(await anEnvelope(by, envelope));
  const material = prepareMaterial({ authorities, trustRoots: [] });
  return verifyImage(notationDiscovery([evidence]), material, known, at);
}
const verdict = async (given: Case) => (await answer(given)).verdict;
const checkOf = (item: EvidenceVerdict | undefined, id: string) =>
  item?.checks.find((check) => check.id === id);

describe('the target of a signature', () => {
  it.each([
    ['another media type', { mediaType: 'application/vnd.oci.image.index.v1+json' }],
    ['another size', { size: 513 }],
  ])('N60 is refused with the right digest and %s', async (_, more) => {
    expect(await verdict({ envelope: { target: aTarget('image', more) } })).toMatchObject({
      status: 'invalid',
      reason: 'notation-target',
    });
  });

  it('is refused with another digest', async () => {
    expect(await verdict({ envelope: { target: aTarget('other') } })).toMatchObject({
      status: 'invalid',
      reason: 'claim-digest',
    });
  });

  it('is not judged where media type and size of the image are not known', async () => {
    const evidence = notationEvidence(await anEnvelope(signer));
    const { subjectDescriptor: _, ...discovery } = notationDiscovery([evidence]);
    const material = prepareMaterial({ authorities: [strict], trustRoots: [] });
    expect(verifyImage(discovery, material, [], now).verdict.status).toBe('inconclusive');
  });
});

describe('levels of a trust policy', () => {
  const expired = { headers: { [`${prefix}expiry`]: new Date(Date.now() + hour) } };
  const later = new Date(Date.now() + 2 * hour);
  const at = (level: NotationAuthority['level'], more = {}) => [
    notationAuthority([root.pem], { level, ...more }),
  ];

  it('N64 refuse an expired signature when strict, and show it as a warning when permissive', async () => {
    const given = { envelope: expired, at: later };
    expect(await verdict({ ...given, authorities: at('strict') })).toMatchObject({
      status: 'invalid',
      reason: 'notation-expired',
    });
    const logged = await verdict({ ...given, authorities: at('permissive') });
    expect(logged).toMatchObject({
      status: 'verified',
      warnings: [{ reason: 'notation-expired' }],
    });
    expect(checkOf(logged.evidence[0], 'expiry')).toMatchObject({
      outcome: 'failed',
      logged: true,
    });
  });

  it('refuse a certificate that has expired, and show it as a warning below strict', async () => {
    const given = { by: await root.issue({ notAfter: new Date(Date.now() + hour) }), at: later };
    expect(await verdict({ ...given, authorities: at('strict') })).toMatchObject({
      status: 'invalid',
      reason: 'no-trusted-time',
    });
    for (const level of ['permissive', 'audit'] as const)
      expect(await verdict({ ...given, authorities: at(level) })).toMatchObject({
        status: 'verified',
        warnings: [{ reason: 'no-trusted-time' }],
      });
  });

  it('refuse a certificate that is not valid yet', async () => {
    const by = await root.issue({ notBefore: new Date(Date.now() + hour) });
    expect(await verdict({ by })).toMatchObject({ status: 'invalid', reason: 'no-trusted-time' });
  });

  it('never call a stranger verified, not even where the policy only logs it', async () => {
    for (const level of ['strict', 'permissive', 'audit'] as const)
      expect(await verdict({ by: stranger, authorities: at(level) })).toMatchObject({
        status: 'untrusted',
        reason: 'cert-untrusted-root',
      });
  });

  it('refuse a broken signature at every level', async () => {
    for (const level of ['strict', 'permissive', 'audit', 'skip'] as const)
      expect(
        await verdict({ envelope: { key: stranger.key }, authorities: at(level) }),
      ).toMatchObject({ status: 'invalid', reason: 'signature-bad' });
  });

  it('never verify at level skip', async () => {
    expect(await verdict({ authorities: at('skip') })).toMatchObject({
      status: 'untrusted',
      reason: 'policy-skips',
    });
  });

  it('can be overridden check by check', async () => {
    const enforcement = { ...notationLevels.audit, expiry: 'enforce' as const };
    expect(
      await verdict({
        envelope: expired,
        at: later,
        authorities: at('audit', { enforcement }),
      }),
    ).toMatchObject({ status: 'invalid', reason: 'notation-expired' });
  });
});

describe('who is asked about a Notation signature', () => {
  it('is nobody without a Notation authority: who signed is shown', async () => {
    const evidence = notationEvidence(await anEnvelope(signer));
    const material = prepareMaterial({ authorities: [], trustRoots: [] });
    const found = verifyImage(notationDiscovery([evidence]), material, [], now).verdict;
    expect(found).toMatchObject({
      status: 'untrusted',
      reason: 'no-authority',
      signer: { subject: 'CN=release,OU=build,O=acme,ST=WA,C=US' },
    });
  });

  it('is never an authority of another kind', async () => {
    const evidence = notationEvidence(await anEnvelope(signer));
    const authorities = [
      keyAuthority([signer.key.export({ type: 'pkcs8', format: 'pem' }).toString()]),
    ];
    const material = prepareMaterial({ authorities, trustRoots: [] });
    expect(verifyImage(notationDiscovery([evidence]), material, [], now).verdict).toMatchObject({
      status: 'untrusted',
      reason: 'no-authority',
    });
  });

  it('is the statement that names the repository, before the one for all others', async () => {
    const exact = notationAuthority([stranger.pem], {
      name: 'exact',
      scopes: ['registry.example/team/app'],
    });
    const others = notationAuthority([root.pem], {
      name: 'others',
      scopesElsewhere: ['registry.example/team/app'],
    });
    expect((await verdict({ authorities: [exact, others] })).status).toBe('untrusted');
    const elsewhere = { ...exact, scopes: ['registry.example/team/other'] };
    const reached = { ...others, scopesElsewhere: ['registry.example/team/other'] };
    expect(await verdict({ authorities: [elsewhere, reached] })).toMatchObject({
      status: 'verified',
      authority: 'others',
    });
  });

  it('is nobody when no statement names the repository', async () => {
    const authorities = [notationAuthority([root.pem], { scopes: ['registry.example/team'] })];
    expect(await verdict({ authorities })).toMatchObject({ reason: 'no-authority' });
  });

  it('asks for the metadata that the authority names', async () => {
    const target = aTarget('image', { annotations: { env: 'production' } });
    const asking = (env: string) => [notationAuthority([root.pem], { annotations: { env } })];
    const envelope = { target };
    expect((await verdict({ envelope, authorities: asking('production') })).status).toBe(
      'verified',
    );
    expect(await verdict({ envelope, authorities: asking('test') })).toMatchObject({
      status: 'untrusted',
      reason: 'annotation-mismatch',
    });
  });

  it('cannot be one whose certificates cannot be read', async () => {
    expect(await verdict({ authorities: [notationAuthority(['nothing'])] })).toMatchObject({
      status: 'inconclusive',
      reason: 'key-unresolvable',
    });
  });
});

describe('what is known about a Notation signature', () => {
  it('is not found again, until the certificate runs out', async () => {
    const end = new Date(Math.floor(Date.now() / 1000) * 1000 + hour);
    const by = await root.issue({ notAfter: end });
    const evidence = notationEvidence(await anEnvelope(by));
    const material = prepareMaterial({ authorities: [strict], trustRoots: [] });
    const ask = (known: readonly Fact[], at: Date) =>
      verifyImage(notationDiscovery([evidence]), material, known, at);
    const first = ask([], now);
    expect(first).toMatchObject({ verdict: { status: 'verified' }, signatureChecks: 1 });
    expect(first.newFacts[0]?.verdict.holdsUntil).toBe(end.toISOString());
    const again = ask(first.newFacts, now);
    expect(again).toMatchObject({ verdict: { status: 'verified' }, signatureChecks: 0 });
    const after = ask(first.newFacts, new Date(end.getTime() + 1_000));
    expect(after).toMatchObject({ verdict: { status: 'invalid' }, signatureChecks: 1 });
  });

  it('is not taken for another media type of the same digest', async () => {
    const { newFacts } = await answer({});
    const evidence = notationEvidence(await anEnvelope(signer));
    const material = prepareMaterial({ authorities: [strict], trustRoots: [] });
    const known = newFacts.map((fact) => ({ ...fact, evidence: evidence.id }));
    const served = { ...aTarget(), mediaType: 'application/vnd.oci.image.index.v1+json' };
    const { verdict } = verifyImage(notationDiscovery([evidence], served), material, known, now);
    expect(verdict).toMatchObject({ status: 'invalid', reason: 'notation-target' });
  });

  it('lets a good signature win beside a bad one, which stays a warning', async () => {
    const good = notationEvidence(await anEnvelope(signer));
    const bad = notationEvidence(await anEnvelope(signer, { key: stranger.key }));
    const material = prepareMaterial({ authorities: [strict], trustRoots: [] });
    const subject = aTarget().digest as Digest;
    const { verdict } = verifyImage(notationDiscovery([bad, good]), material, [], now);
    expect(verdict).toMatchObject({
      digest: subject,
      status: 'verified',
      warnings: [{ reason: 'signature-bad' }],
    });
  });
});
