import { RE2JS } from 're2js';
import type { IdentityRule, TextRule } from '#lib/model/authority.ts';
import type { Signer } from '#lib/model/verdict.ts';
import { type Refusal, untrusted } from './refusal.ts';

/** A rule for one string, its pattern compiled. */
export type TextMatcher = (text: string) => boolean;

/** A compiled identity rule. */
export interface IdentityMatcher {
  readonly subject: TextMatcher;
  readonly issuer: TextMatcher;
}

/** What is wrong with a rule, in the words of a configuration message. */
export interface RuleProblem {
  readonly problem: string;
}

/**
 * Compiles a text rule. Patterns are RE2 (linear time) and must match the whole text: an unanchored
 * `https://github.com/acme/` would also match `https://evil.example/?https://github.com/acme/`. A rule
 * that is empty or matches the empty text would believe anyone, so it is a problem.
 */
export function compileTextRule(rule: TextRule): TextMatcher | RuleProblem {
  if (rule.kind === 'exact')
    return rule.value === '' ? { problem: 'the rule is empty' } : (text) => text === rule.value;
  if (rule.pattern === '') return { problem: 'the pattern is empty' };
  try {
    const pattern = RE2JS.compile(rule.pattern);
    if (pattern.matches(''))
      return { problem: `the pattern ${rule.pattern} matches the empty text` };
    return (text) => pattern.matches(text);
  } catch (error) {
    return { problem: `the pattern ${rule.pattern} is not RE2: ${(error as Error).message}` };
  }
}

/** Compiles both halves; each must be there. */
export function compileIdentityRule(rule: IdentityRule): IdentityMatcher | RuleProblem {
  const subject = compileTextRule(rule.subject);
  if (typeof subject !== 'function') return { problem: `subject: ${subject.problem}` };
  const issuer = compileTextRule(rule.issuer);
  if (typeof issuer !== 'function') return { problem: `issuer: ${issuer.problem}` };
  return { subject, issuer };
}

/**
 * Whether one of the rules names the signer. Subject and issuer must match in the same rule: the
 * same subject from another identity provider is another person.
 */
export function matchIdentity(
  signer: Signer,
  rules: readonly IdentityMatcher[],
): Refusal | undefined {
  if (signer.kind !== 'certificate')
    return untrusted('identity-mismatch', 'a bare key has no identity');
  const { subject, issuer } = signer;
  if (issuer === undefined)
    return untrusted('issuer-mismatch', `the certificate of ${subject} names no issuer`);
  const named = rules.filter((rule) => rule.subject(subject));
  if (named.some((rule) => rule.issuer(issuer))) return undefined;
  return named.length > 0
    ? untrusted(
        'issuer-mismatch',
        `${subject} is vouched for by ${issuer}, not by a trusted issuer`,
      )
    : untrusted('identity-mismatch', `it was signed by ${subject}, vouched for by ${issuer}`);
}

/** True when a compiled rule is in fact a problem. */
export const isRuleProblem = (value: IdentityMatcher | RuleProblem): value is RuleProblem =>
  'problem' in value;
