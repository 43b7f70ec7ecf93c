import { randomUUID } from 'node:crypto';
import type { ScanRow } from '#lib/contract/sources.ts';
import type { ScanDependencies } from './dependencies.ts';
import { changedChannel } from './events.ts';
import { isActive, newScan } from './scan-row.ts';
import { controlChannel } from './session.ts';

/** What the API and the schedule may ask of scanning; the work itself is a worker's. */
export interface Scanner {
  /**
   * Asks for a scan. One that is under way and looks at as much is the answer to a further wish.
   * `full` checks everything again, not only what is due.
   */
  requestScan(trigger: ScanRow['trigger'], full: boolean): Promise<ScanRow>;
  /** Asks a scan to stop; what it found stays. Undefined when there is no such scan. */
  stopScan(id: string): Promise<ScanRow | undefined>;
}

export function createScanner({
  store,
  queue,
  now,
}: Pick<ScanDependencies, 'store' | 'queue' | 'now'>): Scanner {
  const save = async (scan: ScanRow): Promise<ScanRow> => {
    await store.saveScan(scan);
    const at = now().toISOString();
    await store.publish(changedChannel, JSON.stringify({ type: 'changed', keys: ['scans'], at }));
    return scan;
  };
  return {
    async requestScan(trigger, full) {
      // A changed configuration is never answered by a scan under the old one.
      const active = (await store.scans(20)).find(
        (scan) => isActive(scan) && scan.state !== 'stopping' && (scan.full === true || !full),
      );
      if (active && trigger !== 'configuration') return active;
      const scan = await save(newScan({ id: randomUUID(), trigger, full }, now()));
      await queue.enqueue([{ kind: 'scan', scanId: scan.id, trigger, full }]);
      return scan;
    },
    async stopScan(id) {
      const scan = await store.scan(id);
      if (!scan || !isActive(scan)) return scan;
      await queue.cancel(id);
      // Where nobody has it in hand, there is nobody who would write the end of it.
      const waiting = scan.state === 'queued' && (await queue.depth('scan', id)) === 0;
      const stopped = waiting
        ? await save({ ...scan, state: 'stopped', finishedAt: now().toISOString() })
        : await save({ ...scan, state: 'stopping' });
      await store.publish(controlChannel, id);
      return stopped;
    },
  };
}
