import { createPublicKey } from 'node:crypto';
import type { Authority } from '#lib/model/authority.ts';
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

function essence(authority: Unmarked): unknown {
  if (authority.kind === 'keyless')
    return {
      kind: 'keyless',
      identities: authority.identities.map(({ subject, issuer }) => [
        ruleOf(subject),
        ruleOf(issuer),
      ]),
      trustRoot: authority.trustRoot,
      tlog: authority.tlog,
      sct: authority.sct,
    };
  return {
    kind: 'key',
    keys: authority.keys.map(({ pem, hash, validFrom, validUntil }) => [
      keyName(pem),
      hash ?? null,
      validFrom ?? null,
      validUntil ?? null,
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
