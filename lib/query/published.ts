import { useInfiniteQuery } from '@tanstack/react-query';
import { PublishedFilter, PublishedPage } from '#lib/contract/sources.ts';
import { writeUrl } from '#lib/contract/url-state.ts';
import { type ListQuery, listQuery } from './list.ts';
import { registryKeys } from './registries.ts';

/** Published tags of a filter, page by page. */
export const publishedQuery = (filter: PublishedFilter): ListQuery<PublishedPage> =>
  listQuery({
    queryKey: registryKeys.published(filter),
    path: '/api/v1/published',
    filter: writeUrl(PublishedFilter, filter),
    response: PublishedPage,
  });

/** Reads {@link publishedQuery}: the rows so far, how many there are, and how to get more. */
export function usePublished(filter: PublishedFilter) {
  const query = useInfiniteQuery(publishedQuery(filter));
  const pages = query.data?.pages ?? [];
  return {
    rows: pages.flatMap(({ items }) => items),
    total: pages.at(-1)?.total,
    pending: query.isPending,
    // Rows that were read stay on screen when a later read fails.
    error: query.data === undefined ? query.error : null,
    more: query.hasNextPage,
    fetchingMore: query.isFetchingNextPage,
    fetchMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}
