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
