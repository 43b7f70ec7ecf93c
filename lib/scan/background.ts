import type { Job } from '#lib/ports/queue.ts';
import { backgroundId, enqueueDue, subjectKey, tagKey } from './jobs.ts';
import { enqueueOtherPolicies } from './policy-changes.ts';
import type { Done, ScanSession } from './session.ts';

/** A job whose end we did not see (another process had it) may be put on the queue again after this. */
const forgetMs = 10 * 60_000;

/** Checks what becomes due outside a scan: new images in a watched cluster, retries, changed policies. */
export interface Background {
  /** Looks for what is due, and judges what changed. Calls while one runs come to one more run. */
  look(): void;
  /** Told by the handlers what was done. */
  readonly done: Done;
  stop(): Promise<void>;
}

export function createBackground(session: ScanSession): Background {
  const { deps, pace, judge, scanning, trust } = session;
  const seenAt = new Map<string, number>();
  const seen = {
    has: (key: string): boolean =>
      deps.now().getTime() - (seenAt.get(key) ?? Number.NEGATIVE_INFINITY) < forgetMs,
    add: (key: string) => seenAt.set(key, deps.now().getTime()),
  };
  let stopped = false;
  let running: Promise<void> | undefined;
  let again = false;
  let lookAgain = false;

  async function runOnce(lookForDue: boolean): Promise<void> {
    // A running scan puts everything on the queue that is due, and judges.
    if (scanning.size > 0) return;
    if (lookForDue && !session.paused) {
      const now = deps.now();
      await enqueueDue(deps, {
        scanId: backgroundId,
        now,
        subjectsBefore: new Date(now.getTime() - pace.verdictMaxAgeMs),
        tagsBefore: new Date(now.getTime() - pace.tagMaxAgeMs),
        seen,
      });
      await enqueueOtherPolicies(deps, await trust.refreshPolicies(), backgroundId, seen);
    }
    await judge.run('watch');
  }
  function run(lookForDue: boolean): void {
    again = true;
    lookAgain ||= lookForDue;
    running ??= (async () => {
      while (again && !stopped) {
        const look = lookAgain;
        again = false;
        lookAgain = false;
        await runOnce(look);
      }
    })()
      .catch((error: unknown) => deps.log.error({ err: error }, 'background work failed'))
      .finally(() => {
        running = undefined;
      });
  }
  return {
    look: () => run(true),
    done(jobs) {
      const mine = jobs.filter(({ scanId }) => scanId === backgroundId);
      for (const job of mine) seenAt.delete(keyOf(job));
      // A tag that was resolved may name a digest that nobody has checked.
      if (mine.length > 0) run(mine.some(({ kind }) => kind === 'tag'));
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

const keyOf = (job: Job): string => {
  if (job.kind === 'subject') return subjectKey(job.subject);
  return job.kind === 'tag' ? tagKey(job.tag) : '';
};
