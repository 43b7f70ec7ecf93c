import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { GapView } from '#components/policies/gap-view.tsx';
import { listPolicyDecisions } from '#lib/api/policies.ts';
import { DecisionFilter } from '#lib/contract/decisions.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { decisionsQuery } from '#lib/query/policies.ts';

export const metadata: Metadata = { title: 'Audit gap' };

export default async function GapPage({ searchParams }: PageProps<'/policies/gap'>) {
  const filter = { ...readUrl(DecisionFilter, await searchParams).value, gap: 'yes' as const };
  const client = getQueryClient();

  // Not awaited: the frame streams while the rows load.
  void client
    .infiniteQuery({
      ...decisionsQuery(filter),
      queryFn: () => listPolicyDecisions(filter, PageRequest.parse({})),
    })
    .catch(noop);

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <GapView />
    </HydrationBoundary>
  );
}
