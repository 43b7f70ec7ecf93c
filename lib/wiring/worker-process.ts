import { openQueue } from '#lib/adapters/queue/open-queue.ts';
import { openStore } from '#lib/adapters/store/open-store.ts';
import type { Environment } from '#lib/config/environment.ts';
import { startJobs } from '#lib/scan/worker.ts';
import { loadConfiguration } from './configuration.ts';
import { dependenciesOf, openWorld } from './world.ts';

/**
 * Takes jobs from the queue on PostgreSQL; the schedule and the watches stay with the server.
 * @returns how to stop: jobs under way are finished or given back
 */
export async function startWorkerProcess(
  environment: Environment,
  url: string,
): Promise<() => Promise<void>> {
  const configuration = loadConfiguration(environment);
  const store = await openStore({ kind: 'postgresql', url });
  const queue = await openQueue(store);
  const world = await openWorld(configuration, environment);
  const jobs = await startJobs(dependenciesOf(world, configuration, store, queue));
  return async () => {
    await jobs.stop();
    await world.close();
    await queue.stop();
    await store.close();
  };
}
