import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { Overview } from '#components/overview/overview.tsx';
import { readOverview } from '#lib/api/fleet.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { Scope } from '#lib/contract/workloads.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { overviewQuery } from '#lib/query/overview.ts';

export const metadata: Metadata = { title: 'Overview' };

export default async function OverviewPage({ searchParams }: PageProps<'/'>) {
  const { value: scope } = readUrl(Scope, await searchParams);
  const client = getQueryClient();

  // Not awaited: the frame streams while the figures load.
  void client.query({ ...overviewQuery(scope), queryFn: () => readOverview(scope) }).catch(noop);

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <Overview />
    </HydrationBoundary>
  );
}
