import { RE2JS } from 're2js';
import type { IdentityRule, SubjectKind, TextRule } from '#lib/model/authority.ts';
import type { Signer } from '#lib/model/verdict.ts';
import { type Refusal, untrusted } from './refusal.ts';

/** A rule for one string, its pattern compiled. */
export type TextMatcher = (text: string) => boolean;

/** A compiled identity rule. */
export interface IdentityMatcher {
  readonly subject: TextMatcher;
  readonly subjectKind?: SubjectKind;
  /** `none`: the certificate must not name an issuer. */
  readonly issuer: TextMatcher | 'none';
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
  const issuer = rule.issuer.kind === 'none' ? 'none' : compileTextRule(rule.issuer);
  if (typeof issuer === 'object') return { problem: `issuer: ${issuer.problem}` };
  const claims: (readonly [string, TextMatcher])[] = [];
  for (const [name, text] of Object.entries(rule.claims ?? {})) {
    const claim = compileTextRule(text);
    if (typeof claim !== 'function') return { problem: `${name}: ${claim.problem}` };
    claims.push([name, claim]);
  }
  const { subjectKind } = rule;
  return { subject, issuer, claims, ...(subjectKind !== undefined && { subjectKind }) };
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
  const named = rules.filter((rule) => namesFor(rule, signer).some(rule.subject));
  const issued = named.filter((rule) =>
    rule.issuer === 'none' ? issuer === undefined : issuer !== undefined && rule.issuer(issuer),
  );
  const odd = issued.map((rule) => unmetClaim(signer.claims, rule));
  if (odd.includes(undefined)) return undefined;
  if (odd[0] !== undefined)
    return untrusted('identity-mismatch', `it was signed by ${subject}, ${odd[0]}`);
  const voucher = issuer === undefined ? 'by no named issuer' : `by ${issuer}`;
  if (named.length > 0)
    return untrusted(
      'issuer-mismatch',
      `${subject} is vouched for ${voucher}, not by a trusted issuer`,
    );
  if (signer.names && rules.some(({ subjectKind }) => subjectKind === undefined))
    return untrusted(
      'identity-ambiguous',
      `the certificate names ${signer.names.length} subjects, and no rule says which kind it means`,
    );
  return untrusted('identity-mismatch', `it was signed by ${subject}, vouched for ${voucher}`);
}

/**
 * The names that the rule is about. Without a kind only a single name will do: of several, an attacker
 * would choose which one is looked at.
 */
function namesFor(
  { subjectKind }: IdentityMatcher,
  signer: Extract<Signer, { kind: 'certificate' }>,
): readonly string[] {
  const { subject, subjectType, names, distinguishedName } = signer;
  if (subjectKind === undefined) return names ? [] : [subject];
  if (subjectKind === 'dn') return distinguishedName === undefined ? [] : [distinguishedName];
  return (names ?? [{ kind: subjectType, value: subject }])
    .filter(({ kind }) => kind === subjectKind)
    .map(({ value }) => value);
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
