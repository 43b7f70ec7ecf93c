import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadTrustRoot } from '#lib/verify/trusted-root.ts';
import { aSigningWorld } from '#tests/builders/signing-world.ts';
import { policyMarks, policyMaterial } from './policy-material.ts';

const pairs = {
  ec: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: () => generateKeyPairSync('ed25519'),
  x25519: () => generateKeyPairSync('x25519'),
};
const pemOf = (type: keyof typeof pairs): string =>
  pairs[type]().publicKey.export({ type: 'spki', format: 'pem' }).toString();
const pem = pemOf('ec');
const readAt = new Date('2026-11-21T10:00:00Z');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const aPolicy = (authorities: readonly object[], spec: object = {}) => ({
  apiVersion: 'policy.sigstore.dev/v1beta1',
  kind: 'ClusterImagePolicy',
  metadata: { name: 'signed' },
  spec: { images: [{ glob: 'ghcr.io/acme/**' }], authorities, ...spec },
});
const byKey = { key: { data: pem } };

const certificateAuthority = {
  subject: { organization: 'acme', commonName: 'acme' },
  uri: 'https://ca.example',
  certChain: base64('no certificate'),
};
const aTrustRoot = (spec: object, name = 'own') => ({
  apiVersion: 'policy.sigstore.dev/v1alpha1',
  kind: 'TrustRoot',
  metadata: { name },
  spec,
});

describe('the material of policies', () => {
  it('names authorities by cluster and policy, and marks them by what the policy says', () => {
    const { authorities, problems } = policyMaterial('prod', [aPolicy([byKey])], readAt);
    expect(problems).toEqual([]);
    expect(authorities).toMatchObject([
      {
        name: 'prod/ClusterImagePolicy/signed/authority-0',
        kind: 'key',
        images: ['ghcr.io/acme/**'],
        source: { kind: 'policy', cluster: 'prod', policy: 'signed' },
      },
    ]);
    expect([...policyMarks('prod', [aPolicy([byKey])]).keys()]).toEqual([
      'ClusterImagePolicy/signed/authority-0',
    ]);
  });

  it('has another mark with another key, and none with other images', () => {
    const markOf = (...objects: readonly object[]) =>
      policyMarks('prod', objects).get('ClusterImagePolicy/signed/authority-0');
    const mark = markOf(aPolicy([byKey]));
    expect(mark).toMatch(/^[0-9a-f]{64}$/);
    expect(markOf(aPolicy([byKey], { images: [{ glob: '**' }] }))).toBe(mark);
    expect(markOf(aPolicy([{ key: { data: pemOf('ec') } }]))).not.toBe(mark);
    expect(markOf(aPolicy([{ key: { data: pem, hashAlgorithm: 'sha512' } }]))).not.toBe(mark);
  });

  it('counts policies that only warn, and none that verify nothing', () => {
    const warning = aPolicy([byKey], { mode: 'warn' });
    expect(policyMaterial('prod', [warning], readAt).authorities).toHaveLength(1);
    const passing = aPolicy([{ static: { action: 'pass' } }]);
    expect(policyMaterial('prod', [passing], readAt).authorities).toEqual([]);
  });

  it('uses none of several authorities with one name, and says so', () => {
    const policy = aPolicy([
      { name: 'a', ...byKey },
      { name: 'a', key: { data: pemOf('ec') } },
      { name: 'b', ...byKey },
    ]);
    const { authorities, problems } = policyMaterial('prod', [policy], readAt);
    expect(authorities.map(({ name }) => name)).toEqual(['prod/ClusterImagePolicy/signed/b']);
    expect(problems).toMatchObject([{ name: 'prod/ClusterImagePolicy/signed/a' }]);
  });

  it('passes over what is no policy, whatever it is', () => {
    const objects = [null, 7, {}, { kind: 'Pod' }, aPolicy([{ key: {} }]), aPolicy([byKey])];
    expect(policyMaterial('prod', objects, readAt).authorities).toHaveLength(1);
  });

  it('leaves out an authority of which one identity cannot be told', () => {
    const identity = { issuer: 'https://issuer.example', subject: 'a@acme.example' };
    const open = { issuer: 'https://issuer.example', subjectRegExp: '(a@acme[.]example)?' };
    const of = (...identities: readonly object[]) =>
      policyMaterial('prod', [aPolicy([{ keyless: { identities } }])], readAt).authorities;
    expect(of(identity)).toHaveLength(1);
    expect(of(identity, open)).toEqual([]);
  });
});

describe('TrustRoot objects', () => {
  const logs = (type: Parameters<typeof pemOf>[0]) => [
    { baseURL: 'https://rekor', hashAlgorithm: 'sha-256', publicKey: base64(pemOf(type)) },
  ];

  it.each([
    ['a mirror', { remote: { root: 'AA==', mirror: 'https://tuf.example' } }, 'tuf.example'],
    ['a packed repository', { repository: { root: 'AA==', mirrorFS: 'AA==' } }, 'packed'],
    [
      'a chain without certificates',
      { sigstoreKeys: { certificateAuthorities: [certificateAuthority] } },
      'a chain has no certificate',
    ],
  ])('of %s are told as a problem', (_, spec, detail) => {
    const { trustRoots, problems } = policyMaterial('prod', [aTrustRoot(spec)], readAt);
    expect(trustRoots).toEqual([]);
    expect(problems).toMatchObject([{ name: 'TrustRoot/prod/own', reason: 'trustroot-missing' }]);
    expect(problems[0]?.detail).toContain(detail);
  });

  it.each(['ec', 'ed25519', 'rsa'] as const)('with logs of the kind %s are read', async (type) => {
    const world = await aSigningWorld();
    const [authority] = JSON.parse(world.root.json).certificateAuthorities;
    const chain = authority.certChain.certificates
      .map(
        ({ rawBytes }: { rawBytes: string }) =>
          `-----BEGIN CERTIFICATE-----\n${rawBytes}\n-----END CERTIFICATE-----\n`,
      )
      .join('');
    const object = aTrustRoot({
      sigstoreKeys: {
        certificateAuthorities: [{ ...certificateAuthority, certChain: base64(chain) }],
        tLogs: logs(type),
      },
    });
    const { trustRoots, problems } = policyMaterial('prod', [object], readAt);
    expect(problems).toEqual([]);
    const [root] = trustRoots;
    expect(root).toMatchObject({ origin: 'policy', asOf: readAt.toISOString() });
    const domain = root && loadTrustRoot(root);
    expect(domain).toMatchObject({ logs: [{ key: { kind: expect.any(String) } }] });
  });

  it('with a log that nobody can verify with are told as a problem', () => {
    const object = aTrustRoot({
      sigstoreKeys: { timestampAuthorities: [certificateAuthority], tLogs: logs('x25519') },
    });
    expect(policyMaterial('prod', [object], readAt).problems).toMatchObject([
      { name: 'TrustRoot/prod/own' },
    ]);
  });
});
