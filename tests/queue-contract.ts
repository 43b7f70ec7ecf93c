import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueue } from '#lib/adapters/queue/open-queue.ts';
import type { OpenedStore } from '#lib/adapters/store/open-store.ts';
import type { Queue } from '#lib/ports/queue.ts';
import { scanJob, subjectJob } from './queue-jobs.ts';

/** What every queue must do; `open` gives a store with an empty queue. */
export function queueContract(open: () => Promise<OpenedStore>): void {
  let store: OpenedStore;
  let queue: Queue;
  beforeAll(async () => {
    store = await open();
    queue = await openQueue(store);
  });
  afterAll(async () => {
    await queue.stop();
    await store.close();
  });

  describe('jobs', () => {
    it('are handled once each, in batches, thousands of them', async () => {
      const jobs = Array.from({ length: 2_500 }, (_, n) => subjectJob(n));
      await queue.enqueue(jobs);
      expect(await queue.depth('subject')).toBe(2_500);
      expect(await queue.depth('subject', 'scan-1')).toBe(2_500);
      expect(await queue.depth('subject', 'other')).toBe(0);
      expect(await queue.depth('tag')).toBe(0);
      const seen: string[] = [];
      let largest = 0;
      const all = Promise.withResolvers<void>();
      const end = await queue.work('subject', { batch: 100, concurrency: 2 }, async (some) => {
        largest = Math.max(largest, some.length);
        seen.push(...some.map(({ subject }) => subject.digest));
        if (seen.length >= jobs.length) all.resolve();
      });
      await all.promise;
      await end();
      expect(new Set(seen).size).toBe(2_500);
      expect(seen).toHaveLength(2_500);
      expect(largest).toBe(100);
      expect(await queue.depth('subject')).toBe(0);
    });

    it('come again after a handler threw', async () => {
      await queue.enqueue([subjectJob(1)]);
      let tries = 0;
      const done = Promise.withResolvers<void>();
      const end = await queue.work('subject', { batch: 10, concurrency: 1 }, async () => {
        tries += 1;
        if (tries === 1) throw new Error('the first try fails');
        done.resolve();
      });
      await done.promise;
      await end();
      expect(tries).toBe(2);
    });

    it('wait for the next worker when theirs is stopped in the middle', async () => {
      await queue.enqueue([scanJob('long')]);
      const started = Promise.withResolvers<void>();
      const end = await queue.work('scan', { batch: 1, concurrency: 1 }, (_jobs, signal) => {
        started.resolve();
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      });
      await started.promise;
      await end();
      expect(await queue.depth('scan', 'long')).toBe(1);
      const taken = Promise.withResolvers<string>();
      const next = await queue.work('scan', { batch: 1, concurrency: 1 }, async ([job]) => {
        taken.resolve(job?.scanId ?? '');
      });
      expect(await taken.promise).toBe('long');
      await next();
      expect(await queue.depth('scan')).toBe(0);
    });

    it('of a scan can be dropped while they wait', async () => {
      await queue.enqueue([subjectJob(1, 'a'), subjectJob(2, 'b'), scanJob('a')]);
      await queue.cancel('a');
      expect(await queue.depth('subject')).toBe(1);
      expect(await queue.depth('scan')).toBe(0);
      await queue.cancel('b');
    });

    it('are not enqueued when there are none', async () => {
      await queue.enqueue([]);
      expect(await queue.depth('subject')).toBe(0);
    });
  });
}
