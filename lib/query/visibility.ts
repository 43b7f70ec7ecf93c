import { queryOptions, useQuery } from '@tanstack/react-query';
import { VisibilityList } from '#lib/contract/disagreements.ts';
import { fetchJson } from './fetch-json.ts';

/** Under `images`, so that it is read again with the signatures that it is about. */
export const visibilityKey = (digest: string) => ['images', 'visibility', digest] as const;

/** Which installed engine finds which signature of a digest. */
export const visibilityQuery = (digest: string) =>
  queryOptions({
    queryKey: visibilityKey(digest),
    queryFn: ({ signal }) =>
      fetchJson(`/api/v1/images/${encodeURIComponent(digest)}/visibility`, {
        response: VisibilityList,
        signal,
      }),
  });

/** Reads {@link visibilityQuery}. */
export const useVisibility = (digest: string) => useQuery(visibilityQuery(digest));
