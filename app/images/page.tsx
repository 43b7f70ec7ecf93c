import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { ImagesView } from '#components/images/images-view.tsx';
import { imageFacets, listImages } from '#lib/api/images.ts';
import { ImageFilter } from '#lib/contract/images.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { imageFacetsQuery, imagesQuery } from '#lib/query/images.ts';

export const metadata: Metadata = { title: 'Images' };

export default async function ImagesPage({ searchParams }: PageProps<'/images'>) {
  const filter = readUrl(ImageFilter, await searchParams).value;
  const client = getQueryClient();

  // Not awaited: the frame streams while the rows load.
  void client
    .infiniteQuery({
      ...imagesQuery(filter),
      queryFn: () => listImages(filter, PageRequest.parse({})),
    })
    .catch(noop);
  void client
    .query({ ...imageFacetsQuery(filter), queryFn: () => imageFacets(filter) })
    .catch(noop);

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ImagesView />
    </HydrationBoundary>
  );
}
