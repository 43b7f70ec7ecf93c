import { openStore, type StoreOptions } from '#lib/adapters/store/open-store.ts';
import type { Environment } from '#lib/config/environment.ts';
import type { ScanRow } from '#lib/contract/sources.ts';
import { log } from '#lib/log.ts';
import type { Store } from '#lib/ports/store.ts';
import type { Fleet } from '#lib/review/fleet.ts';
import { createReview } from '#lib/review/review.ts';
import { changedChannel } from '#lib/scan/events.ts';
import { createMemoryQueue } from '#lib/scan/memory-queue.ts';
import { scanOnce } from '#lib/scan/scan-once.ts';
import type { Configuration } from './configuration.ts';
import { dependenciesOf, openWorld } from './world.ts';

/** Scans in this process, without queue service, schedule or watches. */
export interface OneShot {
  readonly store: Store;
  /** `full` looks every digest up again, not only what is due. */
  scan(onProgress: (scan: ScanRow) => void, signal: AbortSignal, full?: boolean): Promise<ScanRow>;
  /** What admission says about what was scanned. */
  fleet(): Promise<Fleet>;
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
    fleet: async () => {
      const review = await createReview({
        store,
        log,
        now: () => new Date(),
        channel: changedChannel,
      });
      try {
        return await review.fleet();
      } finally {
        await review.close();
      }
    },
    close: async () => {
      await queue.stop();
      await world.close();
      await store.close();
    },
  };
}
