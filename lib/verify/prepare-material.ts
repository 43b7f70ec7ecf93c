import type {
  Authority,
  ContentTrustAuthority,
  NotationAuthority,
  SigstoreAuthority,
  TrustRoot,
} from '#lib/model/authority.ts';
import { limits } from '#lib/model/limits.ts';
import type { ImageVerdict } from '#lib/model/verdict.ts';
import type { VerifierMaterial } from '#lib/ports/verifier.ts';
import { boundedCache } from './bounded-cache.ts';
import {
  type PreparedContentTrust,
  prepareContentTrust,
} from './content-trust/prepare-content-trust.ts';
import { sha256 } from './fingerprint.ts';
import { type PreparedNotation, prepareNotation } from './notation/prepare-notation.ts';
import { type PreparedAuthority, prepareAuthority } from './prepare-authority.ts';
import { type FindPolicies, preparePolicies } from './prepare-policies.ts';
import { inconclusive, isRefusal, type Refusal } from './refusal.ts';
import { loadTrustRoot, type TrustDomain } from './trusted-root.ts';

/** Authorities and trust domains, made ready once for many images. */
export interface PreparedMaterial {
  readonly authorities: readonly PreparedAuthority[];
  readonly domains: readonly TrustDomain[];
  readonly notation: readonly PreparedNotation[];
  readonly contentTrust: readonly PreparedContentTrust[];
  /** What of all this speaks about a repository. */
  readonly covering: (registry: string, repository: string) => Covering;
  /** Names all keys and trust roots together: outcomes that no authority covers depend on all. */
  readonly revision: string;
  /** Absent where no policy names an authority. */
  readonly policies?: FindPolicies;
}

/** What speaks about one repository; it is the same for all its images. */
export interface Covering {
  readonly authorities: readonly PreparedAuthority[];
  readonly notation: readonly PreparedNotation[];
  readonly contentTrust: readonly PreparedContentTrust[];
  /** Those of `authorities` and `notation` that ask for attestations. */
  readonly demanding: readonly (SigstoreAuthority | NotationAuthority)[];
  /** About trust roots that could not be refreshed. */
  readonly stale: ImageVerdict['warnings'];
}

const loaded = new Map<string, TrustDomain | Refusal>();

/** Parses authorities and trust roots. A part that cannot be used is kept with its problem. */
export function prepareMaterial({
  authorities,
  trustRoots,
  policyAuthorities = [],
}: VerifierMaterial): PreparedMaterial {
  // Whoever may write a policy must not say which roots count for anything else.
  const chosen = trustRoots.filter(({ origin }) => origin !== 'policy');
  const roots = new Map(chosen.map((root) => [root.name, load(root)]));
  const ofPolicies = trustRoots.filter(({ origin }) => origin === 'policy');
  const rootsOfPolicies = new Map([
    ...roots,
    ...ofPolicies.map((root) => [root.name, loadForeign(root)] as const),
  ]);
  for (const key of loaded.keys())
    if (loaded.size > Math.max(32, trustRoots.length)) loaded.delete(key);
  const parts = [
    ...authorities.map(({ fingerprint }) => `authority ${fingerprint}`),
    ...chosen.map(({ name, revision }) => `root ${name} ${revision}`),
  ].sort();
  const prepared = {
    authorities: authorities
      .filter(isSigstore)
      .map((authority) => prepareAuthority(authority, roots)),
    notation: authorities.filter(isNotation).map(prepareNotation),
    contentTrust: authorities.filter(isContentTrust).map(prepareContentTrust),
  };
  return {
    ...prepared,
    covering: rememberCovering((name) => coveringOf(prepared, name)),
    domains: [...roots.values()].filter((domain): domain is TrustDomain => !isRefusal(domain)),
    revision: sha256(JSON.stringify(parts)).toString('hex'),
    ...(policyAuthorities.length > 0 && {
      policies: preparePolicies(policyAuthorities, rootsOfPolicies),
    }),
  };
}

/** Images of one repository mostly come one after the other. */
function rememberCovering(ask: (name: string) => Covering): PreparedMaterial['covering'] {
  const remembered = boundedCache<Covering>(limits.rememberedRepositories);
  let last: { registry: string; repository: string; covering: Covering } | undefined;
  return (registry, repository) => {
    if (last?.registry === registry && last.repository === repository) return last.covering;
    const name = `${registry}/${repository}`;
    const covering = remembered.get(name, () => ask(name));
    last = { registry, repository, covering };
    return covering;
  };
}

function coveringOf(
  all: Pick<Covering, 'authorities' | 'notation' | 'contentTrust'>,
  name: string,
): Covering {
  const authorities = all.authorities.filter(({ covers }) => covers(name));
  const notation = all.notation.filter(({ covers }) => covers(name));
  return {
    authorities,
    notation,
    contentTrust: all.contentTrust.filter(({ covers }) => covers(name)),
    demanding: [...authorities, ...notation]
      .map(({ authority }) => authority)
      .filter(({ attestations = [] }) => attestations.length > 0),
    stale: staleRoots(authorities),
  };
}

function staleRoots(covering: readonly PreparedAuthority[]): ImageVerdict['warnings'] {
  const stale = new Map(
    covering.flatMap(({ domain }) => (domain?.stale ? [[domain.name, domain.stale] as const] : [])),
  );
  return [...stale].map(([name, { since, detail }]) => ({
    reason: 'trustroot-stale' as const,
    detail: `the trust root ${name} could not be refreshed since ${since}: ${detail}`,
  }));
}

function load(root: TrustRoot): TrustDomain | Refusal {
  const key = `${root.name} ${root.revision} ${root.stale?.since}`;
  const domain = loaded.get(key) ?? loadTrustRoot(root);
  loaded.set(key, domain);
  return domain;
}

/** A root that somebody else wrote, whatever is in it. */
function loadForeign(root: TrustRoot): TrustDomain | Refusal {
  try {
    return load(root);
  } catch {
    return inconclusive('trustroot-missing', `the trust root ${root.name} cannot be read`);
  }
}

const isSigstore = (one: Authority): one is SigstoreAuthority =>
  one.kind === 'key' || one.kind === 'keyless';
const isNotation = (one: Authority): one is NotationAuthority => one.kind === 'notation';
const isContentTrust = (one: Authority): one is ContentTrustAuthority =>
  one.kind === 'content-trust';
