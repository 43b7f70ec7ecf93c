import type { Queue as BossQueue, ConstructorOptions } from 'pg-boss';
import type { JobKind } from '#lib/ports/queue.ts';

export const jobKinds = [
  'scan',
  'subject',
  'tag',
  'simulation',
] as const satisfies readonly JobKind[];

/** Options for either database. */
export const bossOptions = {
  schedule: false,
  useListenNotify: true,
  // Finished jobs are of no use after an hour: what they found is in the store.
  maintenanceIntervalSeconds: 900,
} satisfies ConstructorOptions;

/** Several processes share PostgreSQL: a dead one is noticed within half a minute. */
export const sharedOptions = {
  superviseIntervalSeconds: 5,
  monitorIntervalSeconds: 5,
} satisfies ConstructorOptions;

/** One process has the embedded database; it has no autovacuum and needs no advice about it. */
export const aloneOptions = {
  backend: 'pglite',
  monitorVacuum: false,
  reindex: false,
} satisfies ConstructorOptions;

/** The longest that pg-boss lets a job run. */
const longestSeconds = 24 * 60 * 60 - 1;
const heartbeat = 20;

/**
 * How jobs of a kind are kept. Where processes share the queue, a heartbeat tells a long scan from a
 * dead process; the embedded database needs none, because orphans are taken up at the start.
 */
export function queueOptions(kind: JobKind, shared: boolean): Omit<BossQueue, 'name'> {
  return {
    notify: true,
    retryBackoff: true,
    retryDelay: 1,
    retryDelayMax: 60,
    retryLimit: 8,
    deleteAfterSeconds: 3_600,
    // A batch of checks is minutes at most; a scan runs as long as it takes.
    expireInSeconds: kind === 'scan' ? longestSeconds : 900,
    ...(shared && { heartbeatSeconds: heartbeat }),
  };
}

/** Refreshed four times before it is missed, so that one slow moment does not cost a job. */
export const heartbeatRefreshSeconds = heartbeat / 4;
/** Jobs announce themselves; polling finds retries, and what a lost connection missed. */
export const pollingSeconds = 2;
