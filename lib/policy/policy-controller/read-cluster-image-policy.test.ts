import { describe, expect, it } from 'vitest';
import { readPolicy } from '#lib/policy/read-policy.ts';
import { readAs } from '#tests/builders/policy.ts';
import { readClusterImagePolicy } from './read-cluster-image-policy.ts';

const pem = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZxAfzrQG1EbWyCI8LiSB7YgSFXoI
FNGTyQGKHFc6/H8TQumT9VLS78pUwtv3w7EfKoyFZoP32KrO7nzUy2q6Cw==
-----END PUBLIC KEY-----`;
const key = { key: { data: pem } };
const identity = { issuer: 'https://issuer', subject: 'https://subject' };
const keyless = (more: object) => ({ keyless: { identities: [{ ...identity, ...more }] } });
const document = (spec: object) => ({
  apiVersion: 'policy.sigstore.dev/v1alpha1',
  kind: 'ClusterImagePolicy',
  metadata: { name: 'one' },
  spec: { images: [{ glob: '**' }], authorities: [key], ...spec },
});
const first = (authority: object) => document({ authorities: [authority] });
const at = 'spec.authorities[0]';

describe('readClusterImagePolicy', () => {
  it.each([
    ['no images', document({ images: [] }), 'spec.images'],
    ['a glob with other characters', document({ images: [{ glob: '[' }] }), 'spec.images[0].glob'],
    ['no authorities', document({ authorities: [] }), 'spec.authorities'],
    ['an unknown mode', document({ mode: 'garbage' }), 'spec.mode'],
    ['no form of authority', first({ name: 'a' }), at],
    ['two forms of authority', first({ ...key, static: { action: 'pass' } }), at],
    ['a key of no form', first({ key: {} }), `${at}.key`],
    ['a key of two forms', first({ key: { data: pem, kms: 'gcpkms://a' } }), `${at}.key`],
    ['a key that is none', first({ key: { data: '---' } }), `${at}.key.data`],
    [
      'an unknown hash',
      first({ key: { data: pem, hashAlgorithm: 'md5' } }),
      `${at}.key.hashAlgorithm`,
    ],
    ['an unknown KMS', first({ key: { kms: 'other://a' } }), `${at}.key.kms`],
    ['an AWS key by its id', first({ key: { kms: 'awskms:///1234' } }), `${at}.key.kms`],
    ['no identities', first({ keyless: {} }), `${at}.keyless.identities`],
    ['no issuer', first(keyless({ issuer: '' })), `${at}.keyless.identities[0].issuer`],
    ['no subject', first(keyless({ subject: '' })), `${at}.keyless.identities[0].subject`],
    [
      'a pattern that is none',
      first(keyless({ subject: '', subjectRegExp: '****' })),
      `${at}.keyless.identities[0].subjectRegExp`,
    ],
    ['an unknown action', first({ static: { action: 'maybe' } }), `${at}.static.action`],
    ['two sources', first({ ...key, source: [{ oci: 'a.b' }, { oci: 'c.d' }] }), `${at}.source`],
    [
      'an attestation without a type',
      first({ ...key, attestations: [{ name: 'a' }] }),
      `${at}.attestations[0].predicateType`,
    ],
    ['a condition of no form', document({ policy: { type: 'cue' } }), 'spec.policy'],
    [
      'a condition in another language',
      document({ policy: { type: 'cel', data: 'x' } }),
      'spec.policy.type',
    ],
    [
      'a selector without a resource',
      document({ match: [{ selector: {} }] }),
      'spec.match[0].selector',
    ],
  ])('refuses %s by its field', (_, policy, path) => {
    expect(readClusterImagePolicy('prod', policy)).toMatchObject({
      kind: 'refused',
      problems: [{ path, message: expect.stringContaining(path) }],
    });
  });

  it('takes no authorities where the engine is configured so', () => {
    const options = { allowsNoAuthorities: true };
    const read = readClusterImagePolicy('prod', document({ authorities: [] }), options);
    expect(read).toMatchObject({ kind: 'read', value: { summary: { verifies: false } } });
  });

  it('translates keys, and identities that are found anywhere', () => {
    const { summary } = readAs(
      'cluster-image-policy',
      document({
        authorities: [
          { name: 'key', key: { data: `${pem}\n${pem}` }, ctlog: { url: 'https://rekor' } },
          keyless({ subject: '', subjectRegExp: '^https://acme/' }),
          { key: { kms: 'hashivault://key' } },
        ],
      }),
    );
    expect(summary?.authorities).toMatchObject([
      {
        name: 'ClusterImagePolicy/one/key',
        kind: 'key',
        keys: [{ hash: 'sha256' }],
        tlog: 'required',
      },
      {
        kind: 'keyless',
        identities: [{ subject: { kind: 'pattern', pattern: '(?s:.*)(?:^https://acme/)(?s:.*)' } }],
        sct: 'required',
      },
      { kind: 'key', keys: [{ pem: '', reference: 'hashivault://key' }], tlog: 'ignored' },
    ]);
    expect(summary?.unevaluated).toEqual(['authority-2: the key lies at hashivault://key']);
  });

  it('marks a policy that verifies nothing', () => {
    const { summary } = readAs('cluster-image-policy', first({ static: { action: 'pass' } }));
    expect(summary).toMatchObject({ verifies: false, authorities: [] });
  });
});

describe('the configuration of policy-controller', () => {
  const configuration = (data: object) =>
    readPolicy('prod', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'config-policy-controller', namespace: 'cosign-system' },
      data,
    });

  it.each([
    ['no-match-policy', 'garbage'],
    ['enable-oci11', 'not-a-boolean'],
    ['fail-on-empty-authorities', 'maybe'],
  ])('refuses %s: %s', (name, value) => {
    expect(configuration({ [name]: value })).toMatchObject({
      kind: 'refused',
      problems: [{ path: `data.${name}` }],
    });
  });

  it('is deny where nothing is written', () => {
    expect(configuration({})).toMatchObject({
      value: {
        content: { noMatchPolicy: 'deny', failOnEmptyAuthorities: true, enableOci11: false },
      },
    });
  });
});

describe('TrustRoot', () => {
  const root = (spec: object) =>
    readPolicy('prod', {
      apiVersion: 'policy.sigstore.dev/v1alpha1',
      kind: 'TrustRoot',
      metadata: { name: 'own' },
      spec,
    });

  it.each([
    ['remote', { remote: { root: 'e30=', mirror: 'https://tuf' } }],
    ['repository', { repository: { root: 'e30=', mirrorFS: 'e30=' } }],
  ])('reads %s', (from, spec) => {
    expect(root(spec)).toMatchObject({ kind: 'read', value: { content: { from } } });
  });

  it.each([
    ['nothing', {}, 'spec'],
    ['two forms', { remote: {}, repository: {} }, 'spec'],
    ['a mirror without a root', { remote: { mirror: 'https://tuf' } }, 'spec.remote.root'],
    ['keys of nobody', { sigstoreKeys: {} }, 'spec.sigstoreKeys'],
  ])('refuses %s', (_, spec, path) => {
    expect(root(spec)).toMatchObject({ kind: 'refused', problems: [{ path }] });
  });
});
