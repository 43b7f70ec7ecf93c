import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { Settings } from '#lib/contract/overview.ts';
import { fetchJson } from './fetch-json.ts';

export const settingsKeys = { all: ['settings'] as const };

/** What is configured, and what is wrong with it. */
export const settingsQuery = () =>
  queryOptions({
    queryKey: settingsKeys.all,
    queryFn: ({ signal }) => fetchJson('/api/v1/settings', { response: Settings, signal }),
  });

/** Reads {@link settingsQuery}; waits for it, and fails into the boundary around it. */
export const useSettings = () => useSuspenseQuery(settingsQuery());
