import { route } from '#lib/api/route.ts';
import { listFindings } from '#lib/api/workloads.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { FindingPage, WorkloadFilter } from '#lib/contract/workloads.ts';

/** `GET /api/v1/findings`: what a person should act on, one row a finding. */
export const GET = route({
  query: WorkloadFilter.extend(PageRequest.shape),
  response: FindingPage,
  handle: ({ query }) => listFindings(query, query),
});
