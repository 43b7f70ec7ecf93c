import { describe, expect, it } from 'vitest';
import type { IdentityRule, IssuerRule, TextRule } from '#lib/model/authority.ts';
import { keylessAuthority } from '#tests/builders/signing.ts';
import { lintIdentities } from './lint-identities.ts';

const exact = (value: string): TextRule => ({ kind: 'exact', value });
const pattern = (text: string): TextRule => ({ kind: 'pattern', pattern: text });
const github = exact('https://token.actions.githubusercontent.com');
const release = 'https://github\\.com/acme/app/\\.github/workflows/release\\.yml@refs/heads/main';

function codesOf(rule: IdentityRule, privatePki = false): readonly string[] {
  const authority = keylessAuthority([rule]);
  if (authority.kind !== 'keyless') throw new TypeError('not keyless');
  return lintIdentities(authority, privatePki).map(({ code }) => code);
}
const ofSubject = (subject: TextRule, issuer: IssuerRule = exact('https://issuer.example')) =>
  codesOf({ subject, issuer });
/** Of a workflow whose caller is pinned, so that only its subject speaks. */
const ofWorkflow = (text: string) =>
  codesOf({
    subject: pattern(text),
    issuer: github,
    claims: { sourceRepositoryOwnerUri: exact('https://github.com/acme') },
  });

