import { describe, expect, it } from 'vitest';
import type { IdentityRule } from '#lib/model/authority.ts';
import type { Signer } from '#lib/model/verdict.ts';
import {
  compileIdentityRule,
  type IdentityMatcher,
  isRuleProblem,
  matchIdentity,
} from './identity.ts';

const who: IdentityRule = {
  subject: { kind: 'exact', value: 'https://github.com/acme/app/release' },
  issuer: { kind: 'exact', value: 'https://issuer.example' },
};
const signer: Signer = {
  kind: 'certificate',
  subject: 'https://github.com/acme/app/release',
  subjectType: 'uri',
  issuer: 'https://issuer.example',
  claims: { buildTrigger: 'push', sourceRepositoryRef: 'refs/heads/main' },
  fingerprint: 'f',
  notBefore: '2026-11-02T08:00:00Z',
  notAfter: '2026-11-02T08:10:00Z',
};

function matcher(rule: IdentityRule): IdentityMatcher {
  const compiled = compileIdentityRule(rule);
  if (isRuleProblem(compiled)) throw new TypeError(compiled.problem);
  return compiled;
}
/** The outcome for a signer with other properties. */
const outcomeOf = (
  change: Partial<Extract<Signer, { kind: 'certificate' }>>,
  ...rules: readonly IdentityRule[]
) => matchIdentity({ ...signer, ...change }, rules.map(matcher))?.reason;
const exact = (value: string) => ({ kind: 'exact', value }) as const;
const outcome = (...rules: readonly IdentityRule[]) =>
  matchIdentity(signer, rules.map(matcher))?.reason;

describe('claims of an identity rule', () => {
  it('must all be met', () => {
    const claims = {
      buildTrigger: exact('push'),
      sourceRepositoryRef: { kind: 'pattern', pattern: 'refs/heads/(main|stable)' },
    } as const;
    expect(outcome({ ...who, claims })).toBeUndefined();
  });

  it.each([
    ['another value', { buildTrigger: exact('schedule') }],
    ['a value that is only contained', { sourceRepositoryRef: exact('refs/heads') }],
    ['a claim that the certificate lacks', { runnerEnvironment: exact('github-hosted') }],
    ['a name that every object has', { toString: { kind: 'pattern', pattern: '.+' } as const }],
  ])('refuse %s', (_, claims) => {
    expect(outcome({ ...who, claims })).toBe('identity-mismatch');
  });

  it('belong to the subject and issuer of their own rule', () => {
    const lax = { ...who, subject: exact('somebody else') };
    const strict = { ...who, claims: { buildTrigger: exact('schedule') } };
    expect(outcome(lax, strict)).toBe('identity-mismatch');
    expect(outcome(strict, who)).toBeUndefined();
  });

  it('that are no pattern make the rule a problem', () => {
    const broken = { ...who, claims: { buildTrigger: { kind: 'pattern', pattern: '(' } as const } };
    expect(isRuleProblem(compileIdentityRule(broken))).toBe(true);
  });
});

describe('certificates of a private authority', () => {
  const { issuer: _, ...unissued } = signer;
  const none: IdentityRule = { ...who, issuer: { kind: 'none' } };
  const judge = (one: Signer, rule: IdentityRule) => matchIdentity(one, [matcher(rule)])?.reason;

  it('match a rule that says they name no issuer, and no other', () => {
    expect(judge(unissued, none)).toBeUndefined();
    expect(judge(unissued, who)).toBe('issuer-mismatch');
    expect(judge(unissued, { ...who, issuer: { kind: 'pattern', pattern: '.+' } })).toBe(
      'issuer-mismatch',
    );
  });

  it('N46: a certificate with an issuer does not match such a rule', () => {
    expect(judge(signer, none)).toBe('issuer-mismatch');
    expect(judge({ ...signer, issuer: '' }, none)).toBe('issuer-mismatch');
  });

  it('N49: an empty issuer in a rule is a problem', () => {
    const empty = compileIdentityRule({ ...who, issuer: exact('') });
    expect(isRuleProblem(empty)).toBe(true);
  });
});

describe('N48: certificates with several names', () => {
  const names = [
    { kind: 'uri', value: 'https://evil.example' },
    { kind: 'email', value: 'release@acme.example' },
    { kind: 'dns', value: 'build.acme.example' },
  ] as const;
  const several = { subject: 'https://evil.example', names, distinguishedName: 'CN=build,O=acme' };

  it('match no rule that does not say which kind it means', () => {
    const rule = { ...who, subject: exact('https://evil.example') };
    expect(outcomeOf(several, rule)).toBe('identity-ambiguous');
    expect(outcomeOf({ ...several, subject: who.subject.kind }, who)).toBe('identity-ambiguous');
  });

  it('match by the kind that the rule names', () => {
    const by = (subjectKind: NonNullable<IdentityRule['subjectKind']>, value: string) =>
      outcomeOf(several, { ...who, subjectKind, subject: exact(value) });
    expect(by('email', 'release@acme.example')).toBeUndefined();
    expect(by('dns', 'build.acme.example')).toBeUndefined();
    expect(by('dn', 'CN=build,O=acme')).toBeUndefined();
    expect(by('uri', 'release@acme.example')).toBe('identity-mismatch');
    expect(by('ip', '192.0.2.1')).toBe('identity-mismatch');
  });

  it('an e-mail address that reads like a URI is none', () => {
    const email = { subject: 'https://github.com/acme/app/release', subjectType: 'email' } as const;
    expect(outcomeOf(email, { ...who, subjectKind: 'uri' })).toBe('identity-mismatch');
    expect(outcomeOf({}, { ...who, subjectKind: 'uri' })).toBeUndefined();
  });
});
