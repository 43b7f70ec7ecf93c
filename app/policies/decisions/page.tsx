import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { DecisionsView } from '#components/policies/gap-view.tsx';
import { listPolicyDecisions } from '#lib/api/policies.ts';
import { DecisionFilter } from '#lib/contract/decisions.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { decisionsQuery } from '#lib/query/policies.ts';

export const metadata: Metadata = { title: 'Decisions' };

export default async function DecisionsPage({ searchParams }: PageProps<'/policies/decisions'>) {
  const filter = readUrl(DecisionFilter, await searchParams).value;
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
      <DecisionsView />
    </HydrationBoundary>
  );
}
