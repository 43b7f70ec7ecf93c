import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { TabState } from '#components/exceptions/exception-view.ts';
import { ExceptionsView } from '#components/exceptions/exceptions-view.tsx';
import { listLedger, listWaysPast } from '#lib/api/policies.ts';
import { BypassFilter, ExceptionFilter } from '#lib/contract/exceptions.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { bypassesQuery, exceptionsQuery } from '#lib/query/exceptions.ts';

export const metadata: Metadata = { title: 'Exceptions' };

export default async function ExceptionsPage({ searchParams }: PageProps<'/exceptions'>) {
  const params = await searchParams;
  const first = PageRequest.parse({});
  const client = getQueryClient();

  // Not awaited: the frame streams while the rows load.
  if (readUrl(TabState, params).value.tab === 'bypasses') {
    const filter = readUrl(BypassFilter, params).value;
    void client
      .infiniteQuery({ ...bypassesQuery(filter), queryFn: () => listWaysPast(filter, first) })
      .catch(noop);
  } else {
    const filter = readUrl(ExceptionFilter, params).value;
    void client
      .infiniteQuery({ ...exceptionsQuery(filter), queryFn: () => listLedger(filter, first) })
      .catch(noop);
  }

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <ExceptionsView />
    </HydrationBoundary>
  );
}
