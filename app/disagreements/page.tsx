import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { DisagreementsView } from '#components/disagreements/disagreements-view.tsx';
import { listSecondOpinions } from '#lib/api/policies.ts';
import { DisagreementFilter } from '#lib/contract/disagreements.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { disagreementsQuery } from '#lib/query/disagreements.ts';

export const metadata: Metadata = { title: 'Disagreements' };

export default async function DisagreementsPage({ searchParams }: PageProps<'/disagreements'>) {
  const filter = readUrl(DisagreementFilter, await searchParams).value;
  const client = getQueryClient();

  // Not awaited: the frame streams while the rows load.
  void client
    .infiniteQuery({
      ...disagreementsQuery(filter),
      queryFn: () => listSecondOpinions(filter, PageRequest.parse({})),
    })
    .catch(noop);

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <DisagreementsView />
    </HydrationBoundary>
  );
}
