import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ImageFacts } from '#lib/policy/facts.ts';
import { worstOf } from '#lib/policy/finding.ts';
import { keyFingerprint } from '#lib/policy/public-keys.ts';
import { aPod, aSigner, aVerdict, readAs, someDigest, someFacts } from '#tests/builders/policy.ts';
import { defaultConfiguration, type PolicyControllerConfiguration } from './configuration.ts';
import { decidePolicyController } from './decide.ts';

const issuer = 'https://token.actions.githubusercontent.com';
const signer = aSigner('https://github.com/acme/shop/release.yaml@refs/heads/main', issuer);
const signed = someFacts([aVerdict(signer)]);
const image = `ghcr.io/acme/shop@${someDigest}`;

const keyless = (subjectRegExp: string, more: object = {}) => ({
  keyless: { identities: [{ issuer, subjectRegExp }] },
  ...more,
});
const aPolicy = (spec: object, name = 'signed') =>
  readAs('cluster-image-policy', {
    apiVersion: 'policy.sigstore.dev/v1beta1',
    kind: 'ClusterImagePolicy',
    metadata: { name },
    spec: { images: [{ glob: '**' }], authorities: [keyless('github.com/acme/')], ...spec },
  });

function decide(
  policies: readonly ReturnType<typeof aPolicy>[],
  facts: ImageFacts | undefined = signed,
  {
    pod = aPod(image),
    ...configuration
  }: Partial<PolicyControllerConfiguration> & { readonly pod?: ReturnType<typeof aPod> } = {},
) {
  const setup = {
    cluster: 'prod',
    configuration: { ...defaultConfiguration, ...configuration },
  };
  return decidePolicyController(policies, setup, pod, () => facts);
}
const today = (...args: Parameters<typeof decide>) =>
  worstOf(decide(...args).map((one) => one.today));

