import type { Route } from 'next';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useMemo } from 'react';
import { readUrl, urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { Scope } from '#lib/contract/workloads.ts';

export const scopeFields = ['cluster', 'namespace', 'team'] as const;
export type ScopeField = (typeof scopeFields)[number];

/** Which part of the fleet the page is about; it lives in the URL and follows along the rail. */
export function useScope() {
  const params = useSearchParams();
  const pathname = usePathname();
  const router = useRouter();
  const scope = useMemo(() => readUrl(Scope, new URLSearchParams(params)).value, [params]);

  const setScope = (field: ScopeField, values: readonly string[]) => {
    const next = new URLSearchParams(params);
    for (const name of scopeFields) next.delete(name);
    for (const [name, value] of writeUrl(Scope, { ...scope, [field]: [...values] }))
      next.append(name, value);
    router.push(urlOf(pathname, next) as Route, { scroll: false });
  };
  const within = (path: string): string => urlOf(path, writeUrl(Scope, scope));
  return { scope, setScope, within };
}
