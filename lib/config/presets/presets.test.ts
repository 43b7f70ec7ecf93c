import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readAuthorities } from '#lib/config/authorities.ts';
import { parseConfig } from '#lib/config/read-config.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Authority } from '#lib/model/authority.ts';
import type { Signer } from '#lib/model/verdict.ts';
import { compileIdentityRule, isRuleProblem, matchIdentity } from '#lib/verify/identity.ts';
import { compileImageGlob } from '#lib/verify/image-glob.ts';
import { presets } from './presets.ts';

const read = (text: string) =>
  readAuthorities(
    {
      path: 'sealwatch.yaml',
      directory: '.',
      file: parseConfig(`authorities:\n  - ${text}`, 'sealwatch.yaml'),
    },
    {},
  );

function problemsOf(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

const chosen: Readonly<Record<string, string>> = {
  'chainguard-images': '',
  'chainguard-private-images': 'organisation: acme.example, imageSyncer: 0a1b/2c3d',
  'docker-hardened-images': '',
  distroless: '',
  'kubernetes-releases': '',
  'github-actions': 'organisation: acme',
  'gitlab-ci': 'group: acme/platform',
};
const entry = (name: string, settings = chosen[name] ?? '') =>
  `{ preset: ${[name, settings].filter(Boolean).join(', ')} }`;

function keyless(text: string): Extract<Authority, { kind: 'keyless' }> {
  const [authority] = read(text);
  if (authority?.kind !== 'keyless') throw new TypeError('no keyless authority');
  return { ...authority, fingerprint: 'f' };
}

function trusts(text: string, subject: string, issuer: string, claims = {}): boolean {
  const rules = keyless(text).identities.map((identity) => {
    const rule = compileIdentityRule(identity);
    if (isRuleProblem(rule)) throw new TypeError(rule.problem);
    return rule;
  });
  const signer: Signer = {
    kind: 'certificate',
    subject,
    subjectType: 'uri',
    issuer,
    claims,
    fingerprint: 'f',
    notBefore: '2026-11-02T08:00:00Z',
    notAfter: '2026-11-02T08:10:00Z',
  };
  return matchIdentity(signer, rules) === undefined;
}

describe('every preset', () => {
  it.each(presets.map((preset) => [preset.name, preset] as const))(
    '%s is an authority whose source names its documents',
    (name, preset) => {
      const [authority] = read(entry(name));
      expect(authority).toMatchObject({
        name,
        source: { kind: 'preset', name, documents: preset.documents, readOn: preset.readOn },
      });
      expect(preset.documents.every((document) => URL.canParse(document))).toBe(true);
      expect(authority?.images.some((glob) => compileImageGlob(glob)('docker.io/a/b'))).toBe(false);
    },
  );

  it('takes name, images and attestations from the entry', () => {
    const [authority] = read(
      '{ preset: distroless, name: base, images: ["mirror.example/distroless/*"], attestations: [{ predicateType: p }] }',
    );
    expect(authority).toMatchObject({
      name: 'base',
      images: ['mirror.example/distroless/*'],
      attestations: [{ predicateType: 'p' }],
    });
  });

  it('is off until an entry names it', () => {
    expect(parseConfig('', 'sealwatch.yaml').authorities).toEqual([]);
  });

  it.each([
    ['{ preset: chainguard }', /:2: authorities\[0\]\.preset: must be one of chainguard-images, /],
    ['{ preset: distroless, organisation: a }', /authorities\[0\]\.organisation: is not a known/],
    ['{ preset: github-actions, org: acme }', /authorities\[0\]\.org: is not a known/],
    ['{ preset: github-actions }', /authorities\[0\]\.organisation: /],
    ['{ preset: github-actions, organisation: a, ref: main }', /\.ref: must begin with refs/],
    ['{ preset: github-actions, organisation: a, ref: refs/pull/1/merge }', /\.ref: must begin/],
    ['{ preset: github-actions, organisation: a/b }', /\.organisation: must be the name of/],
    ['{ preset: github-actions, organisation: a, images: [] }', /authorities\[0\]\.images: /],
    ['{ preset: gitlab-ci, group: "a b" }', /\.group: must be the path/],
    ['{ preset: distroless, tlog: ignored }', /authorities\[0\]\.tlog: is not a known/],
  ])('refuses %s, naming the key', (text, expected) => {
    expect(problemsOf(text).join('\n')).toMatch(expected);
  });
});

describe('the key of Docker', () => {
  it('is one key on P-256', () => {
    const [authority] = read(entry('docker-hardened-images'));
    if (authority?.kind !== 'key') throw new TypeError('no key');
    expect(authority.keys.map(({ pem }) => createPublicKey(pem).asymmetricKeyDetails)).toEqual([
      { namedCurve: 'prime256v1' },
    ]);
    expect(authority.tlog).toBe('ignored');
  });
});

describe('workflows at GitHub', () => {
  const issuer = 'https://token.actions.githubusercontent.com';
  const theirs = { sourceRepositoryOwnerUri: 'https://github.com/acme' };
  const workflow = 'https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main';

  it('are trusted by organisation, when they ran for it', () => {
    expect(trusts(entry('github-actions'), workflow, issuer, theirs)).toBe(true);
  });

  it.each([
    ['of another organisation', workflow.replace('/acme/', '/acme-evil/'), issuer, theirs],
    ['of another issuer', workflow, 'https://issuer.example', theirs],
    ['of a pull request', workflow.replace('refs/heads/main', 'refs/pull/1/merge'), issuer, theirs],
    ['behind another host', `https://evil.example/?${workflow}`, issuer, theirs],
    ['of another host', workflow.replace('github.com', 'githubXcom'), issuer, theirs],
    ['that are no workflow', workflow.replace('.github/workflows', 'x'), issuer, theirs],
    [
      'that somebody else called',
      workflow,
      issuer,
      { sourceRepositoryOwnerUri: 'https://github.com/evil' },
    ],
    ['that nobody is named for', workflow, issuer, {}],
  ])('are not those %s', (_, subject, by, claims) => {
    expect(trusts(entry('github-actions'), subject, by, claims)).toBe(false);
  });

  it('are one workflow of one branch, when all is said', () => {
    const text = entry(
      'github-actions',
      'organisation: acme, repository: app, workflow: release.yml, ref: refs/heads/main',
    );
    expect(keyless(text).identities).toEqual([
      {
        issuer: { kind: 'exact', value: issuer },
        subject: { kind: 'exact', value: workflow },
        claims: { sourceRepositoryUri: { kind: 'exact', value: 'https://github.com/acme/app' } },
      },
    ]);
  });

  it('may be those of release tags', () => {
    const text = entry('github-actions', 'organisation: acme, ref: refs/tags/v*');
    const tagged = workflow.replace('heads/main', 'tags/v1.0');
    expect(trusts(text, tagged, issuer, theirs)).toBe(true);
    expect(trusts(text, workflow, issuer, theirs)).toBe(false);
  });

  it('of GitHub’s own instance ask for no log, which it does not write', () => {
    expect(keyless(entry('github-actions', 'organisation: Acme, trustRoot: github'))).toMatchObject(
      { trustRoot: 'github', tlog: 'ignored', sct: 'ignored', images: ['ghcr.io/acme/**'] },
    );
  });
});

describe('pipelines at GitLab', () => {
  const issuer = 'https://gitlab.com';
  const pipeline = 'https://gitlab.com/acme/platform/app//.gitlab-ci.yml@refs/heads/main';
  const theirs = { sourceRepositoryUri: 'https://gitlab.com/acme/platform/app' };

  it('are trusted by group, in all its subgroups', () => {
    expect(trusts(entry('gitlab-ci'), pipeline, issuer, theirs)).toBe(true);
    const below = pipeline.replace('/app//', '/sub/app//');
    expect(trusts(entry('gitlab-ci'), below, issuer, theirs)).toBe(true);
  });

  it.each([
    ['of another group', pipeline.replace('/platform/', '/platform2/'), theirs],
    ['of the group above', pipeline.replace('/platform/', '/'), theirs],
    [
      'of a project that borrows the file',
      pipeline,
      { sourceRepositoryUri: 'https://gitlab.com/evil/app' },
    ],
    ['of another file', pipeline.replace('.gitlab-ci.yml', 'evil.yml'), theirs],
  ])('are not those %s', (_, subject, claims) => {
    expect(trusts(entry('gitlab-ci'), subject, issuer, claims)).toBe(false);
  });

  it('are those of one project, when it is named', () => {
    const text = entry('gitlab-ci', 'group: acme/platform, project: app, ref: refs/heads/main');
    expect(keyless(text)).toMatchObject({
      images: ['registry.gitlab.com/acme/platform/app', 'registry.gitlab.com/acme/platform/app/**'],
      identities: [{ subject: { kind: 'exact', value: pipeline } }],
    });
  });
});

describe('images of Chainguard', () => {
  it('are those of two identities in a private registry', () => {
    const text = entry(
      'chainguard-private-images',
      'organisation: acme.example, imageSyncer: 0a1b/2c3d, customImageBuilder: 0a1b/4e5f',
    );
    const of = (path: string) =>
      trusts(text, `https://issuer.enforce.dev/${path}`, 'https://issuer.enforce.dev');
    expect([of('0a1b/2c3d'), of('0a1b/4e5f'), of('0a1b/6a6a'), of('0a1b')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
