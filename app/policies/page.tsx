import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { PoliciesView } from '#components/policies/policies-view.tsx';
import { listPolicies, readControl } from '#lib/api/policies.ts';
import { ControlFilter } from '#lib/contract/decisions.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { PolicyFilter } from '#lib/contract/policies.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { controlQuery, policiesQuery } from '#lib/query/policies.ts';

export const metadata: Metadata = { title: 'Policies' };

export default async function PoliciesPage({ searchParams }: PageProps<'/policies'>) {
  const params = await searchParams;
  const filter = readUrl(PolicyFilter, params).value;
  // The matrix is narrowed by mode in the browser, where all of it is.
  const control = { ...readUrl(ControlFilter, params).value, mode: [] };
  const client = getQueryClient();

  // Not awaited: the frame streams while the rows load.
  void client
    .infiniteQuery({
      ...policiesQuery(filter),
      queryFn: () => listPolicies(filter, PageRequest.parse({})),
    })
    .catch(noop);
  void client.query({ ...controlQuery(control), queryFn: () => readControl(control) }).catch(noop);

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <PoliciesView />
    </HydrationBoundary>
  );
}
