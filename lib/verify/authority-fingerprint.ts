import { createPublicKey } from 'node:crypto';
import type { Authority, IdentityRule } from '#lib/model/authority.ts';
import { fingerprintOf, sha256 } from './fingerprint.ts';

/** An authority before it has its fingerprint. */
type Unmarked = Authority extends infer One
  ? One extends Authority
    ? Omit<One, 'fingerprint'>
    : never
  : never;

/**
 * SHA-256 (hex) over everything of an authority that can change the verdict about one item of
 * evidence: keys, rules, thresholds, the name of its trust root. Name, source and image globs are
 * left out: they decide which images it is asked about, not what it answers.
 */
export function authorityFingerprint(authority: Unmarked): string {
  return sha256(JSON.stringify(essence(authority))).toString('hex');
}

function essence(authority: Unmarked): object {
  const what = essenceOfKind(authority);
  const { annotations, reference } = authority;
  const atLeast = 'atLeast' in authority ? authority.atLeast : undefined;
  return {
    ...what,
    ...(annotations && { annotations: sorted(annotations) }),
    ...(reference && { reference: ruleOf(reference) }),
    ...(atLeast && { atLeast: sorted({ ...atLeast }) }),
  };
}

const sorted = <T>(members: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
  Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));

const claimsOf = (claims: NonNullable<IdentityRule['claims']>) =>
  sorted(claims).map(([name, rule]) => [name, ruleOf(rule)]);

function essenceOfKind(authority: Unmarked): object {
  if (authority.kind === 'content-trust') {
    const { kind, rootKeys, delegations } = authority;
    return { kind, rootKeys, delegations };
  }
  if (authority.kind === 'notation') {
    const { kind, level, enforcement, verifyTimestamp, trustedIdentities, trustStores } = authority;
    return { kind, level, enforcement, verifyTimestamp, trustedIdentities, trustStores };
  }
  if (authority.kind === 'keyless')
    return {
      kind: 'keyless',
      identities: authority.identities.map(({ subject, subjectKind, issuer, claims }) => [
        ruleOf(subject),
        ruleOf(issuer),
        ...(claims === undefined ? [] : [claimsOf(claims)]),
        ...(subjectKind === undefined ? [] : [subjectKind]),
      ]),
      trustRoot: authority.trustRoot,
      tlog: authority.tlog,
      sct: authority.sct,
    };
  return {
    kind: 'key',
    keys: authority.keys.map(({ pem, hash, validFrom, validUntil, revokedFrom, reference }) => [
      keyName(pem),
      hash ?? null,
      validFrom ?? null,
      validUntil ?? null,
      ...(revokedFrom === undefined ? [] : [`revoked ${revokedFrom}`]),
      // A key that could not be read is another one than the key that is read later.
      ...(pem === '' ? [reference ?? null] : []),
    ]),
    trustRoot: authority.trustRoot ?? null,
    tlog: authority.tlog,
  };
}

const ruleOf = (rule: { kind: string; value?: string; pattern?: string }) => [
  rule.kind,
  rule.value ?? rule.pattern,
];

/** A PEM text with one key by its fingerprint, so that line ends do not matter; else by its text. */
function keyName(pem: string): string {
  if (pem.split('-----BEGIN').length > 2) return pem;
  try {
    return fingerprintOf(createPublicKey(pem));
  } catch {
    return pem;
  }
}
