import { z } from 'zod';
import { streamRoute } from '#lib/api/route.ts';
import { exportSimulation } from '#lib/api/simulations.ts';
import { TableFormat } from '#lib/contract/paging.ts';
import { SimulationRowFilter } from '#lib/contract/simulations.ts';

/** `GET /api/v1/simulations/{id}/rows/export`: every row of the filter. */
export const GET = streamRoute({
  params: z.object({ simulation: z.string() }),
  query: SimulationRowFilter.extend({ as: TableFormat }),
  handle: ({ params, query }) => exportSimulation(params.simulation, query, query.as),
});
