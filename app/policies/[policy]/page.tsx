import { dehydrate, HydrationBoundary, noop } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { PolicyPage } from '#components/policies/policy-page.tsx';
import { notFoundOr } from '#lib/api/not-found-or.ts';
import { listPolicyDecisions, readPolicy } from '#lib/api/policies.ts';
import { DecisionFilter } from '#lib/contract/decisions.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { readUrl } from '#lib/contract/url-state.ts';
import { getQueryClient } from '#lib/query/client.ts';
import { decisionsQuery, policyQuery } from '#lib/query/policies.ts';

export const metadata: Metadata = { title: 'Policy' };

export default async function Page({ params, searchParams }: PageProps<'/policies/[policy]'>) {
  const id = decodeURIComponent((await params).policy);
  const filter = { ...readUrl(DecisionFilter, await searchParams).value, policy: [id] };
  const client = getQueryClient();

  // Not awaited: the head of the page stands while the rows load.
  void client
    .infiniteQuery({
      ...decisionsQuery(filter),
      queryFn: () => listPolicyDecisions(filter, PageRequest.parse({})),
    })
    .catch(noop);
  await notFoundOr(client.query({ ...policyQuery(id), queryFn: () => readPolicy(id) }));

  return (
    <HydrationBoundary state={dehydrate(client)}>
      <PolicyPage id={id} />
    </HydrationBoundary>
  );
}
