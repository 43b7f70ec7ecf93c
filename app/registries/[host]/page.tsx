import { dehydrate, HydrationBoundary } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { Registry } from '#components/registries/registry.tsx';
import { readRegistry } from '#lib/api/fleet.ts';
import { notFoundOr } from '#lib/api/not-found-or.ts';
import { PublishedFilter } from '#lib/contract/sources.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { registryQuery } from '#lib/query/registries.ts';

type Props = PageProps<'/registries/[host]'>;

const hostOf = async ({ params }: Props): Promise<string> =>
  decodeURIComponent((await params).host);

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: await hostOf(props) };
}

export default async function RegistryPage(props: Props) {
  const host = await hostOf(props);
  const { value } = readUrl(PublishedFilter, await props.searchParams);
  const client = getQueryClient();
  await notFoundOr(client.query({ ...registryQuery(host), queryFn: () => readRegistry(host) }));
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <Registry host={host} filter={{ ...value, registry: host }} />
    </HydrationBoundary>
  );
}
