import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { Overview } from '#components/overview/overview.tsx';
import { readOverview } from '#lib/api/fleet.ts';
import { listPolicies, readControl } from '#lib/api/policies.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { PolicyFilter } from '#lib/contract/policies.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { Scope } from '#lib/contract/workloads.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { overviewQuery } from '#lib/query/overview.ts';
import { controlQuery, type GapRead, gapQuery } from '#lib/query/policies.ts';

export const metadata: Metadata = { title: 'Overview' };

export default async function OverviewPage({ searchParams }: PageProps<'/'>) {
  const { value: scope } = readUrl(Scope, await searchParams);
  const client = getQueryClient();

  // Not awaited: the frame streams while the figures load.
  void client.query({ ...overviewQuery(scope), queryFn: () => readOverview(scope) }).catch(noop);
  const control = { cluster: scope.cluster, namespace: scope.namespace, mode: [] };
  void client.query({ ...controlQuery(control), queryFn: () => readControl(control) }).catch(noop);
  void client
    .query({ ...gapQuery(scope.cluster), queryFn: () => readGap(scope.cluster) })
    .catch(noop);

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <Overview />
    </HydrationBoundary>
  );
}

async function readGap(cluster: string[]): Promise<GapRead> {
  const { gap, missing } = await listPolicies(
    PolicyFilter.parse({ cluster }),
    PageRequest.parse({ limit: 1 }),
  );
  return { gap, missing };
}
