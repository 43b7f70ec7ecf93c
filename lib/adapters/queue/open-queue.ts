import { fromPglite, PgBoss } from 'pg-boss';
import type { OpenedStore } from '#lib/adapters/store/open-store.ts';
import { log } from '#lib/log.ts';
import type { Queue } from '#lib/ports/queue.ts';
import { BossQueue, takeUpAgain } from './boss-queue.ts';
import {
  aloneOptions,
  bossOptions,
  jobKinds,
  queueOptions,
  sharedOptions,
} from './queue-options.ts';

/** Connections beside those of the store. */
const connections = 5;

/**
 * Starts the queue on the store's database. Jobs of a process that died are taken up again: at once
 * on the embedded database, which this process has alone, by their missing heartbeat on PostgreSQL.
 */
export async function openQueue(store: OpenedStore): Promise<Queue> {
  const { queueDatabase } = store;
  const shared = queueDatabase.kind === 'postgresql';
  const boss = shared
    ? new PgBoss({
        ...bossOptions,
        ...sharedOptions,
        connectionString: queueDatabase.url,
        application_name: 'sealwatch queue',
        max: connections,
      })
    : new PgBoss({ ...bossOptions, ...aloneOptions, db: fromPglite(queueDatabase.client) });
  // Without a listener an error of the queue would end the process.
  boss.on('error', (error) => log.warn({ error: error.message }, 'the queue reports an error'));
  boss.on('warning', ({ message }) => log.debug({ warning: message }, 'the queue warns'));
  await boss.start();
  for (const kind of jobKinds) {
    const options = queueOptions(kind, shared);
    await boss.createQueue(kind, options);
    await boss.updateQueue(kind, options);
  }
  if (!shared) await boss.getDb().executeSql(takeUpAgain);
  return new BossQueue(boss, shared);
}
