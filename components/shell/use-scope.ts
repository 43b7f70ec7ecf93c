import { usePathname, useSearchParams } from 'next/navigation';
import { useMemo } from 'react';
import { readUrl, urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { Scope } from '#lib/contract/workloads.ts';

export const scopeFields = ['cluster', 'namespace', 'team'] as const;
export type ScopeField = (typeof scopeFields)[number];

/** Which part of the fleet the page is about; it lives in the URL and follows along the rail. */
export function useScope() {
  const params = useSearchParams();
  const pathname = usePathname();
  const scope = useMemo(() => readUrl(Scope, new URLSearchParams(params)).value, [params]);

  const setScope = (field: ScopeField, values: readonly string[]) => {
    // Two choices in quick succession must both count: the URL itself is the newest state.
    const next = new URLSearchParams(window.location.search);
    const now = readUrl(Scope, next).value;
    for (const name of scopeFields) next.delete(name);
    for (const [name, value] of writeUrl(Scope, { ...now, [field]: [...values] }))
      next.append(name, value);
    window.history.pushState(null, '', urlOf(pathname, next));
  };
  const within = (path: string): string => urlOf(path, writeUrl(Scope, scope));
  return { scope, setScope, within };
}
