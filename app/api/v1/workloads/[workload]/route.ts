import { z } from 'zod';
import { route } from '#lib/api/route.ts';
import { readWorkload } from '#lib/api/workloads.ts';
import { WorkloadDetail } from '#lib/contract/workloads.ts';

/** `GET /api/v1/workloads/{id}`: one workload with its containers and findings. */
export const GET = route({
  params: z.object({ workload: z.string() }),
  response: WorkloadDetail,
  handle: ({ params }) => readWorkload(params.workload),
});
