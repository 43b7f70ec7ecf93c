import { createBackground } from './background.ts';
import { createClusterKeeper } from './cluster-keeper.ts';
import type { ScanDependencies, ScanPace } from './dependencies.ts';
import { resumeScans } from './resume.ts';
import { runScan } from './scan-run.ts';
import { createScanner } from './scanner.ts';
import { startSchedule } from './schedule.ts';
import { createSession, listen, type ScanSession, workOnChecks } from './session.ts';

export interface WorkerOptions extends Partial<ScanPace> {
  /** Time from one scheduled scan to the next; absent: only scans that are asked for. */
  readonly everyMs?: number;
}

/** A running worker. `stop` ends its handlers, not the queue, and leaves unfinished jobs to others. */
export interface Worker {
  stop(): Promise<void>;
}

/** Tries of one scan in this process before it is called failed. */
const scanAttempts = 3;

/**
 * The worker of a server: runs scans and checks, follows clusters between scans, keeps the schedule,
 * and goes on with scans that a dead process left.
 */
export async function startWorker(
  deps: ScanDependencies,
  { everyMs, ...pace }: WorkerOptions = {},
): Promise<Worker> {
  const session = createSession(deps, { pace });
  const background = createBackground(session);
  const keeper = createClusterKeeper(session, background.look);
  const unlisten = await listen(session);
  const ends = await workOnChecks(session, background.done);
  ends.push(await workOnScans(session, keeper, background.look));
  const scanner = createScanner(deps);
  const resumed = await resumeScans(deps);
  const schedule = startSchedule({
    scanner,
    look: background.look,
    scanNow: resumed === 0,
    log: deps.log,
    ...(everyMs !== undefined && { everyMs }),
  });
  return {
    async stop() {
      schedule.stop();
      await Promise.all(ends.map((end) => end()));
      await keeper.stop();
      await background.stop();
      await unlisten();
      await session.publisher.flush();
    },
  };
}

/** The worker of a further process: takes checks off the queue, and leaves scans to the server. */
export async function startJobs(deps: ScanDependencies): Promise<Worker> {
  const session = createSession(deps);
  const unlisten = await listen(session);
  const ends = await workOnChecks(session, () => undefined);
  return {
    async stop() {
      await Promise.all(ends.map((end) => end()));
      await unlisten();
      await session.publisher.flush();
    },
  };
}

function workOnScans(
  session: ScanSession,
  keeper: ReturnType<typeof createClusterKeeper>,
  afterScan: () => void,
): Promise<() => Promise<void>> {
  const { deps } = session;
  const failures = new Map<string, number>();
  return deps.queue.work('scan', { batch: 1, concurrency: 1 }, async ([job], signal) => {
    if (!job) return;
    try {
      await runScan(session, keeper, job, signal);
      failures.delete(job.scanId);
      afterScan();
    } catch (error) {
      if (signal.aborted) throw error;
      const failed = (failures.get(job.scanId) ?? 0) + 1;
      failures.set(job.scanId, failed);
      deps.log.error({ err: error, scan: job.scanId, failed }, 'a scan failed');
      if (failed < scanAttempts) throw error;
      await giveUp(session, job.scanId);
    }
  });
}

/** A scan that cannot run ends as failed and says so; what it found until then stays. */
async function giveUp({ deps, publisher }: ScanSession, scanId: string): Promise<void> {
  const scan = await deps.store.scan(scanId);
  if (!scan) return;
  const detail = 'The scan failed inside Sealwatch several times; the log has the cause.';
  const failures = [
    ...scan.failures,
    { source: 'Sealwatch', reason: 'verifier-crash' as const, detail },
  ];
  const row = { ...scan, state: 'failed' as const, finishedAt: deps.now().toISOString(), failures };
  await deps.queue.cancel(scanId);
  await deps.store.saveScan(row);
  publisher.progress(row);
}
