import { openStore, type StoreOptions } from '#lib/adapters/store/open-store.ts';
import type { Environment } from '#lib/config/environment.ts';
import type { ScanRow } from '#lib/contract/sources.ts';
import type { Store } from '#lib/ports.ts';
import { createMemoryQueue } from '#lib/scan/memory-queue.ts';
import { scanOnce } from '#lib/scan/scan-once.ts';
import type { Configuration } from './configuration.ts';
import { dependenciesOf, openWorld } from './world.ts';

/** Scans in this process, without queue service, schedule or watches. */
export interface OneShot {
  readonly store: Store;
  /** `full` looks every digest up again, not only what is due. */
  scan(onProgress: (scan: ScanRow) => void, signal: AbortSignal, full?: boolean): Promise<ScanRow>;
  close(): Promise<void>;
}

/** Opens everything that one scan needs; by default the store lives in memory and leaves nothing behind. */
export async function openOneShot(
  configuration: Configuration,
  environment: Environment,
  options: StoreOptions = { kind: 'memory' },
): Promise<OneShot> {
  const store = await openStore(options);
  const queue = createMemoryQueue();
  const world = await openWorld(configuration, environment);
  const dependencies = dependenciesOf(world, configuration, store, queue);
  return {
    store,
    scan: (onProgress, signal, full = false) =>
      scanOnce(dependencies, { onProgress, signal, full }),
    close: async () => {
      await queue.stop();
      await world.close();
      await store.close();
    },
  };
}
