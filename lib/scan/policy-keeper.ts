import type { Authority, TrustedKey, TrustRoot } from '#lib/model/authority.ts';
import { limits } from '#lib/model/limits.ts';
import { type PolicyMaterial, policyMaterial } from '#lib/policy/policy-material.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import type { ScanDependencies } from './dependencies.ts';
import { resolveKeys } from './resolve-keys.ts';
import type { Failure } from './scan-row.ts';

/** Authorities of the admission policies of all clusters, ready for the verifier, sorted by name. */
export interface Policies {
  readonly authorities: readonly Authority[];
  readonly trustRoots: readonly TrustRoot[];
  readonly problems: readonly Failure[];
}

/** Reads policies out of the store, a cluster again only when its objects changed. */
export interface PolicyKeeper {
  /** False when the store has other policies than were last loaded. */
  isCurrent(): Promise<boolean>;
  /** Never throws for what stands in policies: what cannot be used is a problem with its name. */
  load(): Promise<Policies>;
}

interface Known {
  readonly revision: number;
  readonly material: PolicyMaterial;
}

export function createPolicyKeeper(
  deps: Pick<ScanDependencies, 'store' | 'clusters' | 'keys'>,
): PolicyKeeper {
  const known = new Map<string, Known>();

  async function changed(): Promise<readonly string[]> {
    const revisions = await deps.store.admissionRevisions();
    return deps.clusters.flatMap(({ id }) =>
      revisions.get(id) === known.get(id)?.revision ? [] : [id],
    );
  }
  return {
    isCurrent: async () => (await changed()).length === 0,
    async load() {
      for (const id of await changed()) {
        const stored = await deps.store.admissionOf(id);
        if (stored === undefined) known.delete(id);
        else {
          const material = policyMaterial(id, stored.objects, stored.readAt);
          known.set(id, { revision: stored.revision, material });
        }
      }
      const all = [...known.values()].map(({ material }) => material);
      const named = all
        .flatMap(({ authorities }) => authorities)
        .map((one) => ({ ...one, fingerprint: authorityFingerprint(one) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const limited = limitReferences(named);
      const { authorities, problems } = await resolveKeys(limited.authorities, deps.keys);
      return {
        authorities,
        trustRoots: all.flatMap(({ trustRoots }) => trustRoots),
        problems: shortened([
          ...all.flatMap((one) =>
            one.problems.map(({ name, ...why }) => ({ source: name, ...why })),
          ),
          ...limited.problems,
          ...problems,
        ]),
      };
    },
  };
}

const tooMany = 'policies name too many keys by reference to read them all';

/** Each reference is a request with our rights, and whoever may write a policy may write many. */
function limitReferences(authorities: readonly Authority[]): {
  readonly authorities: readonly Authority[];
  readonly problems: readonly Failure[];
} {
  let left = limits.policyKeyReferences;
  const limited = authorities.map((authority) => {
    if (authority.kind !== 'key') return authority;
    const keys = authority.keys.map((key): TrustedKey => {
      if (key.reference === undefined || left-- > 0) return key;
      return { pem: '', problem: tooMany };
    });
    return { ...authority, keys };
  });
  const problem = { source: 'policies', reason: 'limit-exceeded', detail: tooMany } as const;
  return { authorities: limited, problems: left < 0 ? [problem] : [] };
}

function shortened(problems: readonly Failure[]): readonly Failure[] {
  const left = problems.length - limits.documentProblems;
  if (left <= 0) return problems;
  const more = { reason: 'key-unresolvable', detail: `${left} more problems of policies` } as const;
  return [...problems.slice(0, limits.documentProblems), { source: 'policies', ...more }];
}
