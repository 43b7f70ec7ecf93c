import { dehydrate, HydrationBoundary } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { ImagePage } from '#components/images/image-page.tsx';
import { readImage } from '#lib/api/images.ts';
import { notFoundOr } from '#lib/api/not-found-or.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { imageQuery } from '#lib/query/images.ts';

export const metadata: Metadata = { title: 'Image' };

export default async function Page({ params }: PageProps<'/images/[digest]'>) {
  const digest = decodeURIComponent((await params).digest);
  const client = getQueryClient();

  await notFoundOr(client.query({ ...imageQuery(digest), queryFn: () => readImage(digest) }));

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ImagePage digest={digest} />
    </HydrationBoundary>
  );
}
