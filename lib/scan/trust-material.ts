import { createHash } from 'node:crypto';
import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import type { VerifierMaterial } from '#lib/ports/verifier.ts';
import { prepareMaterial } from '#lib/verify/prepare-material.ts';
import { verifierVersion } from '#lib/verify/verifier-version.ts';
import type { ScanDependencies } from './dependencies.ts';
import { createPolicyKeeper, type Policies } from './policy-keeper.ts';
import { resolveKeys } from './resolve-keys.ts';
import type { Failure } from './scan-row.ts';

/** Keeps the verifier on the trust material that holds now. */
export interface TrustKeeper {
  /**
   * Loads the trust roots unless they were loaded within `maxAgeMs`, and configures the verifier
   * when anything changed. A root that cannot be had is reported, never thrown.
   */
  ensure(maxAgeMs: number): Promise<TrustState>;
  /** Looks whether the store has other policies by now, and configures the verifier with them. */
  refreshPolicies(): Promise<TrustState>;
}

export interface TrustState {
  /**
   * Names all that can change a verdict: authorities with their images, where we look, trust roots, the
   * verifier. Policies are none of it: what they change is looked at again by itself.
   */
  readonly revision: string;
  /**
   * Names the policies that cover `registry/repository`, as `PolicyEvidence.revision` does; undefined
   * where none does. Absent where no policy names an authority.
   */
  readonly policiesFor?: (name: string) => string | undefined;
  /** What the verifier was given. */
  readonly material: VerifierMaterial;
  readonly problems: readonly Failure[];
}

type Needs = Pick<
  ScanDependencies,
  | 'trust'
  | 'keys'
  | 'verifier'
  | 'authorities'
  | 'elsewhere'
  | 'rules'
  | 'platforms'
  | 'clusters'
  | 'store'
  | 'now'
  | 'log'
>;

/** Between scans the store is asked so often at most whether a policy changed. */
const policiesAgeMs = 5_000;

export function createTrustKeeper(deps: Needs): TrustKeeper {
  const policyKeeper = createPolicyKeeper(deps);
  let loaded:
    | { readonly at: number; readonly state: TrustState; readonly whole: string }
    | undefined;
  let loading: Promise<TrustState> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function load(): Promise<TrustState> {
    const [{ roots, problems }, { authorities, problems: unread }, policies] = await Promise.all([
      deps.trust.load(),
      resolveKeys(deps.authorities, deps.keys),
      policyKeeper.load(),
    ]);
    const material = materialOf(authorities, roots, policies);
    const revision = revisionOf({ ...deps, authorities }, roots);
    const whole = `${revision} ${policyRevision(policies)}`;
    if (loaded?.whole !== whole) await deps.verifier.configure(material);
    const names = new Map(material.trustRoots.map((root) => [root.name, root]));
    await deps.store.saveTrustRoots([...names.values()]);
    const find = prepareMaterial(material).policies;
    const state = {
      revision,
      material,
      ...(find && { policiesFor: (name: string) => find(name)?.revision }),
      problems: [
        ...problems.map(({ name, reason, detail }) => ({ source: name, reason, detail })),
        ...unread,
        ...policies.problems,
      ],
    };
    for (const problem of problems) deps.log.warn(problem, 'trust root is not available');
    for (const problem of unread) deps.log.warn(problem, 'public key is not available');
    for (const problem of policies.problems) deps.log.warn(problem, 'policy is not used in full');
    loaded = { at: deps.now().getTime(), state, whole };
    return state;
  }
  const reload = (): Promise<TrustState> => {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };
  async function refreshPolicies(): Promise<TrustState> {
    await loading;
    lookedAt = deps.now().getTime();
    return loaded && (await policyKeeper.isCurrent()) ? loaded.state : reload();
  }
  return {
    refreshPolicies,
    async ensure(maxAgeMs) {
      const now = deps.now().getTime();
      if (loaded === undefined || now - loaded.at >= maxAgeMs) return reload();
      return now - lookedAt < policiesAgeMs ? loaded.state : refreshPolicies();
    },
  };
}

const materialOf = (
  authorities: readonly Authority[],
  roots: readonly TrustRoot[],
  policies: Policies,
): VerifierMaterial =>
  policies.authorities.length === 0
    ? { authorities, trustRoots: roots }
    : {
        authorities,
        policyAuthorities: policies.authorities,
        trustRoots: [...roots, ...policies.trustRoots],
      };

const policyRevision = ({ authorities, trustRoots }: Policies): string =>
  JSON.stringify([
    authorities.map(({ name, fingerprint, images, source }) => [name, fingerprint, images, source]),
    trustRoots.map(({ name, revision }) => [name, revision]),
  ]);

function revisionOf(
  { authorities, elsewhere, rules, platforms }: Needs,
  roots: readonly TrustRoot[],
): string {
  const parts = [
    `verifier ${verifierVersion}`,
    ...authorities.map(({ name, fingerprint, images, attestations = [] }) =>
      JSON.stringify(['authority', name, fingerprint, images, attestations]),
    ),
    `rules ${JSON.stringify(rules)} ${platforms}`,
    ...elsewhere.map(({ images, place }) => JSON.stringify(['elsewhere', images, place])),
    ...roots.map(({ name, revision }) => `trust-root ${name} ${revision}`),
  ].sort();
  return `sha256:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}
