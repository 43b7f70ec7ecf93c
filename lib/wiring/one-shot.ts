import { openStore } from '#lib/adapters/store/open-store.ts';
import type { Environment } from '#lib/config/environment.ts';
import type { ScanRow } from '#lib/contract/sources.ts';
import type { Store } from '#lib/ports.ts';
import { createMemoryQueue } from '#lib/scan/memory-queue.ts';
import { scanOnce } from '#lib/scan/scan-once.ts';
import type { Configuration } from './configuration.ts';
import { openSession } from './session.ts';

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
  const session = await openSession(configuration, environment, store, queue);
  return {
    store,
    scan: (onProgress, signal) => scanOnce(session.dependencies, { onProgress, signal }),
    close: async () => {
      await queue.stop();
      await session.close();
      await store.close();
    },
  };
}
