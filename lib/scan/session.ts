import { randomUUID } from 'node:crypto';
import type { ScanRow } from '#lib/contract/sources.ts';
import type { Job } from '#lib/ports/queue.ts';
import { checkPlatforms } from './check-platforms.ts';
import { checkSubject } from './check-subject.ts';
import { checkTag } from './check-tag.ts';
import { defaultPace, type ScanDependencies, type ScanPace } from './dependencies.ts';
import { createFindElsewhere } from './elsewhere.ts';
import { createPublisher, type Publisher } from './events.ts';
import { backgroundId } from './jobs.ts';
import { createJudge, type Judge } from './judge.ts';
import { createRetryBook, type RetryBook } from './retry.ts';
import { createTallies, type Tallies } from './tallies.ts';
import { createTrustKeeper, type TrustKeeper } from './trust-material.ts';

/** Trust roots are looked at again by a worker that no scan told to. */
const trustMaxAgeMs = 3_600_000;

/** Batches in work at once, and items of each: modest, since a registry sees all of them. */
const subjectWork = { batch: 16, concurrency: 3 } as const;
const tagWork = { batch: 32, concurrency: 2 } as const;

/** The channel by which a stop reaches the process that has the scan in hand: its payload is the id. */
export const controlChannel = 'sealwatch_control';

/** What one process keeps while it scans. */
export interface ScanSession {
  readonly deps: ScanDependencies;
  readonly pace: ScanPace;
  readonly publisher: Publisher;
  readonly trust: TrustKeeper;
  readonly judge: Judge;
  readonly tallies: Tallies;
  readonly retries: RetryBook;
  /** Scans that this process runs now. */
  readonly scanning: Set<string>;
  /** Scans that were told to stop: their jobs are let pass undone. */
  readonly stopping: Set<string>;
  /** True after a scan was stopped: what it left undone waits for the next scan. */
  paused: boolean;
}

export interface SessionOptions {
  readonly pace?: Partial<ScanPace> | undefined;
  readonly onProgress?: ((scan: ScanRow) => void) | undefined;
}

export function createSession(deps: ScanDependencies, options: SessionOptions = {}): ScanSession {
  const pace = { ...defaultPace, ...options.pace };
  const publisher = createPublisher(deps.store, { everyMs: pace.progressMs, ...deps });
  return {
    deps,
    pace,
    publisher: {
      ...publisher,
      progress(scan) {
        options.onProgress?.(scan);
        publisher.progress(scan);
      },
    },
    trust: createTrustKeeper(deps),
    judge: createJudge(deps, publisher),
    tallies: createTallies(deps, randomUUID()),
    retries: createRetryBook(),
    scanning: new Set(),
    stopping: new Set(),
    paused: false,
  };
}

/** Listens to what other processes on this database say; returns how to stop listening. */
export async function listen({ deps, tallies, stopping }: ScanSession) {
  const unlisten = [
    await tallies.listen(),
    await deps.store.subscribe(controlChannel, (scanId) => stopping.add(scanId)),
  ];
  return async (): Promise<void> => {
    for (const stop of unlisten) await stop();
  };
}

/** Told after background jobs were done: their results want to be judged. */
export type Done = (jobs: readonly Job[]) => void;

/** Registers the handlers of subjects and tags on the queue; returns how to end each. */
export async function workOnChecks(
  session: ScanSession,
  done: Done,
): Promise<(() => Promise<void>)[]> {
  const { deps, retries, tallies, trust, publisher, stopping } = session;
  const findElsewhere = createFindElsewhere(deps.elsewhere);
  const wantedOf = <T extends Job>(jobs: readonly T[]): readonly T[] =>
    jobs.filter(({ scanId }) => !stopping.has(scanId));

  const subjects = await deps.queue.work('subject', subjectWork, async (jobs, signal) => {
    const wanted = wantedOf(jobs);
    if (wanted.length === 0) return;
    await trust.ensure(trustMaxAgeMs);
    const checked = await Promise.all(
      wanted.map(({ subject }) =>
        checkSubject(
          deps,
          retries,
          subject,
          findElsewhere(`${subject.registry}/${subject.repository}`),
        ),
      ),
    );
    const platforms = await checkPlatforms(deps, retries, checked, findElsewhere);
    // What was found while stopping may be an aborted look: the next worker looks again.
    signal.throwIfAborted();
    await deps.store.saveVerdicts([...checked, ...platforms], deps.now(), causeOf(wanted));
    const checks = [...checked, ...platforms].reduce(
      (sum, { signatureChecks }) => sum + signatureChecks,
      0,
    );
    await tallies.add(scanIdOf(wanted), checks);
    publisher.changed('images');
    done(wanted);
  });
  const tags = await deps.queue.work('tag', tagWork, async (jobs, signal) => {
    const wanted = wantedOf(jobs);
    if (wanted.length === 0) return;
    const checked = await Promise.all(wanted.map(({ tag }) => checkTag(deps, tag)));
    signal.throwIfAborted();
    await deps.store.saveTags(checked, deps.now());
    await tallies.add(scanIdOf(wanted), 0);
    done(wanted);
  });
  return [subjects, tags];
}

const scanIdOf = (jobs: readonly Job[]): string => jobs[0]?.scanId ?? backgroundId;

/** The cause that the history names. */
const causeOf = (jobs: readonly Job[]): string =>
  scanIdOf(jobs) === backgroundId ? 'watch' : 'scan';
