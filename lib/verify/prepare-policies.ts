import type { Authority, NotationAuthority, SigstoreAuthority } from '#lib/model/authority.ts';
import { limits } from '#lib/model/limits.ts';
import { boundedCache } from './bounded-cache.ts';
import { sha256 } from './fingerprint.ts';
import { compileImageGlob, type ImageMatcher } from './image-glob.ts';
import { type PreparedNotation, prepareNotation } from './notation/prepare-notation.ts';
import { type PreparedAuthority, prepareAuthority } from './prepare-authority.ts';
import type { Refusal } from './refusal.ts';
import type { TrustDomain } from './trusted-root.ts';

/** The rules of one or several authorities of policies: what is judged once is judged for all of them. */
export type PolicyRules = (
  | { readonly kind: 'sigstore'; readonly prepared: PreparedAuthority }
  | { readonly kind: 'notation'; readonly prepared: PreparedNotation }
) & {
  /** Why an outcome under them is no full answer: a key that could not be read. */
  readonly problem?: Refusal;
};

/** Rules that speak about an image, with the authorities whose rules they are. */
export interface CoveringRules {
  readonly rules: PolicyRules;
  readonly under: readonly string[];
}

/** Everything of policies that speaks about an image. */
export interface CoveringPolicies {
  readonly covering: readonly CoveringRules[];
  readonly marks: Readonly<Record<string, string>>;
  readonly revision: string;
  readonly omitted: number;
}

/** Answers for `registry/repository`; undefined where no policy speaks about it. */
export type FindPolicies = (name: string) => CoveringPolicies | undefined;

interface Member {
  readonly authority: SigstoreAuthority | NotationAuthority;
  readonly covers: ImageMatcher;
  readonly rules: PolicyRules;
}

const isSupported = (one: Authority): one is SigstoreAuthority | NotationAuthority =>
  one.kind !== 'content-trust';

/**
 * Makes authorities of policies ready. Those with equal rules share them, and what covers a repository
 * is found once for it: a fleet has the same few policies in many clusters.
 */
export function preparePolicies(
  authorities: readonly Authority[],
  roots: ReadonlyMap<string, TrustDomain | Refusal>,
): FindPolicies {
  const byRules = new Map<string, PolicyRules>();
  const globs = new Map<string, ImageMatcher>();
  const glob = (pattern: string): ImageMatcher => {
    const compiled = globs.get(pattern) ?? compileImageGlob(pattern);
    globs.set(pattern, compiled);
    return compiled;
  };
  const prepare = (authority: SigstoreAuthority | NotationAuthority): readonly Member[] => {
    try {
      const key = `${authority.kind} ${authority.fingerprint}`;
      const rules = byRules.get(key) ?? rulesOf(authority, roots);
      byRules.set(key, rules);
      const own = authority.images.map(glob);
      return [{ authority, rules, covers: (name) => own.some((covers) => covers(name)) }];
    } catch {
      // Somebody else wrote it: what cannot be made ready is not judged under, and spoils nothing.
      return [];
    }
  };
  const members = authorities.filter(isSupported).flatMap(prepare);
  const known = boundedCache<CoveringPolicies | undefined>(limits.rememberedRepositories);
  return (name) =>
    known.get(name, () => {
      const found = members.filter(({ covers }) => covers(name));
      return found.length === 0 ? undefined : gather(found);
    });
}

function rulesOf(
  authority: SigstoreAuthority | NotationAuthority,
  roots: ReadonlyMap<string, TrustDomain | Refusal>,
): PolicyRules {
  if (authority.kind === 'notation') {
    const prepared = prepareNotation(authority);
    return { kind: 'notation', prepared, ...(prepared.problem && { problem: prepared.problem }) };
  }
  const prepared = prepareAuthority(authority, roots);
  const problem = prepared.problem ?? prepared.unread;
  return { kind: 'sigstore', prepared, ...(problem && { problem }) };
}

function gather(members: readonly Member[]): CoveringPolicies {
  const grouped = [...Map.groupBy(members, ({ rules }) => rules)];
  const left = grouped.slice(limits.policyRules).flatMap(([, group]) => group);
  const marks = members.flatMap(({ authority: { name, source } }) =>
    source.kind === 'policy' && source.mark !== undefined ? [[name, source.mark] as const] : [],
  );
  return {
    covering: grouped.slice(0, limits.policyRules).map(([rules, group]) => ({
      rules,
      under: group.map(({ authority }) => authority.name),
    })),
    marks: Object.fromEntries(marks),
    revision: policyRevision(members.map(({ authority, rules }) => [authority, rootOf(rules)])),
    omitted: left.length,
  };
}

const rootOf = (rules: PolicyRules): string =>
  rules.kind === 'sigstore' ? (rules.prepared.domain?.revision ?? '') : '';

const policyRevision = (
  parts: readonly (readonly [Pick<Authority, 'name' | 'fingerprint' | 'source'>, string])[],
): string =>
  sha256(
    JSON.stringify(
      parts
        .map(([{ name, fingerprint, source }, root]) =>
          JSON.stringify([name, fingerprint, root, source.kind === 'policy' ? source.mark : null]),
        )
        .sort(),
    ),
  ).toString('hex');
