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
  readonly claims: readonly (readonly [name: string, TextMatcher])[];
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

/** Compiles both halves, each of which must be there, and the claims that are asked for. */
export function compileIdentityRule(rule: IdentityRule): IdentityMatcher | RuleProblem {
  const subject = compileTextRule(rule.subject);
  if (typeof subject !== 'function') return { problem: `subject: ${subject.problem}` };
  const issuer = compileTextRule(rule.issuer);
  if (typeof issuer !== 'function') return { problem: `issuer: ${issuer.problem}` };
  const claims: (readonly [string, TextMatcher])[] = [];
  for (const [name, text] of Object.entries(rule.claims ?? {})) {
    const claim = compileTextRule(text);
    if (typeof claim !== 'function') return { problem: `${name}: ${claim.problem}` };
    claims.push([name, claim]);
  }
  return { subject, issuer, claims };
}

/**
 * Whether one of the rules names the signer. Subject, issuer and claims must match in the same rule:
 * the same subject from another identity provider is another person.
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
  const issued = named.filter((rule) => rule.issuer(issuer));
  const odd = issued.map((rule) => unmetClaim(signer.claims, rule));
  if (odd.includes(undefined)) return undefined;
  if (odd[0] !== undefined)
    return untrusted('identity-mismatch', `it was signed by ${subject}, ${odd[0]}`);
  return named.length > 0
    ? untrusted(
        'issuer-mismatch',
        `${subject} is vouched for by ${issuer}, not by a trusted issuer`,
      )
    : untrusted('identity-mismatch', `it was signed by ${subject}, vouched for by ${issuer}`);
}

/** The first claim that is not as the rule wants it, in words; a claim that is absent matches nothing. */
function unmetClaim(
  claims: Readonly<Record<string, string>>,
  rule: IdentityMatcher,
): string | undefined {
  for (const [name, matches] of rule.claims) {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    if (value === undefined) return `whose certificate has no ${name}`;
    if (!matches(value)) return `whose ${name} is ${value}`;
  }
  return undefined;
}

/** True when a compiled rule is in fact a problem. */
export const isRuleProblem = (value: IdentityMatcher | RuleProblem): value is RuleProblem =>
  'problem' in value;
