import type { Job as BossJob, PgBoss } from 'pg-boss';
import type { Job, JobKind, Queue } from '#lib/ports/queue.ts';
import { heartbeatRefreshSeconds, jobKinds, pollingSeconds } from './queue-options.ts';

type OfKind<K extends JobKind> = Extract<Job, { kind: K }>;
type Claimed = Pick<BossJob, 'id' | 'retryCount'>;

/** Rows of one insert. */
const insertRows = 1_000;
const stopTimeoutMs = 10_000;

/** The port over a started pg-boss. `shared`: other processes work on the same queue. */
export class BossQueue implements Queue {
  readonly #boss: PgBoss;
  readonly #shared: boolean;
  readonly #ends = new Set<() => Promise<void>>();

  constructor(boss: PgBoss, shared: boolean) {
    this.#boss = boss;
    this.#shared = shared;
  }

  async enqueue(jobs: readonly Job[]): Promise<void> {
    for (const [kind, some] of Map.groupBy(jobs, ({ kind: one }) => one))
      for (let start = 0; start < some.length; start += insertRows)
        await this.#boss.insert(
          kind,
          some.slice(start, start + insertRows).map((data) => ({ data })),
        );
  }

  async work<K extends JobKind>(
    kind: K,
    { batch, concurrency }: { readonly batch: number; readonly concurrency: number },
    handler: (jobs: readonly OfKind<K>[], signal: AbortSignal) => Promise<void>,
  ): Promise<() => Promise<void>> {
    const ending = new AbortController();
    const id = await this.#boss.work<OfKind<K>>(
      kind,
      {
        batchSize: batch,
        localConcurrency: concurrency,
        pollingIntervalSeconds: pollingSeconds,
        notifyPollingIntervalSeconds: pollingSeconds,
        burstWhenBatchFull: true,
        ...(this.#shared && { heartbeatRefreshSeconds }),
      },
      async (claimed) => {
        try {
          await handler(
            claimed.map(({ data }) => data),
            signalOf(claimed, ending.signal),
          );
        } catch (error) {
          if (!ending.signal.aborted) throw error;
          // It did not fail, it was stopped: the next worker gets it at once.
          await this.#putBack(kind, claimed);
        }
      },
    );
    const end = async () => {
      this.#ends.delete(end);
      ending.abort();
      await this.#boss.offWork(kind, { id, wait: true });
    };
    this.#ends.add(end);
    return end;
  }

  async depth(kind: JobKind, scanId?: string): Promise<number> {
    const { rows } = await this.#boss.getDb().executeSql(
      `select count(*)::int as jobs from pgboss.job where name = $1 and state <= 'active'
        and ($2::text is null or data->>'scanId' = $2)`,
      [kind, scanId ?? null],
    );
    return rows[0]?.jobs ?? 0;
  }

  async cancel(scanId: string): Promise<void> {
    await this.#boss.getDb().executeSql(
      `delete from pgboss.job where name = any($1::text[]) and state < 'active'
        and data->>'scanId' = $2`,
      [jobKinds, scanId],
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#ends].map((end) => end()));
    await this.#boss.stop({ graceful: true, timeout: stopTimeoutMs });
  }

  async #putBack(kind: JobKind, jobs: readonly Claimed[]): Promise<void> {
    await this.#boss.getDb().executeSql(
      `${takeUpAgain} and name = $1
        and (id::text, retry_count) in (select * from unnest($2::text[], $3::int[]))`,
      [kind, jobs.map(({ id }) => id), jobs.map(({ retryCount }) => retryCount)],
    );
  }
}

/**
 * Makes active jobs waiting ones. The next claim counts as a retry, which tells it apart from a
 * worker that may still think it has the job; the limit moves along, because nothing failed.
 */
export const takeUpAgain = `update pgboss.job set state = 'retry', start_after = now(),
  heartbeat_on = null, retry_limit = retry_limit + 1 where state = 'active'`;

/** Ends with the worker; for a single job also when its claim is lost to somebody else. */
function signalOf(jobs: readonly Pick<BossJob, 'signal'>[], ending: AbortSignal): AbortSignal {
  const [job, ...others] = jobs;
  return job === undefined || others.length > 0 ? ending : AbortSignal.any([ending, job.signal]);
}
