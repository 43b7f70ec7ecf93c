import type {
  Authority,
  ContentTrustAuthority,
  NotationAuthority,
  SigstoreAuthority,
} from '#lib/model/authority.ts';
import type { VerifierMaterial } from '#lib/ports.ts';
import {
  type PreparedContentTrust,
  prepareContentTrust,
} from './content-trust/prepare-content-trust.ts';
import { sha256 } from './fingerprint.ts';
import {
  compileIdentityRule,
  compileTextRule,
  type IdentityMatcher,
  isRuleProblem,
  type TextMatcher,
} from './identity.ts';
import { compileImageGlob } from './image-glob.ts';
import { type PreparedKey, prepareTrustedKeys } from './keys.ts';
import { type PreparedNotation, prepareNotation } from './notation/prepare-notation.ts';
import { inconclusive, isRefusal, type Refusal } from './refusal.ts';
import { loadTrustRoot, type TrustDomain } from './trusted-root.ts';

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
}

/** Authorities and trust domains, made ready once for many images. */
export interface PreparedMaterial {
  readonly authorities: readonly PreparedAuthority[];
  readonly domains: readonly TrustDomain[];
  readonly notation: readonly PreparedNotation[];
  readonly contentTrust: readonly PreparedContentTrust[];
  /** Names all keys and trust roots together: outcomes that no authority covers depend on all. */
  readonly revision: string;
}

const loaded = new Map<string, TrustDomain | Refusal>();

/** Parses authorities and trust roots. A part that cannot be used is kept with its problem. */
export function prepareMaterial({ authorities, trustRoots }: VerifierMaterial): PreparedMaterial {
  const roots = new Map(
    trustRoots.map((root) => {
      const key = `${root.name} ${root.revision} ${root.stale?.since}`;
      const domain = loaded.get(key) ?? loadTrustRoot(root);
      loaded.set(key, domain);
      return [root.name, domain] as const;
    }),
  );
  for (const key of loaded.keys())
    if (loaded.size > Math.max(32, trustRoots.length)) loaded.delete(key);
  const parts = [
    ...authorities.map(({ fingerprint }) => `authority ${fingerprint}`),
    ...trustRoots.map(({ name, revision }) => `root ${name} ${revision}`),
  ].sort();
  return {
    authorities: authorities
      .filter(isSigstore)
      .map((authority) => prepareAuthority(authority, roots)),
    notation: authorities.filter(isNotation).map(prepareNotation),
    contentTrust: authorities.filter(isContentTrust).map(prepareContentTrust),
    domains: [...roots.values()].filter((domain): domain is TrustDomain => !isRefusal(domain)),
    revision: sha256(JSON.stringify(parts)).toString('hex'),
  };
}

const isSigstore = (one: Authority): one is SigstoreAuthority =>
  one.kind === 'key' || one.kind === 'keyless';
const isNotation = (one: Authority): one is NotationAuthority => one.kind === 'notation';
const isContentTrust = (one: Authority): one is ContentTrustAuthority =>
  one.kind === 'content-trust';

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
}

function keysOf(authority: Extract<SigstoreAuthority, { kind: 'key' }>): AuthorityParts {
  const all = authority.keys.flatMap(prepareTrustedKeys);
  const keys = all.filter((key): key is PreparedKey => !isRefusal(key));
  const problem = all.find(isRefusal);
  if (keys.length > 0) return { keys, rules: [] };
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
