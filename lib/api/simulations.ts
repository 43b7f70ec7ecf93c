import 'server-only';
import type { PageRequest, TableFormat } from '#lib/contract/paging.ts';
import { simulationTable } from '#lib/contract/policy-exports.ts';
import type {
  Simulation,
  SimulationList,
  SimulationPage,
  SimulationRequest,
  SimulationRowFilter,
} from '#lib/contract/simulations.ts';
import { isOperational } from '#lib/errors.ts';
import { server } from '#lib/wiring/server.ts';
import { tableResponse } from './exports.ts';
import { HttpError } from './route.ts';

const shown = 50;

/** The latest simulations, newest first. */
export const listSimulations = async (): Promise<SimulationList> => ({
  items: [...(await (await server()).store.simulations(shown))],
});

/**
 * Asks for a simulation.
 * @throws HttpError 422 for what cannot be supposed, naming it
 */
export async function requestSimulation(request: SimulationRequest): Promise<Simulation> {
  try {
    return await (await server()).simulator.request(request);
  } catch (error) {
    if (isOperational(error) && error.code === 'input-file')
      throw new HttpError(422, error.message);
    throw error;
  }
}

const missing = (id: string) =>
  new HttpError(404, `No simulation has the id ${id}. The newest 200 are kept.`);

/**
 * One simulation with its progress.
 * @throws HttpError 404
 */
export async function readSimulation(id: string): Promise<Simulation> {
  const found = await (await server()).store.simulation(id);
  if (found === undefined) throw missing(id);
  return found;
}

/**
 * Stops a simulation.
 * @throws HttpError 404
 */
export async function stopSimulation(id: string): Promise<Simulation> {
  const found = await (await server()).simulator.stop(id);
  if (found === undefined) throw missing(id);
  return found;
}

/** One page of what would become of workloads. @throws HttpError 404 */
export async function listSimulationRows(
  id: string,
  filter: SimulationRowFilter,
  page: PageRequest,
): Promise<SimulationPage> {
  await readSimulation(id);
  return (await server()).store.simulationRows(id, filter, page);
}

/** Every row of a filter as a download. @throws HttpError 404 */
export async function exportSimulation(
  id: string,
  filter: SimulationRowFilter,
  format: TableFormat,
): Promise<Response> {
  await readSimulation(id);
  return tableResponse(
    simulationTable((await server()).store.allSimulationRows(id, filter)),
    format,
  );
}
