import { createHash } from 'node:crypto';
import type { TrustRoot } from '#lib/model/authority.ts';
import type { VerifierMaterial } from '#lib/ports.ts';
import { verifierVersion } from '#lib/verify/verifier-version.ts';
import type { ScanDependencies } from './dependencies.ts';
import { resolveKeys } from './resolve-keys.ts';
import type { Failure } from './scan-row.ts';

/** Keeps the verifier on the trust material that holds now. */
export interface TrustKeeper {
  /**
   * Loads the trust roots unless they were loaded within `maxAgeMs`, and configures the verifier
   * when anything changed. A root that cannot be had is reported, never thrown.
   */
  ensure(maxAgeMs: number): Promise<TrustState>;
}

export interface TrustState {
  /** Names all that can change a verdict: authorities with their images, where we look, trust roots, the verifier. */
  readonly revision: string;
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
  | 'store'
  | 'now'
  | 'log'
>;

export function createTrustKeeper(deps: Needs): TrustKeeper {
  let loaded: { readonly at: number; readonly state: TrustState } | undefined;
  let loading: Promise<TrustState> | undefined;

  async function load(): Promise<TrustState> {
    const [{ roots, problems }, { authorities, problems: unread }] = await Promise.all([
      deps.trust.load(),
      resolveKeys(deps.authorities, deps.keys),
    ]);
    const revision = revisionOf({ ...deps, authorities }, roots);
    if (loaded?.state.revision !== revision)
      await deps.verifier.configure({ authorities, trustRoots: roots });
    await deps.store.saveTrustRoots(roots);
    const state = {
      revision,
      material: { authorities, trustRoots: roots },
      problems: [
        ...problems.map(({ name, reason, detail }) => ({ source: name, reason, detail })),
        ...unread,
      ],
    };
    for (const problem of problems) deps.log.warn(problem, 'trust root is not available');
    for (const problem of unread) deps.log.warn(problem, 'public key is not available');
    loaded = { at: deps.now().getTime(), state };
    return state;
  }
  return {
    async ensure(maxAgeMs) {
      if (loaded && deps.now().getTime() - loaded.at < maxAgeMs) return loaded.state;
      loading ??= load().finally(() => {
        loading = undefined;
      });
      return loading;
    },
  };
}

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
