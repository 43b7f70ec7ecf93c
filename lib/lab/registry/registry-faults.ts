/**
 * What a lab registry can do wrong, each for a repository or a path. Ambiguous manifests are no
 * fault of the wire: they are put like any other content, under their true digest.
 */
export type RegistryFault =
  | { readonly kind: 'unauthorized' | 'forbidden' | 'hidden' | 'broken' }
  | { readonly kind: 'rate-limited'; readonly retryAfter: string }
  | { readonly kind: 'reset' | 'silent' | 'endless-body' | 'gzip-bomb' }
  | { readonly kind: 'slow-body'; readonly everyMs: number }
  | { readonly kind: 'wrong-digest' }
  | { readonly kind: 'wrong-media-type'; readonly mediaType: string }
  | { readonly kind: 'many-referrers'; readonly count: number }
  | { readonly kind: 'link-loop' | 'html-referrers' }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'redirect-referrers'; readonly to: string }
  | { readonly kind: 'realm'; readonly url: string };

/** Which requests a fault hits: those of a repository, those whose path matches, or both. */
export interface FaultMatch {
  readonly repository?: string;
  readonly path?: RegExp;
}

/** The faults that are switched on. */
export interface FaultTable {
  set(match: FaultMatch, fault: RegistryFault | undefined): void;
  find(path: string, repository: string | undefined): RegistryFault | undefined;
}

/** A table of faults; of several that match, the one set last counts. */
export function createFaultTable(): FaultTable {
  const faults = new Map<string, { readonly match: FaultMatch; readonly fault: RegistryFault }>();
  return {
    set(match, fault) {
      const key = `${match.repository ?? ''} ${match.path?.source ?? ''}`;
      faults.delete(key);
      if (fault !== undefined) faults.set(key, { match, fault });
    },
    find: (path, repository) =>
      [...faults.values()].findLast(
        ({ match }) =>
          (match.repository === undefined || match.repository === repository) &&
          (match.path === undefined || match.path.test(path)),
      )?.fault,
  };
}
