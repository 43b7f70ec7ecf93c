import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { ImagePage } from '#components/images/image-page.tsx';
import { readImage } from '#lib/api/images.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { imageQuery } from '#lib/query/images.ts';

export const metadata: Metadata = { title: 'Image' };

export default async function Page({ params }: PageProps<'/images/[digest]'>) {
  const digest = decodeURIComponent((await params).digest);
  const client = getQueryClient();

  // Not awaited: the frame streams while the image loads.
  void client.query({ ...imageQuery(digest), queryFn: () => readImage(digest) }).catch(noop);

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ImagePage digest={digest} />
    </HydrationBoundary>
  );
}