describe('policy-controller', () => {
  it.each([
    ['ghcr.io/acme/*', `ghcr.io/acme/a/b@${someDigest}`, 'refuse'],
    ['ghcr.io/acme/**', `ghcr.io/acme/a/b@${someDigest}`, 'admit'],
    ['ghcr.io/acme/*', `ghcr.io/acme/a@${someDigest}`, 'admit'],
  ])('P07 the glob %s and %s: %s', (glob, declared, outcome) => {
    expect(today([aPolicy({ images: [{ glob }] })], signed, { pod: aPod(declared) })).toBe(outcome);
  });

  it.each([
    ['index.docker.io/library/*', 'nginx', 'admit'],
    ['*', 'nginx:1.27', 'admit'],
    ['*/*', 'docker.io/acme/shop', 'admit'],
    ['docker.io/*', 'nginx', 'refuse'],
    ['docker.io/library/*', 'docker.io/library/nginx', 'refuse'],
  ])('P08 Docker Hub is index.docker.io: %s and %s: %s', (glob, declared, outcome) => {
    expect(today([aPolicy({ images: [{ glob }] })], signed, { pod: aPod(declared) })).toBe(outcome);
  });

  it('P09 refuses where one of two policies is met', () => {
    const other = aPolicy({ authorities: [keyless('github.com/other/')] }, 'other');
    expect(decide([aPolicy({}), other]).map((one) => one.today)).toEqual(['admit', 'refuse']);
    expect(today([aPolicy({}), other])).toBe('refuse');
  });

  it('admits where one of the authorities of a policy is met', () => {
    const authorities = [
      keyless('github.com/other/'),
      keyless('github.com/acme/', { name: 'ours' }),
    ];
    expect(decide([aPolicy({ authorities })])).toMatchObject([{ today: 'admit', rule: 'ours' }]);
  });

  it.each([
    ['deny', 'refuse', 'refuse'],
    ['warn', 'warn', 'refuse'],
    ['allow', 'admit', 'admit'],
  ] as const)('P11 no-match-policy %s: %s', (noMatchPolicy, now, enforced) => {
    const policies = [aPolicy({ images: [{ glob: 'quay.io/**' }] })];
    expect(decide(policies, signed, { noMatchPolicy })).toMatchObject([
      { rule: 'no-match-policy', today: now, enforced },
    ]);
  });

  it.each([
    ['nobody looked', undefined],
    ['the registry did not answer', someFacts([], { incomplete: 'the registry did not answer' })],
  ])('P12 an image is an error and no violation where %s', (_, facts) => {
    const [decision] = decidePolicyController(
      [aPolicy({})],
      { cluster: 'prod', configuration: defaultConfiguration },
      aPod(image),
      () => facts,
    );
    expect(decision).toMatchObject({ today: 'error', enforced: 'error' });
  });

  it('refuses an image whose signatures were looked for and are not there', () => {
    expect(today([aPolicy({})], someFacts([]))).toBe('refuse');
  });

  it('warns below enforcement and says what enforcing would do', () => {
    expect(decide([aPolicy({ mode: 'warn' })], someFacts([]))).toMatchObject([
      { mode: 'warn', today: 'warn', enforced: 'refuse' },
    ]);
  });

  it('is not asked in a namespace without its label', () => {
    const pod = aPod(image, { namespaceLabels: {} });
    expect(decide([aPolicy({})], someFacts([]), { pod })).toMatchObject([
      { mode: 'none', today: 'admit', enforced: 'refuse' },
    ]);
    const unread = aPod(image);
    const { namespaceLabels: _, ...rest } = unread;
    expect(today([aPolicy({})], signed, { pod: rest })).toBe('error');
  });

  it.each([
    ['P04 static pass', { static: { action: 'pass' } }, 'admit'],
    ['static fail', { static: { action: 'fail', message: 'no' } }, 'refuse'],
    ['a signature in bundles', keyless('acme', { signatureFormat: 'bundle' }), 'refuse'],
    ['a secret', { key: { secretRef: { name: 'keys' } } }, 'not-evaluated'],
    [
      'an attestation that is not there',
      keyless('acme', { attestations: [{ name: 'a', predicateType: 'https://example.org/a' }] }),
      'refuse',
    ],
    [
      'signatures that lie elsewhere',
      keyless('acme', { source: [{ oci: 'registry.example/signatures' }] }),
      'not-evaluated',
    ],
  ])('decides an authority with %s', (_, authority, outcome) => {
    expect(today([aPolicy({ authorities: [authority] })])).toBe(outcome);
  });

  it('leaves conditions in rego and CUE not evaluated, and does not admit by them', () => {
    const policy = { type: 'cue', data: 'x: 1' };
    expect(today([aPolicy({ policy })])).toBe('not-evaluated');
    expect(today([aPolicy({ policy })], someFacts([]))).toBe('refuse');
  });

  it('does not take a signature without the log that it asks for', () => {
    const checks = aVerdict(signer).checks.map((check) =>
      check.id === 'transparency-log' ? ({ ...check, outcome: 'not-run' } as const) : check,
    );
    expect(today([aPolicy({})], someFacts([aVerdict(signer, { checks })]))).toBe('not-evaluated');
  });

  it('does not take what is broken, whoever is said to have signed it', () => {
    const broken = { id: 'signature', outcome: 'failed', detail: 'it is bad' } as const;
    const item = aVerdict(signer, { status: 'invalid', reason: 'signature-bad', checks: [broken] });
    expect(today([aPolicy({})], someFacts([item]))).toBe('refuse');
    const stale = aVerdict(signer, { status: 'untrusted', reason: 'key-window', checks: [broken] });
    expect(today([aPolicy({})], someFacts([stale]))).toBe('refuse');
  });

  it('takes a signer that our own configuration does not name', () => {
    const identity = {
      id: 'identity',
      outcome: 'failed',
      reason: 'identity-mismatch',
      detail: 'other',
    } as const;
    const checks = aVerdict(signer).checks.map((check) =>
      check.id === 'identity' ? identity : check,
    );
    const item = aVerdict(signer, { status: 'untrusted', reason: 'identity-mismatch', checks });
    expect(today([aPolicy({})], someFacts([item]))).toBe('admit');
  });

  it('does not take a signer under another trust root', () => {
    const trustRoot = { name: 'private', revision: '1' };
    expect(today([aPolicy({})], someFacts([aVerdict(signer, { trustRoot })]))).toBe('refuse');
  });

  const pem = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZxAfzrQG1EbWyCI8LiSB7YgSFXoI
FNGTyQGKHFc6/H8TQumT9VLS78pUwtv3w7EfKoyFZoP32KrO7nzUy2q6Cw==
-----END PUBLIC KEY-----`;

  it('knows a key only by having tried it', () => {
    const policy = aPolicy({ authorities: [{ name: 'key', key: { data: pem } }] });
    const { signer: _, ...stranger } = aVerdict(signer, {
      status: 'invalid',
      reason: 'signature-bad',
      proves: 'nothing',
      checks: [{ id: 'signature', outcome: 'failed', detail: 'no key fits' }],
    });
    expect(today([policy], someFacts([stranger]))).toBe('not-evaluated');
    const judgedUnder = ['ClusterImagePolicy/signed/key'];
    expect(today([policy], someFacts([stranger], { judgedUnder }))).toBe('refuse');
    const fingerprint = keyFingerprint(pem) ?? '';
    const known = aVerdict({ kind: 'key', fingerprint, algorithm: 'ecdsa' });
    expect(today([policy], someFacts([known]))).toBe('admit');
  });

  it('takes the first of several keys alone, as the engine does', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const other = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const fingerprint = keyFingerprint(other) ?? '';
    const facts = someFacts([aVerdict({ kind: 'key', fingerprint, algorithm: 'ecdsa-p256' })]);
    const under = (data: string) => aPolicy({ authorities: [{ key: { data } }] });
    expect(today([under(`${other}${pem}`)], facts)).toBe('admit');
    expect(today([under(`${pem}\n${other}`)], facts)).toBe('refuse');
  });

  it('does not take a signature with another hash than the engine tries', () => {
    const key = { kind: 'key', fingerprint: keyFingerprint(pem) ?? '' } as const;
    const under = (hashAlgorithm?: string) =>
      aPolicy({ authorities: [{ name: 'key', key: { data: pem, hashAlgorithm } }] });
    const signedBy = (algorithm: string, judgedUnder: string[] = [], authority?: string) =>
      someFacts([aVerdict({ ...key, algorithm }, { ...(authority && { authority }) })], {
        judgedUnder,
      });
    const name = 'ClusterImagePolicy/signed/key';
    expect(today([under()], signedBy('ecdsa-p256'))).toBe('admit');
    expect(today([under()], signedBy('ecdsa-p384'))).toBe('not-evaluated');
    expect(today([under('sha512')], signedBy('ecdsa-p256'))).toBe('not-evaluated');
    expect(today([under('sha512')], signedBy('ecdsa-p256', [name]))).toBe('refuse');
    expect(today([under('sha512')], signedBy('ecdsa-p256', [name], name))).toBe('admit');
  });

  it('says where a version is known to let attestations past', () => {
    const attestations = [{ name: 'a', predicateType: 'https://example.org/a' }];
    const policy = aPolicy({ authorities: [keyless('acme', { attestations })] });
    const [decision] = decide([policy], signed, { enableOci11: true });
    expect(decision?.engineMayDiffer).toContain('1971');
    expect(decide([policy], signed)[0]).not.toHaveProperty('engineMayDiffer');
  });

  describe('identities (2.5)', () => {
    const evil = aSigner('https://evil.example/?https://github.com/acme/', issuer);
    it.each([
      [
        'an unanchored pattern fits anywhere',
        { issuer, subjectRegExp: 'https://github.com/acme/' },
        evil,
        'admit',
      ],
      [
        'an anchored pattern does not',
        { issuer, subjectRegExp: '^https://github.com/acme/' },
        evil,
        'refuse',
      ],
      [
        'an exact subject is no pattern',
        { issuer, subject: 'https://github.com/acme/*' },
        signer,
        'refuse',
      ],
      [
        'the issuer must be that one',
        { issuer: 'https://other', subject: signer.subject },
        signer,
        'refuse',
      ],
      [
        'any of several names will do',
        { issuer, subject: 'dev@acme.example' },
        {
          ...signer,
          names: [
            { kind: 'uri', value: 'https://a' },
            { kind: 'email', value: 'dev@acme.example' },
          ],
        },
        'admit',
      ],
    ] as const)('%s', (_, identity, who, outcome) => {
      const policy = aPolicy({ authorities: [{ keyless: { identities: [identity] } }] });
      expect(today([policy], someFacts([aVerdict(who)]))).toBe(outcome);
    });
  });
});
