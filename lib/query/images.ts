import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { ImageDetail, ImageFilter, ImagePage, type ImageRow } from '#lib/contract/images.ts';
import { Facets } from '#lib/contract/paging.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { fetchJson } from './fetch-json.ts';
import { type ListQuery, listQuery } from './list.ts';
import { type List, useHydrated, useList } from './use-list.ts';

/** Every key under `all` is read again when a scan or a watch changed images. */
export const imageKeys = {
  all: ['images'] as const,
  list: (filter: ImageFilter) => [...imageKeys.all, 'list', filter] as const,
  facets: (filter: ImageFilter) => [...imageKeys.all, 'facets', filter] as const,
  detail: (digest: string) => [...imageKeys.all, 'detail', digest] as const,
};

/** All images of a filter, page by page. */
export const imagesQuery = (filter: ImageFilter): ListQuery<ImagePage> =>
  listQuery({
    queryKey: imageKeys.list(filter),
    path: '/api/v1/images',
    filter: writeUrl(ImageFilter, filter),
    response: ImagePage,
  });

/** The counts beside the filter bar. They do not depend on the order of the rows. */
export const imageFacetsQuery = (filter: ImageFilter) => {
  const unordered = ImageFilter.parse({ ...filter, sort: undefined, order: undefined });
  return queryOptions({
    queryKey: imageKeys.facets(unordered),
    queryFn: ({ signal }) =>
      fetchJson(urlOf('/api/v1/images/facets', writeUrl(ImageFilter, unordered)), {
        response: Facets,
        signal,
      }),
  });
};

/** One digest with its evidence, wherever it was met. */
export const imageQuery = (digest: string) =>
  queryOptions({
    queryKey: imageKeys.detail(digest),
    queryFn: ({ signal }) =>
      fetchJson(`/api/v1/images/${encodeURIComponent(digest)}`, {
        response: ImageDetail,
        signal,
      }),
  });

/** One digest may lie in several repositories: the row is both. */
export const imageKey = ({ digest, registry, repository }: ImageRow): string =>
  `${registry}/${repository}@${digest}`;

/** Reads {@link imagesQuery}; the rows rest while `held`. */
export const useImages = (filter: ImageFilter, held: boolean): List<ImageRow, ImagePage> =>
  useList(imagesQuery(filter), imageKey, held);

/**
 * Reads {@link imageFacetsQuery}; the counts of the filter before stay until the new ones are there.
 */
export function useImageFacets(filter: ImageFilter): Facets | undefined {
  const hydrated = useHydrated();
  const { data } = useQuery({
    ...imageFacetsQuery(filter),
    placeholderData: (before: Facets | undefined) => before,
  });
  return hydrated ? data : undefined;
}

/** Reads {@link imageQuery} for a panel that opens in the browser. */
export const useImage = (digest: string) => useQuery(imageQuery(digest));

/** Reads {@link imageQuery} for a page: suspends until it is there. */
export const useImagePage = (digest: string): ImageDetail =>
  useSuspenseQuery(imageQuery(digest)).data;
