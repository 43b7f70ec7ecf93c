import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { worstOf } from '#lib/policy/finding.ts';
import { keyFingerprint } from '#lib/policy/public-keys.ts';
import { aPod, aSigner, aVerdict, readAs, someDigest, someFacts } from '#tests/builders/policy.ts';
import { defaultKyvernoConfiguration, parseResourceFilters } from './configuration.ts';
import { decideKyvernoPolicies } from './decide.ts';
import type { KyvernoException, KyvernoSetup } from './setup.ts';

const issuer = 'https://token.actions.githubusercontent.com';
const signer = aSigner('https://github.com/acme/shop/release.yaml@refs/heads/main', issuer);
const signed = someFacts([aVerdict(signer)]);
const image = `ghcr.io/acme/shop@${someDigest}`;
const by = (subject: string) => ({ keyless: { subject, issuer, rekor: { url: 'https://rekor' } } });
const [ours, theirs] = [by('https://github.com/acme/*'), by('https://github.com/other/*')];

const aPolicy = (verification: object, { rule = {}, spec = {} } = {}) =>
  readAs('kyverno-policy', {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name: 'signed' },
    spec: {
      rules: [
        {
          name: 'check',
          match: { any: [{ resources: { kinds: ['Pod'] } }] },
          verifyImages: [
            {
              imageReferences: ['*'],
              failureAction: 'Enforce',
              attestors: [{ entries: [ours] }],
              ...verification,
            },
          ],
          ...rule,
        },
      ],
      ...spec,
    },
  });

interface Asked {
  readonly facts?: ReturnType<typeof someFacts> | 'none';
  readonly pod?: AdmittedObject;
  readonly exceptions?: readonly KyvernoException[];
  readonly setup?: Partial<KyvernoSetup>;
}
const decide = (
  policy: ReturnType<typeof aPolicy>,
  { facts = signed, pod = aPod(image), exceptions = [], setup = {} }: Asked = {},
) =>
  decideKyvernoPolicies(
    [policy],
    exceptions,
    { cluster: 'prod', configuration: defaultKyvernoConfiguration, ...setup },
    pod,
    () => (facts === 'none' ? undefined : facts),
  );
const today = (...args: Parameters<typeof decide>) =>
  worstOf(decide(...args).map((one) => one.today));

