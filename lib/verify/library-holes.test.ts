import { beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '#lib/lab/signing/key-pair.ts';
import { statementAbout } from '#lib/lab/signing/statements.ts';
import { anImage, exactly, keyAuthority, keylessAuthority } from '#tests/builders/signing.ts';
import {
  aCertificateAuthority,
  keyEncipherment,
  nameConstraints,
  purposeExtension,
  purposes,
  type TestAuthority,
  unknownExtension,
} from '#tests/builders/signing-pki.ts';
import {
  aSigningWorld,
  certifying,
  reasonIn,
  type SigningWorld,
  spoil,
  spoilRoot,
  testAuthority,
  trusting,
} from '#tests/builders/signing-world.ts';
import { compileIdentityRule, compileTextRule, isRuleProblem } from './identity.ts';
import { isRefusal } from './refusal.ts';
import { loadTrustRoot } from './trusted-root.ts';

/**
 * What @sigstore/verify lets pass and must not (H1 to H11): each case is good in everything but the
 * one thing that its rule looks at.
 */
let world: SigningWorld;
let ca: TestAuthority;

beforeAll(async () => {
  world = await aSigningWorld();
  ca = await aCertificateAuthority();
});

/** A bundle by a certificate of the test authority, judged where that authority is trusted. */
const judgeCertificate = async (
  options: Parameters<TestAuthority['issue']>[0] = {},
  issuer: TestAuthority = ca,
  log: 'rekor-1' | 'rekor-2' = 'rekor-1',
) => {
  const services = certifying(world.sigstore, await issuer.issue(options));
  const bundle = await world.bundle(log, undefined, services);
  return world.judge(bundle, {
    authority: testAuthority(),
    root: trusting(world.root, issuer.chain),
  });
};

it('verifies what is good in everything', async () => {
  expect(reasonIn(await judgeCertificate())).toBe('verified');
  expect(reasonIn(world.judge(await world.bundle('rekor-1')))).toBe('verified');
  expect(reasonIn(world.judge(await world.bundle('rekor-2')))).toBe('verified');
  expect(reasonIn(world.judge(await world.layer()))).toBe('verified');
});

describe('H3: identities match as a whole, and a rule is never empty', () => {
  it.each([
    ['a part of the subject', 'https://github.com/acme/'],
    ['a suffix', 'release.yml@refs/heads/main'],
  ])('does not match %s', async (_, pattern) => {
    const rule = {
      subject: { kind: 'pattern', pattern },
      issuer: exactly(world.identity).issuer,
    } as const;
    const verdict = world.judge(await world.bundle(), { authority: keylessAuthority([rule]) });
    expect(reasonIn(verdict)).toBe('identity-mismatch');
  });

  it('N50: a pattern of either half counts, however well the other half matches', async () => {
    const bundle = await world.bundle();
    const good = exactly(world.identity);
    const other = { kind: 'pattern', pattern: 'https://github\\.com/other/.*' } as const;
    const by = (rule: Parameters<typeof keylessAuthority>[0][number]) =>
      reasonIn(world.judge(bundle, { authority: keylessAuthority([rule]) }));
    const any = { kind: 'pattern', pattern: '.+' } as const;
    expect(by({ subject: any, issuer: any })).toBe('verified');
    expect(by({ subject: other, issuer: any })).toBe('identity-mismatch');
    expect(by({ subject: any, issuer: other })).toBe('issuer-mismatch');
    expect(by({ ...good, subject: other })).toBe('identity-mismatch');
  });

  it.each([
    { kind: 'exact', value: '' },
    { kind: 'pattern', pattern: '' },
    { kind: 'pattern', pattern: '.*' },
    { kind: 'pattern', pattern: '(' },
  ] as const)('N49: refuses the rule %o', (rule) => {
    expect(compileTextRule(rule)).toMatchObject({ problem: expect.any(String) });
    const good = { kind: 'exact', value: 'x' } as const;
    for (const pair of [
      { subject: rule, issuer: good },
      { subject: good, issuer: rule },
    ])
      expect(isRuleProblem(compileIdentityRule(pair))).toBe(true);
  });
});

describe('H4: the certificate must be for signing code', () => {
  it.each([
    ['for servers only', { usages: [purposes.server] }, 'cert-eku'],
    ['for no purpose', { usages: [] }, 'cert-eku'],
    ['with a key for encipherment', { keyUsage: keyEncipherment }, 'cert-ku'],
    ['of an authority', { ca: true }, 'cert-path'],
  ])('refuses one %s', async (_, options, reason) => {
    expect(reasonIn(await judgeCertificate(options))).toBe(reason);
  });

  it('refuses one below an authority that may issue for servers only', async () => {
    const below = await ca.intermediate({ extra: [purposeExtension(purposes.server)] });
    expect(reasonIn(await judgeCertificate({}, below))).toBe('cert-eku');
  });
});

describe('H5: nothing critical may be left unprocessed', () => {
  it('refuses an unknown critical extension, and passes over one that is not critical', async () => {
    expect(reasonIn(await judgeCertificate({ extra: [unknownExtension(true)] }))).toBe(
      'cert-critical-ext',
    );
    expect(reasonIn(await judgeCertificate({ extra: [unknownExtension(false)] }))).toBe('verified');
  });

  it('refuses an unknown critical extension above the certificate', async () => {
    const below = await ca.intermediate({ extra: [unknownExtension(true)] });
    expect(reasonIn(await judgeCertificate({}, below))).toBe('cert-critical-ext');
  });

  it.each([true, false])(
    'holds names to the constraints above, critical or not',
    async (critical) => {
      const below = await ca.intermediate({ extra: [nameConstraints(critical)] });
      const named = (value: string) =>
        judgeCertificate({ subjectNames: [{ type: 'dns', value }] }, below).then(reasonIn);
      expect(await named('evil.example')).toBe('cert-path');
      // The name is allowed, and nobody trusts it.
      expect(await named('ci.acme.example')).toBe('identity-mismatch');
    },
  );
});

describe('H6: an envelope must hold a statement about this image', () => {
  const about = (change: (statement: Record<string, unknown>) => void) => {
    const statement = JSON.parse(
      statementAbout(world.image, 'https://slsa.dev/provenance/v1', {}).toString(),
    );
    change(statement);
    return Buffer.from(JSON.stringify(statement));
  };
  it.each([
    ['about another image', () => statementAbout(anImage('other'), 'x', {}), 'subject-mismatch'],
    ['of another type', () => about((one) => Object.assign(one, { _type: 'x' })), 'payload-type'],
    ['without predicate type', () => about((one) => delete one['predicateType']), 'json-malformed'],
  ])('refuses a statement %s', async (_, statement, reason) => {
    const bundle = await world.bundle('rekor-1', undefined, undefined, statement());
    expect(reasonIn(world.judge(bundle))).toBe(reason);
  });

  it('N07: takes the predicate type from inside', async () => {
    const statement = statementAbout(world.image, 'https://slsa.dev/provenance/v1', {});
    const verdict = world.judge(await world.bundle('rekor-1', undefined, undefined, statement));
    expect(verdict).toMatchObject({
      status: 'verified',
      proves: 'attested',
      predicateType: 'https://slsa.dev/provenance/v1',
    });
  });
});

describe('H7: the authority chooses the key and when it counts', () => {
  const key = generateKeyPair();
  const bundleBy = (signer = key) =>
    world.bundle('rekor-1', { kind: 'key', key: signer, tlog: true });
  const authorityWith = (window: object) =>
    keyAuthority([key.publicPem], {
      tlog: 'required',
      trustRoot: 'private',
      keys: [{ pem: key.publicPem, ...window }],
    });
  const hour = (n: number) => new Date(Date.now() + n * 3_600_000).toISOString();

  it('N54: whatever the hint and the key ID say', async () => {
    const lying = spoil(await bundleBy(), (json) => {
      json.verificationMaterial.publicKey.hint = 'another';
      json.dsseEnvelope.signatures[0].keyid = 'another';
    });
    expect(reasonIn(world.judge(lying, { authority: authorityWith({}) }))).toBe('verified');
    const other = await bundleBy(generateKeyPair());
    expect(reasonIn(world.judge(other, { authority: authorityWith({}) }))).toBe('signature-bad');
  });

  it.each([
    ['within its time', { validFrom: hour(-1), validUntil: hour(1) }, 'verified'],
    ['before it', { validFrom: hour(1) }, 'key-window'],
    ['N34: after it', { validUntil: hour(-1) }, 'key-window'],
  ])('a key counts %s', async (_, window, reason) => {
    const verdict = world.judge(await bundleBy(), { authority: authorityWith(window) });
    expect(reasonIn(verdict)).toBe(reason);
  });

  it('N34: a key with a window and no proven time is not judged', async () => {
    const layer = await world.layer({ kind: 'key', key, tlog: false });
    const authority = keyAuthority([key.publicPem], {
      trustRoot: 'private',
      keys: [{ pem: key.publicPem, validUntil: hour(-1) }],
    });
    expect(world.judge(layer, { authority })).toMatchObject({
      status: 'inconclusive',
      reason: 'no-trusted-time',
    });
  });
});

describe('H8: a timestamp certificate must be for timestamps', () => {
  it('refuses a token by a certificate for other purposes', async () => {
    const bundle = await world.bundle('rekor-2');
    const root = spoilRoot(world.root, (json) => {
      const [tsa] = json.timestampAuthorities;
      const [leaf] = tsa.certChain.certificates;
      leaf.rawBytes = withoutTimeStamping(leaf.rawBytes);
    });
    // With another purpose the certificate is not one that its authority signed.
    expect(reasonIn(world.judge(bundle, { root }))).toBe('tsa-untrusted');
  });
});

/** The purpose timeStamping (…3.8) turned into codeSigning (…3.3); the chain is checked later. */
function withoutTimeStamping(base64: string): string {
  const der = Buffer.from(base64, 'base64');
  const at = der.indexOf(Buffer.from('06082b06010505070308', 'hex'));
  der[at + 9] = 3;
  return der.toString('base64');
}

describe('H9: log keys count while they are valid, also for proofs', () => {
  it('N36: refuses a proof under a key that was retired before', async () => {
    const bundle = await world.bundle('rekor-2');
    const root = spoilRoot(world.root, (json) => {
      json.tlogs[0].publicKey.validFor.end = new Date(Date.now() - 1_800_000).toISOString();
    });
    expect(reasonIn(world.judge(bundle, { root }))).toBe('tlog-proof-bad');
  });
});

describe('H10, H11: what is read in two ways is not read', () => {
  it('H10: refuses a trust root whose log has no start', () => {
    const root = spoilRoot(world.root, (json) => {
      delete json.tlogs[0].publicKey.validFor.start;
    });
    expect(isRefusal(loadTrustRoot(root))).toBe(true);
    expect(isRefusal(loadTrustRoot(world.root))).toBe(false);
  });

  it.each([
    ['an unknown member', (json: never) => Object.assign(json, { extra: 1 }), 'bundle-malformed'],
    [
      'two contents',
      (json: { verificationMaterial: object }) =>
        Object.assign(json, {
          messageSignature: {
            messageDigest: { algorithm: 'SHA2_256', digest: 'AAAA' },
            signature: 'AAAA',
          },
        }),
      'bundle-malformed',
    ],
    [
      'two kinds of key',
      (json: { verificationMaterial: object }) =>
        Object.assign(json.verificationMaterial, { publicKey: { hint: 'x' } }),
      'bundle-malformed',
    ],
  ])('H11: refuses a bundle with %s', async (_, change, reason) => {
    const bundle = spoil(await world.bundle(), change as never);
    expect(reasonIn(world.judge(bundle))).toBe(reason);
  });

  it('H11: refuses a bundle with a repeated member', async () => {
    const bundle = await world.bundle();
    const text = Buffer.from(bundle.bytes).toString();
    const bytes = Buffer.from(text.replace('{', '{"mediaType":"x",'));
    expect(reasonIn(world.judge({ ...bundle, bytes }))).toBe('json-ambiguous');
  });
});
