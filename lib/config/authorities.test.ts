import { describe, expect, it } from 'vitest';
import { readAuthorities } from './authorities.ts';
import { parseConfig } from './read-config.ts';

const read = (text: string) =>
  readAuthorities(
    { path: 'sealwatch.yaml', directory: '.', file: parseConfig(text, 'sealwatch.yaml') },
    {},
  );
const keyless = (root: string, more = '') => `
trustRoots:
  - { name: github, file: github.json }
authorities:
  - name: builds
    images: ['ghcr.io/acme/**']
    keyless:
      trustRoot: ${root}
      identities:
        - issuer: https://token.actions.githubusercontent.com
          subjectPattern: https://github\\.com/acme/.+
${more}`;

describe('an authority of the configuration', () => {
  it('demands both logs of the public instance, and none of GitHub’s own, which writes to none', () => {
    expect(read(keyless('public-good'))).toMatchObject([{ tlog: 'required', sct: 'required' }]);
    expect(read(keyless('github'))).toMatchObject([{ tlog: 'ignored', sct: 'ignored' }]);
  });

  it('carries the claims of an identity, exact and by pattern', () => {
    const claims =
      '          claims: { buildTrigger: push }\n          claimPatterns: { sourceRepositoryRef: refs/tags/v.+ }';
    expect(read(keyless('public-good', claims))).toMatchObject([
      {
        identities: [
          {
            claims: {
              buildTrigger: { kind: 'exact', value: 'push' },
              sourceRepositoryRef: { kind: 'pattern', pattern: 'refs/tags/v.+' },
            },
          },
        ],
      },
    ]);
  });

  it('carries the reference that signed claims must name, exact or as a pattern', () => {
    expect(read(keyless('public-good', '    reference: ghcr.io/acme/app'))).toMatchObject([
      { reference: { kind: 'exact', value: 'ghcr.io/acme/app' } },
    ]);
    expect(read(keyless('public-good', '    referencePattern: ghcr[.]io/acme/.+'))).toMatchObject([
      { reference: { kind: 'pattern', pattern: 'ghcr[.]io/acme/.+' } },
    ]);
    expect(() => read(keyless('public-good', '    reference: a\n    referencePattern: b'))).toThrow(
      'takes one of reference, referencePattern',
    );
  });

  it('carries how many witnesses there must be', () => {
    const more = '    atLeast: { logs: 2, times: 3, timestampAuthorities: 1 }';
    expect(read(keyless('public-good', more))).toMatchObject([
      { atLeast: { logs: 2, times: 3, timestampAuthorities: 1 } },
    ]);
    expect(read(keyless('public-good', '    atLeast: { times: 2 }'))[0]).toHaveProperty('atLeast', {
      times: 2,
    });
    expect(read(keyless('public-good'))[0]).not.toHaveProperty('atLeast');
  });

  it.each([
    ['github', 'atLeast: { logs: 1 }', 'atLeast.logs needs tlog: required'],
    ['public-good', 'tlog: ignored\n    atLeast: { logs: 1 }', 'atLeast.logs needs tlog: required'],
    ['public-good', 'atLeast: { logs: 0 }', 'Too small'],
    ['public-good', 'atLeast: { certificates: 1 }', 'certificates'],
  ])('of %s may not say %s', (root, more, message) => {
    expect(() => read(keyless(root, `    ${more}`))).toThrow(message);
  });

  it('with a key says whose witnesses it counts', () => {
    const byKey = (more: string) =>
      `authorities: [{ name: k, images: ['**'], key: { kms: 'awskms:///alias/k' }, ${more} }]`;
    expect(() => read(byKey('atLeast: { times: 1 }'))).toThrow('atLeast needs trustRoot');
    expect(read(byKey('trustRoot: public-good, atLeast: { times: 1 }'))).toMatchObject([
      { kind: 'key', tlog: 'ignored', atLeast: { times: 1 } },
    ]);
  });

  it('of Notation names neither references nor witnesses', () => {
    const text = `authorities: [{ name: n, images: ['**'], notation: { level: skip }, reference: a }]`;
    expect(() => read(text)).toThrow('reference: not for notation');
  });

  it('carries the annotations and attestations that it asks for', () => {
    const more =
      '    annotations: { env: prod }\n    attestations: [{ predicateType: https://slsa.dev/provenance/v1 }]';
    expect(read(keyless('public-good', more))).toMatchObject([
      {
        annotations: { env: 'prod' },
        attestations: [{ predicateType: 'https://slsa.dev/provenance/v1' }],
      },
    ]);
  });
});

describe('a signature repository', () => {
  const parse = (repository: string) =>
    parseConfig(
      `signatureRepositories:\n  - { images: ['**'], repository: '${repository}' }`,
      'sealwatch.yaml',
    );

  it.each(['registry.example/sigs', 'localhost:5000/sigs'])('may be %s', (name) => {
    expect(parse(name).signatureRepositories).toHaveLength(1);
  });

  it.each([
    'registry.example/sigs:v1',
    'registry.example/Sigs',
    `r.example/s@sha256:${'a'.repeat(64)}`,
  ])('may not be %s', (name) => {
    expect(() => parse(name)).toThrow(/registry\/repository/);
  });
});
