import { z } from 'zod';
import { route } from '#lib/api/route.ts';
import { readSimulation, stopSimulation } from '#lib/api/simulations.ts';
import { Simulation } from '#lib/contract/simulations.ts';

const params = z.object({ simulation: z.string() });

/** `GET /api/v1/simulations/{id}`: a simulation with its progress. */
export const GET = route({
  params,
  response: Simulation,
  handle: ({ params: { simulation } }) => readSimulation(simulation),
});

/** `DELETE /api/v1/simulations/{id}`: stops it. */
export const DELETE = route({
  params,
  response: Simulation,
  handle: ({ params: { simulation } }) => stopSimulation(simulation),
});
