import { z } from 'zod';
import { route } from '#lib/api/route.ts';
import { listSimulationRows } from '#lib/api/simulations.ts';
import { PageRequest } from '#lib/contract/paging.ts';
import { SimulationPage, SimulationRowFilter } from '#lib/contract/simulations.ts';

/** `GET /api/v1/simulations/{id}/rows`: what would become of workloads. */
export const GET = route({
  params: z.object({ simulation: z.string() }),
  query: SimulationRowFilter.extend(PageRequest.shape),
  response: SimulationPage,
  handle: ({ params, query }) => listSimulationRows(params.simulation, query, query),
});
