import { route } from '#lib/api/route.ts';
import { workloadFacets } from '#lib/api/workloads.ts';
import { Facets } from '#lib/contract/paging.ts';
import { WorkloadFilter } from '#lib/contract/workloads.ts';

/** `GET /api/v1/workloads/facets`: the values of every facet with their counts. */
export const GET = route({
  query: WorkloadFilter,
  response: Facets,
  handle: ({ query }) => workloadFacets(query),
});
