import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openQueue } from '#lib/adapters/queue/open-queue.ts';
import { openStore } from '#lib/adapters/store/open-store.ts';
import { queueContract } from './queue-contract.ts';
import { scanJob } from './queue-jobs.ts';
import { newDatabase, postgresSkipped, postgresUrl } from './store-databases.ts';

describe.skipIf(postgresUrl === undefined)('the queue on PostgreSQL', () => {
  queueContract(async () => openStore({ kind: 'postgresql', url: await newDatabase() }));

  it('gives the job of a killed process to another, and not before', async () => {
    const url = await newDatabase();
    const store = await openStore({ kind: 'postgresql', url });
    const queue = await openQueue(store);
    await queue.enqueue([scanJob('orphan')]);
    const child = fork(new URL('./store-child.ts', import.meta.url), ['hold', url]);
    expect((await once(child, 'message'))[0]).toBe('holding');
    let taken = 0;
    const again = Promise.withResolvers<void>();
    const end = await queue.work('scan', { batch: 1, concurrency: 1 }, async () => {
      taken += 1;
      again.resolve();
    });
    // Longer than the heartbeat: the living holder must keep its job.
    await new Promise((resolve) => setTimeout(resolve, 25_000));
    expect(taken).toBe(0);
    child.kill('SIGKILL');
    await again.promise;
    await end();
    await queue.stop();
    await store.close();
  }, 120_000);
});

if (postgresUrl === undefined)
  it.skip(`PostgreSQL half skipped: ${postgresSkipped}`, () => undefined);
