import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { parseConfig } from './read-config.ts';

function problemsOf(text: string): readonly string[] {
  try {
    parseConfig(text, 'sealwatch.yaml');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('parseConfig', () => {
  it('takes an empty file as nothing configured', () => {
    expect(parseConfig('', 'sealwatch.yaml')).toMatchObject({ clusters: [], authorities: [] });
  });

  it.each([
    [
      'an unknown key',
      'clusters:\n  - name: a\n    kubconfig: x',
      /sealwatch\.yaml:3: clusters\[0\]\.kubconfig: is not a known key/,
    ],
    [
      'a secret in the file',
      'registries:\n  - host: r.example\n    credentials:\n      username: u\n      password: p',
      /:5: registries\[0\]\.credentials\.password: secrets are not written/,
    ],
    [
      'a cluster without source',
      'clusters:\n  - name: a',
      /:2: clusters\[0\]: needs exactly one of kubeconfig/,
    ],
    [
      'a host with a scheme',
      'registries:\n  - host: https://r.example',
      /:2: registries\[0\]\.host: must be a host name/,
    ],
    ['broken YAML', 'clusters: [', /not valid YAML/],
    [
      'an identity without issuer',
      'authorities:\n  - name: a\n    images: ["x/**"]\n    keyless:\n      identities:\n        - subject: s',
      /authorities\[0\]\.keyless\.identities\[0\]: needs one of issuer/,
    ],
    [
      'an unknown trust root',
      'authorities:\n  - name: a\n    images: ["x/**"]\n    keyless: { trustRoot: mine, identities: [{ issuer: i, subject: s }] }',
      /trust root "mine" is not among trustRoots/,
    ],
    [
      'a root key that is no identifier',
      'contentTrust:\n  - name: hub\n    images: ["docker.io/**"]\n    rootKeys: [{ id: ABC }]',
      /contentTrust\[0\]\.rootKeys\[0\]\.id: must be 64 lower-case hexadecimal/,
    ],
    [
      'a delegation that climbs',
      'contentTrust:\n  - { name: hub, images: [x], delegations: ["targets/../root"] }',
      /must be a role such as targets\/releases/,
    ],
    [
      'an authority and trust data of one name',
      'authorities:\n  - { name: a, images: [x], key: { file: k } }\ncontentTrust:\n  - { name: a, images: [x] }',
      /"a" is written twice/,
    ],
    [
      'a shipped root of no known name',
      'trustRoots:\n  - { name: mine, seed: true }',
      /seed: true is for the names public-good, github, staging/,
    ],
    [
      'a name written twice',
      'clusters:\n  - { name: a, inCluster: true }\n  - { name: a, pods: p.json }',
      /"a" is written twice/,
    ],
    [
      'a private authority that is asked for logs',
      'trustRoots:\n  - name: own\n    certificates: { roots: r.pem }\nauthorities:\n  - name: a\n    images: [x]\n    tlog: required\n    keyless: { trustRoot: own, identities: [{ issuer: none, subject: s }] }',
      /names no logs. Write tlog: ignored/,
    ],
    [
      'a trust root of two kinds',
      'trustRoots:\n  - name: own\n    file: f\n    certificates: { roots: r.pem }',
      /needs exactly one of/,
    ],
    [
      'a key service that is unknown',
      'authorities:\n  - name: a\n    images: [x]\n    key: { kms: "https://x" }',
      /must begin with awskms/,
    ],
    [
      'two kinds of authority in one',
      'authorities:\n  - name: a\n    images: [x]\n    key: { file: k }\n    keyless: { identities: [{ issuer: i, subject: s }] }',
      /needs exactly one of key, keyless/,
    ],
  ])('names line, key and remedy for %s', (_, text, expected) => {
    const problems = problemsOf(text);
    expect(problems).toContainEqual(expect.stringMatching(expected));
  });

  it('names every problem at once', () => {
    expect(problemsOf('clusters:\n  - name: a\nregistries:\n  - host: "::"')).toHaveLength(2);
  });
});
