import { route } from '#lib/api/route.ts';
import { listSimulations, requestSimulation } from '#lib/api/simulations.ts';
import { Simulation, SimulationList, SimulationRequest } from '#lib/contract/simulations.ts';

/** `GET /api/v1/simulations`: the latest simulations. */
export const GET = route({ response: SimulationList, handle: listSimulations });

/** `POST /api/v1/simulations`: asks for a simulation; nothing is applied to any cluster. */
export const POST = route({
  body: SimulationRequest,
  response: Simulation,
  status: 202,
  handle: ({ body }) => requestSimulation(body),
});
