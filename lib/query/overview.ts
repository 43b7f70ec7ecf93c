import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { Overview } from '#lib/contract/overview.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { Scope } from '#lib/contract/workloads.ts';
import { fetchJson } from './fetch-json.ts';

export const overviewKeys = {
  all: ['overview'] as const,
  scope: (scope: Scope) => [...overviewKeys.all, scope] as const,
};

/** Coverage, trend and what needs a person, for one scope. */
export const overviewQuery = (scope: Scope) =>
  queryOptions({
    queryKey: overviewKeys.scope(scope),
    queryFn: ({ signal }) =>
      fetchJson(urlOf('/api/v1/overview', writeUrl(Scope, scope)), { response: Overview, signal }),
  });

/** Reads {@link overviewQuery}; waits for it, and fails into the boundary around it. */
export const useOverview = (scope: Scope) => useSuspenseQuery(overviewQuery(scope));
