import type { SigstoreAuthority } from '#lib/model/authority.ts';
import {
  compileIdentityRule,
  compileTextRule,
  type IdentityMatcher,
  isRuleProblem,
  type TextMatcher,
} from './identity.ts';
import { compileImageGlob } from './image-glob.ts';
import { type PreparedKey, prepareTrustedKeys } from './keys.ts';
import { inconclusive, isRefusal, type Refusal } from './refusal.ts';
import type { TrustDomain } from './trusted-root.ts';

/** An authority with keys, patterns and globs parsed, and its trust domain found. */
export interface PreparedAuthority {
  readonly authority: SigstoreAuthority;
  /** Whether it speaks about `registry/repository`. */
  readonly covers: (name: string) => boolean;
  readonly keys: readonly PreparedKey[];
  readonly rules: readonly IdentityMatcher[];
  readonly reference?: TextMatcher;
  readonly domain?: TrustDomain;
  /** Why it cannot be asked; then nothing is claimed under it. */
  readonly problem?: Refusal;
  /** Why some of its keys are not among `keys`, where others are. */
  readonly unread?: Refusal;
}

/** Prepares one authority with the roots by name. */
export function prepareAuthority(
  authority: SigstoreAuthority,
  roots: ReadonlyMap<string, TrustDomain | Refusal>,
): PreparedAuthority {
  const globs = authority.images.map(compileImageGlob);
  const covers = (name: string) => globs.some((glob) => glob(name));
  const root = rootOf(authority, roots);
  const parts = authority.kind === 'key' ? keysOf(authority) : rulesOf(authority);
  // A key that counts at any time and without witnesses needs no trust root.
  const rootless =
    authority.kind === 'key' &&
    authority.tlog === 'ignored' &&
    authority.atLeast === undefined &&
    parts.keys.every(isUnbounded);
  const reference = authority.reference && compileTextRule(authority.reference);
  const problem =
    parts.problem ??
    (isRefusal(root) && !rootless ? root : undefined) ??
    (typeof reference === 'object' ? unusable(authority.name, reference.problem) : undefined);
  return {
    authority,
    covers,
    keys: parts.keys,
    rules: parts.rules,
    ...(typeof reference === 'function' && { reference }),
    ...(root !== undefined && !isRefusal(root) && { domain: root }),
    ...(problem && { problem }),
    ...(parts.unread && { unread: parts.unread }),
  };
}

const unusable = (name: string, why: string): Refusal =>
  inconclusive('key-unresolvable', `the authority ${name} cannot be used: ${why}`);

const isUnbounded = ({ window }: PreparedKey): boolean => window === undefined;

function rootOf(
  { name, trustRoot }: SigstoreAuthority,
  roots: ReadonlyMap<string, TrustDomain | Refusal>,
): TrustDomain | Refusal | undefined {
  if (trustRoot === undefined) return undefined;
  return (
    roots.get(trustRoot) ??
    inconclusive(
      'trustroot-missing',
      `the trust root ${trustRoot} of the authority ${name} is not there`,
    )
  );
}

interface AuthorityParts {
  readonly keys: readonly PreparedKey[];
  readonly rules: readonly IdentityMatcher[];
  readonly problem?: Refusal;
  readonly unread?: Refusal;
}

function keysOf(authority: Extract<SigstoreAuthority, { kind: 'key' }>): AuthorityParts {
  const all = authority.keys.flatMap(prepareTrustedKeys);
  const keys = all.filter((key): key is PreparedKey => !isRefusal(key));
  const problem = all.find(isRefusal);
  if (keys.length > 0) return { keys, rules: [], ...(problem && { unread: problem }) };
  return {
    keys,
    rules: [],
    problem:
      problem ?? inconclusive('key-unresolvable', `the authority ${authority.name} has no key`),
  };
}

/** One bad rule spoils the authority: to leave it out silently would judge by other rules than written. */
function rulesOf(authority: Extract<SigstoreAuthority, { kind: 'keyless' }>): AuthorityParts {
  const compiled = authority.identities.map(compileIdentityRule);
  const rules = compiled.filter((rule): rule is IdentityMatcher => !isRuleProblem(rule));
  const bad = compiled.find(isRuleProblem);
  if (bad === undefined && rules.length > 0) return { keys: [], rules };
  const why = bad?.problem ?? 'it names no identity';
  return {
    keys: [],
    rules: [],
    problem: unusable(authority.name, why),
  };
}
