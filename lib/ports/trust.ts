import type { TrustRoot } from '#lib/model/authority.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { TrustData } from '#lib/model/trust-data.ts';

/** What a Notary v1 server has about a repository. */
export type TrustDataAnswer =
  | { readonly state: 'found'; readonly data: TrustData }
  /** The server knows nothing of the collection. */
  | { readonly state: 'none' }
  /** The service has ended, or says that what it had is gone. */
  | { readonly state: 'retired'; readonly detail: string };

/** Docker Content Trust, where the configuration names a server for it. Read-only. */
export interface ContentTrustReader {
  /** What is set for an image; undefined when no server is named for it. */
  settingFor(
    registry: string,
    repository: string,
  ): { readonly server: string; readonly pinned: boolean } | undefined;
  /**
   * The metadata as served, with what was verified of it before.
   * @throws OperationalError when the server could not be asked: then nothing is known
   */
  read(registry: string, repository: string): Promise<TrustDataAnswer>;
}

/** Where trust roots come from. */
export interface TrustSource {
  /** All roots now in use; one that cannot be had is reported as a problem, not thrown. */
  load(): Promise<{
    readonly roots: readonly TrustRoot[];
    readonly problems: readonly {
      readonly name: string;
      readonly reason: ReasonCode;
      readonly detail: string;
    }[];
  }>;
}

/** Public keys that authorities name by reference. */
export interface KeySource {
  /**
   * The public keys behind a reference (`hashivault://…`, `k8s://…`), PEM. With `cluster` (its id) a
   * policy of that cluster names it, and secrets of no other one are read.
   * @throws OperationalError mostly key-unresolvable, with the remedy in its message
   */
  read(reference: string, cluster?: string): Promise<string>;
}
