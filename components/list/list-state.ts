import type { SourceList } from '#lib/contract/sources.ts';

/** Why a list has no rows; each is said in other words and has another way out. */
export type EmptyKind =
  | 'nothing-configured'
  | 'not-read-yet'
  | 'no-match'
  | 'all-good'
  | 'cannot-tell';

interface EmptyFacts {
  /** Anything but scope narrows the list. */
  readonly filtered: boolean;
  /** The filter asks for nothing but rows that need a person. */
  readonly onlyTrouble: boolean;
  readonly sources: SourceList | undefined;
}

/**
 * "All good" is a claim about everything that was asked for: it needs every source to be current.
 * With a source behind, an empty list of trouble says only that we cannot tell.
 */
export function emptyKind({ filtered, onlyTrouble, sources }: EmptyFacts): EmptyKind {
  if (sources === undefined) return 'cannot-tell';
  const clusters = sources.items.filter(({ kind }) => kind === 'cluster');
  if (filtered) {
    if (!onlyTrouble) return 'no-match';
    return sources.behind === 0 && sources.items.every(({ state }) => state === 'current')
      ? 'all-good'
      : 'cannot-tell';
  }
  if (clusters.length === 0 && sources.items.every(({ kind }) => kind !== 'registry'))
    return 'nothing-configured';
  if (sources.behind > 0) return 'cannot-tell';
  return clusters.some(({ state }) => state === 'scanning' || state === 'waiting')
    ? 'not-read-yet'
    : 'no-match';
}

/** True when the filter holds anything of what "clear" would take back. */
export const isNarrowed = (
  filter: Readonly<Record<string, unknown>>,
  unfiltered: Readonly<Record<string, unknown>>,
): boolean =>
  Object.keys(unfiltered).some((key) => {
    const value = filter[key];
    return Array.isArray(value) || typeof value === 'string' ? value.length > 0 : false;
  });

/** For a list whose order is the server's alone. */
export const unsorted = { sorting: { by: '', order: 'asc' }, onSort: () => {} } as const;
