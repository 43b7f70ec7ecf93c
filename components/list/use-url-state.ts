import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import type { z } from 'zod';
import { type DroppedParam, readUrl, urlOf, writeUrl } from '#lib/contract/url-state.ts';

/** What a page keeps in its URL, and how it changes it. */
export interface UrlStateHandle<T> {
  readonly value: T;
  readonly dropped: readonly DroppedParam[];
  /** `push` leaves a step for the back button, `replace` does not. */
  readonly change: (patch: Partial<T>, how?: 'push' | 'replace') => void;
}

/**
 * The state of a page that lives in its URL. Changes are written through the History API, which the
 * router follows: the page stays, only what reads the URL renders again.
 */
export function useUrlState<S extends z.ZodObject>(schema: S): UrlStateHandle<z.output<S>> {
  const params = useSearchParams();
  const path = usePathname();
  const { value, dropped } = useMemo(() => readUrl(schema, params), [schema, params]);
  const change = useCallback(
    (patch: Partial<z.output<S>>, how: 'push' | 'replace' = 'push') => {
      // Two changes in one tick must both count: the URL itself is the newest state.
      const now = readUrl(schema, new URLSearchParams(window.location.search)).value;
      const url = urlOf(path, writeUrl(schema, { ...now, ...patch }));
      if (how === 'push') window.history.pushState(null, '', url);
      else window.history.replaceState(null, '', url);
    },
    [schema, path],
  );
  return { value, dropped, change };
}
