import { route } from '#lib/api/route.ts';
import { listWorkloads } from '#lib/api/workloads.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { WorkloadFilter, WorkloadPage } from '#lib/contract/workloads.ts';

/** `GET /api/v1/workloads`: workloads, worst verdict first. */
export const GET = route({
  query: WorkloadFilter.extend(PageRequest.shape),
  response: WorkloadPage,
  handle: ({ query }) => listWorkloads(query, query),
});
