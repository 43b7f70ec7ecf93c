import type { ScanDependencies } from './dependencies.ts';
import { isActive } from './scan-row.ts';

/**
 * Goes on with scans that a dead process left. The queue offers their jobs again by itself; a scan
 * whose job is nowhere to be found gets a new one. Returns how many scans go on.
 */
export async function resumeScans({
  store,
  queue,
  now,
}: Pick<ScanDependencies, 'store' | 'queue' | 'now'>): Promise<number> {
  const left = (await store.scans(100)).filter(isActive);
  let resumed = 0;
  for (const scan of left) {
    if ((await queue.depth('scan', scan.id)) > 0) {
      resumed += 1;
    } else if (scan.state === 'stopping') {
      await queue.cancel(scan.id);
      await store.saveScan({ ...scan, state: 'stopped', finishedAt: now().toISOString() });
    } else {
      const { id, trigger, full = false } = scan;
      await queue.enqueue([{ kind: 'scan', scanId: id, trigger, full }]);
      resumed += 1;
    }
  }
  return resumed;
}
