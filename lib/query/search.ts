import { useQuery } from '@tanstack/react-query';
import { SearchResult } from '#lib/contract/overview.ts';
import { fetchJson } from './fetch-json.ts';

/** What the palette finds; asks from the second character on, and keeps what it found while typing. */
export const useSearch = (text: string) =>
  useQuery({
    queryKey: ['search', text] as const,
    queryFn: ({ signal }) =>
      fetchJson(`/api/v1/search?${new URLSearchParams({ q: text })}`, {
        response: SearchResult,
        signal,
      }),
    enabled: text.length >= 2,
    placeholderData: (before) => (text.length >= 2 ? before : undefined),
  });