describe('a subject', () => {
  it.each([
    ['.+', ['subject-anyone']],
    ['(.|\\n)+', ['subject-anyone']],
    ['.*a.*', ['subject-anyone']],
    ['https://.*', ['subject-any-host']],
    ['.*github\\.com/acme/app', ['subject-any-host']],
    ['https://[^/]+/acme/app', ['subject-any-host']],
    ['https://.+\\.github\\.com/acme/app', ['subject-any-host']],
    ['.+://ci\\.example/app', ['subject-any-host']],
    ['https://ci.example/app', ['pattern-loose-dot']],
    ['https://github\\.com/.+', ['subject-any-owner']],
    ['https://github\\.com/acme.*', ['subject-any-owner']],
    ['https://github\\.com/[^/]+/app', ['subject-any-owner']],
    ['https://gitlab\\.com/(acme|[a-z]+)/app', ['subject-any-owner']],
    ['https://github.com/.+', ['pattern-loose-dot', 'subject-any-owner']],
    ['.+@acme\\.example', ['subject-any-mailbox']],
    ['.+@acme.example', ['pattern-loose-dot', 'subject-any-mailbox']],
    ['bot@.+', ['subject-any-host']],
    ['https://ci\\.example/.+', []],
    ['https://github\\.com/acme/.+', []],
    ['https://github\\.com/acme', []],
    ['(alice|bob)@acme\\.example', []],
    ['https?://ci\\.example/app', []],
    ['[a-z]+', []],
  ])('of the pattern %s: %j', (text, expected) => {
    expect([...ofSubject(pattern(text))].sort()).toEqual(expected);
  });

  it.each([
    'https://github.com/acme/*',
    '^https://github.com/acme/app$',
    'https://github\\.com/acme/app',
    'https://github.com/acme/.+',
  ])('that is exact and reads like a pattern: %s', (text) => {
    expect(ofSubject(exact(text))).toEqual(['exact-like-pattern']);
  });

  it('that is exact is as narrow as can be', () => {
    expect(ofSubject(exact('https://ci.example/app'))).toEqual([]);
  });

  it('that is a distinguished name is no URL', () => {
    const rule = { subject: pattern('CN=.+,O=acme\\.example'), issuer: exact('https://i.example') };
    expect(codesOf({ ...rule, subjectKind: 'dn' })).toEqual([]);
  });

  it.each(['.*', '', 'a|', '('])('N49: %j cannot be used, and says so', (text) => {
    expect(ofSubject(pattern(text))).toEqual(['rule-unusable']);
  });

  it('of a pattern that cannot be followed is told to be that', () => {
    const text = `https://ci\\.example/${'a?'.repeat(10)}`;
    expect(ofSubject(pattern(text))).toEqual(['pattern-unread']);
    expect(ofSubject(exact('https://ci.example/app'), pattern(text))).toEqual(['pattern-unread']);
  });

  it('N49: an empty exact rule cannot be used', () => {
    expect(ofSubject(exact(''))).toEqual(['rule-unusable']);
  });

  it('N45: says which part of an over-broad pattern is open', () => {
    const authority = keylessAuthority([
      { subject: pattern('.*https://github\\.com/acme/.+'), issuer: exact('https://i.example') },
    ]);
    if (authority.kind !== 'keyless') throw new TypeError('not keyless');
    expect(lintIdentities(authority, false)).toMatchObject([
      {
        code: 'subject-any-host',
        about: { kind: 'authority', name: 'release-workflow' },
        where: 'keyless.identities[0].subjectPattern',
      },
    ]);
  });

  it('N52: a pattern that would blow up elsewhere is read in no time', () => {
    const start = performance.now();
    for (const text of ['(a+)+$', '((a*)*)*b', `(x+x+)+y${'a?'.repeat(30)}`, '(.*)*'.repeat(200)])
      ofSubject(pattern(text), pattern(text));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('the workflow of a pipeline', () => {
  it.each([
    ['https://github\\.com/acme/app/\\.github/workflows/release\\.yml@.+', ['subject-any-ref']],
    ['https://github\\.com/acme/app/\\.github/workflows/r\\.yml@refs/.+', ['subject-any-ref']],
    [
      'https://github\\.com/acme/app/\\.github/workflows/r\\.yml@refs/heads/.+',
      ['subject-any-ref'],
    ],
    [
      'https://github\\.com/acme/app/\\.github/workflows/r\\.yml@refs/(heads|tags)/.+',
      ['subject-any-ref'],
    ],
    ['https://github\\.com/acme/.+', ['subject-any-ref']],
    ['https://github\\.com/acme/app/\\.github/workflows/release\\.yml', ['subject-without-ref']],
    ['https://github\\.com/acme/app/\\.github/workflows/r\\.yml@refs/tags/.+', []],
    ['https://github\\.com/acme/app/\\.github/workflows/r\\.yml@refs/heads/release-.+', []],
    ['https://github\\.com/acme/app/\\.github/workflows/r\\.yml@refs/heads/(main|stable)', []],
    [release, []],
  ])('of the pattern %s: %j', (text, expected) => {
    expect(ofWorkflow(text)).toEqual(expected);
  });

  it('that is exact must name a ref, too', () => {
    const subject = exact('https://github.com/acme/app/.github/workflows/release.yml');
    expect(codesOf({ subject, issuer: github })).toEqual(['subject-without-ref']);
  });

  it('may leave the ref to a claim that is narrow', () => {
    const subject = pattern('https://github\\.com/acme/app/\\.github/workflows/r\\.yml@.+');
    const of = (ref: TextRule) =>
      codesOf({
        subject,
        issuer: github,
        claims: {
          sourceRepositoryRef: ref,
          sourceRepositoryUri: exact('https://github.com/acme/app'),
        },
      });
    expect(of(exact('refs/heads/main'))).toEqual([]);
    expect(of(pattern('refs/tags/v.+'))).toEqual([]);
    expect(of(pattern('refs/.+'))).toEqual(['subject-any-ref']);
  });

  it('may be called by others, unless a claim names the source', () => {
    const rule = { subject: pattern(release), issuer: github };
    expect(codesOf(rule)).toEqual(['subject-any-caller']);
    expect(codesOf({ ...rule, claims: { buildTrigger: exact('push') } })).toEqual([
      'subject-any-caller',
    ]);
    const claims = { githubWorkflowRepository: exact('acme/app') };
    expect(codesOf({ ...rule, claims })).toEqual([]);
  });
});

describe('an issuer', () => {
  const subject = exact('https://ci.example/app');

  it.each([
    ['.+', ['issuer-anyone']],
    ['https://.+', ['issuer-anyone']],
    ['https://[^/]+/auth', ['issuer-anyone']],
    ['https://oidc\\.eks\\.example/id/.+', ['issuer-pattern']],
    ['https://oidc.eks.example/id/.+', ['issuer-pattern', 'pattern-loose-dot']],
  ])('of the pattern %s: %j', (text, expected) => {
    expect(codesOf({ subject, issuer: pattern(text) })).toEqual(expected);
  });

  it('that is exact and reads like a pattern matches nothing', () => {
    expect(codesOf({ subject, issuer: exact('https://*.example') })).toEqual([
      'exact-like-pattern',
    ]);
  });

  it('may be left out for a private PKI and for nothing else', () => {
    expect(codesOf({ subject, issuer: { kind: 'none' } })).toEqual(['issuer-none']);
    expect(codesOf({ subject, issuer: { kind: 'none' } }, true)).toEqual([]);
  });

  it('N49: that is empty cannot be used', () => {
    expect(codesOf({ subject, issuer: exact('') })).toEqual(['rule-unusable']);
  });
});

it('a claim that is exact and reads like a pattern is told by its name', () => {
  const authority = keylessAuthority([
    {
      subject: exact('https://ci.example/app'),
      issuer: exact('https://i.example'),
      claims: { sourceRepositoryRef: exact('refs/tags/*') },
    },
  ]);
  if (authority.kind !== 'keyless') throw new TypeError('not keyless');
  expect(lintIdentities(authority, false)).toMatchObject([
    { code: 'exact-like-pattern', where: 'keyless.identities[0].claims.sourceRepositoryRef' },
  ]);
});
