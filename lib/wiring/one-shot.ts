import { openStore } from '#lib/adapters/store/open-store.ts';
import type { Environment } from '#lib/config/environment.ts';
import type { ScanRow } from '#lib/contract/sources.ts';
import type { Store } from '#lib/ports.ts';
import { createMemoryQueue } from '#lib/scan/memory-queue.ts';
import { scanOnce } from '#lib/scan/scan-once.ts';
import type { Configuration } from './configuration.ts';
import { dependenciesOf, openWorld } from './world.ts';

/** One scan in this process with a store that lives in memory. */
export interface OneShot {
  readonly store: Store;
  scan(onProgress: (scan: ScanRow) => void, signal: AbortSignal): Promise<ScanRow>;
  close(): Promise<void>;
}

/** Opens everything that one scan needs and leaves nothing behind. */
export async function openOneShot(
  configuration: Configuration,
  environment: Environment,
): Promise<OneShot> {
  const store = await openStore({ kind: 'memory' });
  const queue = createMemoryQueue();
  const world = await openWorld(configuration, environment);
  const dependencies = dependenciesOf(world, configuration, store, queue);
  return {
    store,
    scan: (onProgress, signal) => scanOnce(dependencies, { onProgress, signal }),
    close: async () => {
      await queue.stop();
      await world.close();
      await store.close();
    },
  };
}
