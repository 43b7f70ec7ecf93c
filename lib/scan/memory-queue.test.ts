import { describe, expect, it, vi } from 'vitest';
import { aDigest } from '#tests/builders/workload.ts';
import { createBacklog, createMemoryQueue } from './memory-queue.ts';

const job = (name: string, scanId = 'one') =>
  ({
    kind: 'subject',
    scanId,
    subject: { registry: 'ghcr.io', repository: name, digest: aDigest(name) },
  }) as const;
const settled = async (queue: { depth(kind: 'subject'): Promise<number> }) =>
  vi.waitFor(async () => expect(await queue.depth('subject')).toBe(0), { interval: 2 });

describe('createMemoryQueue', () => {
  it('hands every job out once, in batches, never more at a time than asked', async () => {
    const queue = createMemoryQueue();
    const seen: string[] = [];
    let busy = 0;
    let most = 0;
    await queue.enqueue(Array.from({ length: 25 }, (_, n) => job(`image-${n}`)));
    await queue.work('subject', { batch: 4, concurrency: 2 }, async (jobs) => {
      busy += 1;
      most = Math.max(most, busy);
      expect(jobs.length).toBeLessThanOrEqual(4);
      await new Promise(setImmediate);
      seen.push(...jobs.map(({ subject }) => subject.repository));
      busy -= 1;
    });
    await settled(queue);
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
    expect(most).toBe(2);
  });

  it('offers a failed batch again, and counts it as waiting until then', async () => {
    const queue = createMemoryQueue({ retryMs: 1 });
    let tries = 0;
    await queue.enqueue([job('a')]);
    await queue.work('subject', { batch: 1, concurrency: 1 }, async () => {
      tries += 1;
      if (tries < 3) throw new Error('the world is down');
    });
    expect(await queue.depth('subject')).toBe(1);
    await settled(queue);
    expect(tries).toBe(3);
  });

  it('gives up a job that always fails', async () => {
    const queue = createMemoryQueue({ retryMs: 1, attempts: 2 });
    let tries = 0;
    await queue.enqueue([job('a')]);
    await queue.work('subject', { batch: 1, concurrency: 1 }, async () => {
      tries += 1;
      throw new Error('for ever');
    });
    await settled(queue);
    expect(tries).toBe(2);
  });

  it('cancels the waiting jobs of one scan only', async () => {
    const queue = createMemoryQueue();
    await queue.enqueue([job('a', 'one'), job('b', 'two'), job('c', 'one')]);
    await queue.cancel('one');
    expect(await queue.depth('subject', 'one')).toBe(0);
    expect(await queue.depth('subject', 'two')).toBe(1);
  });

  it('leaves what it did not finish to the next worker', async () => {
    const backlog = createBacklog();
    const first = createMemoryQueue({ backlog });
    await first.work('subject', { batch: 1, concurrency: 1 }, async (_, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new Error('stopped in the middle');
    });
    await first.enqueue([job('a'), job('b')]);
    await first.stop();

    const second = createMemoryQueue({ backlog });
    const seen: string[] = [];
    await second.work('subject', { batch: 1, concurrency: 1 }, async ([only]) => {
      seen.push(only!.subject.repository);
    });
    await settled(second);
    expect(seen.sort()).toEqual(['a', 'b']);
  });
});