describe('Kyverno', () => {
  it('P07 a wildcard goes across slashes', () => {
    const pod = aPod(`ghcr.io/acme/a/b@${someDigest}`);
    expect(today(aPolicy({ imageReferences: ['ghcr.io/acme/*'] }), { pod })).toBe('admit');
  });

  it.each([
    ['docker.io/*', 'nginx', 'admit'],
    ['docker.io/nginx:*', 'nginx', 'admit'],
    ['docker.io/library/*', 'nginx', undefined],
    ['index.docker.io/library/*', 'nginx', undefined],
    ['ghcr.io/acme/shop:v?', 'ghcr.io/acme/shop:v1', 'admit'],
    ['ghcr.io/acme/shop:v?', 'ghcr.io/acme/shop:v12', undefined],
  ])('P08 Docker Hub is docker.io without library: %s and %s: %s', (pattern, declared, outcome) => {
    expect(today(aPolicy({ imageReferences: [pattern] }), { pod: aPod(declared) })).toBe(outcome);
  });

  it.each([
    ['one of two entries is enough with count 1', [{ count: 1, entries: [theirs, ours] }], 'admit'],
    ['without a count all entries must be', [{ entries: [theirs, ours] }], 'refuse'],
    ['every outer set must be', [{ entries: [ours] }, { entries: [theirs] }], 'refuse'],
    [
      'a nested set counts as one',
      [{ count: 2, entries: [ours, { attestor: { count: 1, entries: [theirs, ours] } }] }],
      'admit',
    ],
    ['a count beyond what holds', [{ count: 2, entries: [ours, theirs, theirs] }], 'refuse'],
  ])('P10 %s', (_, attestors, outcome) => {
    expect(today(aPolicy({ attestors }))).toBe(outcome);
  });

  it('P12 an image that nobody could look at is an error and no violation', () => {
    expect(decide(aPolicy({}), { facts: 'none' })).toMatchObject([
      { today: 'error', enforced: 'error' },
    ]);
  });

  it('says where Kyverno may pass over a bundle', () => {
    const bundle = aVerdict(signer, { kind: 'sigstore-bundle' });
    const [decision] = decide(aPolicy({ type: 'SigstoreBundle' }), { facts: someFacts([bundle]) });
    expect(decision).toMatchObject({ today: 'admit' });
    expect(decision?.engineMayDiffer).toContain('another type');
    expect(decide(aPolicy({}))[0]).not.toHaveProperty('engineMayDiffer');
  });

  it('does not take a signature with another hash than Kyverno tries', () => {
    const publicKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString();
    const fingerprint = keyFingerprint(publicKeys) ?? '';
    const keys = { publicKeys, rekor: { url: 'https://rekor', ignoreTlog: true } };
    const under = (signatureAlgorithm: string, authority?: string) => {
      const policy = aPolicy({
        attestors: [{ entries: [{ keys: { ...keys, signatureAlgorithm } }] }],
      });
      const judgedUnder = policy.summary?.authorities.map(({ name }) => name) ?? [];
      const signer = { kind: 'key', fingerprint, algorithm: 'ecdsa-p256' } as const;
      const verdict = aVerdict(signer, {
        ...(authority === 'own' && { authority: judgedUnder[0] ?? '' }),
      });
      return today(policy, { facts: someFacts([verdict], { judgedUnder }) });
    };
    expect(under('sha256', 'own')).toBe('admit');
    expect(under('sha512')).toBe('refuse');
    expect(under('sha512', 'own')).toBe('admit');
  });

  it('refuses what is not signed, and below enforcement only says so', () => {
    const facts = someFacts([]);
    expect(today(aPolicy({}), { facts })).toBe('refuse');
    expect(decide(aPolicy({ failureAction: 'Audit' }), { facts })).toMatchObject([
      { mode: 'audit', today: 'admit', enforced: 'refuse' },
    ]);
  });

  it('P04 does not count what a policy leaves out', () => {
    const policy = aPolicy({ skipImageReferences: ['ghcr.io/acme/*'] });
    expect(decide(policy, { facts: someFacts([]) })).toMatchObject([
      { mode: 'none', today: 'admit' },
    ]);
  });

  it.each([
    [
      'the first override that fits',
      [{ action: 'Audit', namespaces: ['sh*'] }, { action: 'Enforce' }],
      'audit',
    ],
    ['an override of another namespace', [{ action: 'Audit', namespaces: ['prod'] }], 'enforce'],
    [
      'an override by labels',
      [{ action: 'Audit', namespaceSelector: { matchLabels: { a: 'b' } } }],
      'enforce',
    ],
  ])('takes the mode by %s', (_, validationFailureActionOverrides, mode) => {
    const spec = { validationFailureAction: 'Enforce', validationFailureActionOverrides };
    const policy = aPolicy({ failureAction: undefined }, { spec });
    expect(decide(policy)).toMatchObject([{ mode }]);
  });

  it('demands a digest where it adds none', () => {
    const pod = aPod('ghcr.io/acme/shop:v1');
    expect(today(aPolicy({ mutateDigest: false }), { pod })).toBe('refuse');
    expect(today(aPolicy({ mutateDigest: false, verifyDigest: false }), { pod })).toBe('admit');
  });

  it.each([
    ['{{ request.operation }}', 'Equals', 'CREATE', 'refuse'],
    ['{{ request.operation }}', 'Equals', 'DELETE', undefined],
    ['{{ request.namespace }}', 'AnyIn', ['shop'], 'refuse'],
    ['{{ request.object.metadata.labels.app }}', 'Equals', 'web', 'refuse'],
    ["{{ request.object.metadata.labels.team || '' }}", 'NotEquals', '', undefined],
    ['{{ request.object.metadata.labels.team }}', 'Equals', 'x', 'error'],
    ['{{ request.object.spec.containers[].image | length(@) }}', 'GreaterThan', 1, 'refuse'],
    ['{{ request.object.metadata.annotations.skip }}', 'Equals', 'x', 'not-evaluated'],
    ['{{ request.userInfo.username }}', 'NotEquals', 'x', 'not-evaluated'],
    ['{{ settings.data.mode }}', 'Equals', 'x', 'not-evaluated'],
  ])('asks under the precondition %s %s %j: %s', (key, operator, value, outcome) => {
    const preconditions = { all: [{ key, operator, value }] };
    const containers = ['web', 'log'].map((name) => ({ name, kind: 'main', image }) as const);
    const pod = aPod(image, { labels: { app: 'web' }, containers });
    const policy = aPolicy({ attestors: [{ entries: [theirs] }] }, { rule: { preconditions } });
    expect(today(policy, { pod })).toBe(outcome);
    expect(today(aPolicy({}, { rule: { preconditions } }), { pod })).toBe(
      outcome === 'error' ? 'error' : outcome && 'admit',
    );
  });

  it('reads preconditions about pods out of what makes them', () => {
    const condition = (key: string, value: unknown) => ({
      rule: { preconditions: { all: [{ key, operator: 'Equals', value }] } },
    });
    const pod = aPod(image, { group: 'apps', kind: 'Deployment', labels: { app: 'web' } });
    const refusing = { attestors: [{ entries: [theirs] }] };
    const images = condition('{{ request.object.spec.containers[].image }}', [image]);
    expect(today(aPolicy(refusing, images), { pod })).toBe('refuse');
    const labels = condition('{{ request.object.metadata.labels.app }}', 'web');
    expect(today(aPolicy(refusing, labels), { pod })).toBe('not-evaluated');
  });

  it('names preconditions that it cannot evaluate, and no others', () => {
    const asking = (key: string) =>
      aPolicy({}, { rule: { preconditions: { all: [{ key, operator: 'Equals', value: 'a' }] } } })
        .summary?.unevaluated;
    expect(asking('{{ request.object.metadata.labels.app }}')).toEqual([]);
    expect(asking('{{ settings.data.mode }}')).toEqual([
      'the preconditions of check: settings is not known here',
    ]);
  });

  it('verifies whatever preconditions in CEL say, which are about other rules', () => {
    const rule = { celPreconditions: [{ name: 'a', expression: 'false' }] };
    expect(today(aPolicy({ attestors: [{ entries: [theirs] }] }, { rule }))).toBe('refuse');
  });

  it('leaves conditions in JMESPath not evaluated', () => {
    const attested = aVerdict(signer, {
      kind: 'cosign-attestation',
      proves: 'attested',
      predicateType: 'https://a',
    });
    const attestation = { type: 'https://a', attestors: [{ entries: [ours] }] };
    const facts = someFacts([attested]);
    expect(today(aPolicy({ attestors: [], attestations: [attestation] }), { facts })).toBe('admit');
    const conditional = { ...attestation, conditions: [{ all: [] }] };
    expect(today(aPolicy({ attestors: [], attestations: [conditional] }), { facts })).toBe(
      'not-evaluated',
    );
    expect(today(aPolicy({ attestors: [], attestations: [conditional] }))).toBe('refuse');
  });

  it('extends rules about pods to controllers, unless a name binds them', () => {
    const pod = aPod(image, { group: 'apps', kind: 'Deployment' });
    expect(today(aPolicy({}), { pod })).toBe('admit');
    const match = { any: [{ resources: { kinds: ['Pod'], names: ['w*'] } }] };
    expect(decide(aPolicy({}, { rule: { match } }), { pod })).toEqual([]);
  });

  it('leaves alone what its filters name', () => {
    const resourceFilters = parseResourceFilters('[Event,*,*][*/*,shop,*]');
    const setup = { configuration: { ...defaultKyvernoConfiguration, resourceFilters } };
    expect(decide(aPolicy({}), { facts: someFacts([]), setup })).toMatchObject([
      { mode: 'none', today: 'admit', enforced: 'refuse' },
    ]);
  });

  describe('exceptions', () => {
    const exception = readAs('kyverno-exception', {
      apiVersion: 'kyverno.io/v2',
      kind: 'PolicyException',
      metadata: { name: 'late', namespace: 'exceptions' },
      spec: {
        match: { any: [{ resources: { kinds: ['Pod'], namespaces: ['shop'] } }] },
        exceptions: [{ policyName: 'signed', ruleNames: ['che*'] }],
      },
    });
    it.each([
      ['is honoured from any namespace', { enabled: true, namespace: '*' }, 'admit'],
      ['is not honoured from another namespace', { enabled: true, namespace: 'kyverno' }, 'refuse'],
      ['is not honoured at all', { enabled: false, namespace: '*' }, 'refuse'],
      ['may be honoured, nobody knows', undefined, 'not-evaluated'],
    ])('P04 an exception %s', (_, exceptions, outcome) => {
      const setup = exceptions === undefined ? {} : { exceptions };
      const asked = { facts: someFacts([]), exceptions: [exception], setup };
      expect(decide(aPolicy({}), asked)).toMatchObject([{ today: outcome, enforced: 'refuse' }]);
    });
  });

  describe('identities (2.5)', () => {
    const evil = aSigner('https://evil.example/?https://github.com/acme/', issuer);
    it.each([
      [
        'a subject is a wildcard of the whole name',
        { subject: 'https://github.com/acme/*', issuer },
        evil,
        'refuse',
      ],
      ['an issuer is a wildcard too', { subject: '*', issuer: 'https://token.*' }, evil, 'admit'],
      ['a pattern is found anywhere', { subjectRegExp: 'github.com/acme', issuer }, evil, 'admit'],
      [
        'a subject by wildcard or by pattern',
        { subject: 'x', subjectRegExp: 'acme', issuer },
        signer,
        'admit',
      ],
      [
        'an issuer in every form that is given',
        { issuer, issuerRegExp: '^x', subject: '*' },
        signer,
        'refuse',
      ],
      ['nothing asked, everybody believed', {}, evil, 'admit'],
    ])('%s', (_, keyless, who, outcome) => {
      const attestors = [{ entries: [{ keyless }] }];
      expect(today(aPolicy({ attestors }), { facts: someFacts([aVerdict(who)]) })).toBe(outcome);
    });
  });
});
