import { randomUUID } from 'node:crypto';
import type { ScanRow } from '#lib/contract/sources.ts';
import { readOnlyKeeper } from './cluster-keeper.ts';
import type { ScanDependencies, ScanPace } from './dependencies.ts';
import { runScan } from './scan-run.ts';
import { createSession, workOnChecks } from './session.ts';

interface ScanOnceOptions {
  readonly onProgress?: (scan: ScanRow) => void;
  /** Stops the scan: what was found until then stays, and the row says `stopped`. */
  readonly signal?: AbortSignal;
  /** Checks everything again, not only what is due. */
  readonly full?: boolean;
  readonly pace?: Partial<ScanPace>;
}

/** One complete scan in this process, on the code path of the server, without watching anything. */
export async function scanOnce(
  deps: ScanDependencies,
  { onProgress, signal, full = false, pace }: ScanOnceOptions = {},
): Promise<ScanRow> {
  const session = createSession(deps, { pace: { pollMs: 50, ...pace }, onProgress });
  const id = randomUUID();
  const stop = (): unknown => session.stopping.add(id);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  const ends = await workOnChecks(session, () => undefined);
  try {
    const never = new AbortController().signal;
    const job = { kind: 'scan', scanId: id, trigger: 'request', full } as const;
    return await runScan(session, readOnlyKeeper(session), job, never);
  } finally {
    signal?.removeEventListener('abort', stop);
    await Promise.all(ends.map((end) => end()));
    await session.publisher.flush();
  }
}
