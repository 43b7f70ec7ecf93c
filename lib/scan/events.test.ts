import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { LiveEvent } from '#lib/contract/sources.ts';
import { createPublisher } from './events.ts';
import { newScan } from './scan-row.ts';

const log = pino({ level: 'silent' });
const now = (): Date => new Date('2026-11-21T10:00:00Z');

function aPublisher(publish?: () => Promise<void>) {
  const sent: LiveEvent[] = [];
  const bytes: number[] = [];
  const store = {
    publish: async (_channel: string, payload: string) => {
      await publish?.();
      bytes.push(Buffer.byteLength(payload));
      sent.push(LiveEvent.parse(JSON.parse(payload)));
    },
  };
  return { sent, bytes, publisher: createPublisher(store, { everyMs: 60_000, now, log }) };
}

describe('createPublisher', () => {
  it('tells many changes at once, each key once', async () => {
    const { sent, publisher } = aPublisher();
    for (let n = 0; n < 100; n += 1) publisher.changed('workloads', 'images');
    await publisher.flush();
    await publisher.flush();
    expect(sent).toEqual([
      { type: 'changed', keys: ['workloads', 'images'], at: now().toISOString() },
    ]);
  });

  it('tells the newest progress of each scan', async () => {
    const { sent, publisher } = aPublisher();
    const scan = newScan({ id: 'one', trigger: 'start', full: false }, now());
    publisher.progress(scan);
    publisher.progress({ ...scan, state: 'running' });
    await publisher.flush();
    expect(sent).toMatchObject([{ type: 'progress', scan: { state: 'running' } }]);
  });

  it('stays below what one notification may hold', async () => {
    const { sent, bytes, publisher } = aPublisher();
    const failures = Array.from({ length: 500 }, (_, n) => ({
      source: `cluster-${n}`,
      reason: 'cluster-unreachable' as const,
      detail: 'connection refused',
    }));
    const scan = newScan({ id: 'one', trigger: 'start', full: false }, now());
    publisher.progress({ ...scan, failures });
    await publisher.flush();
    expect(sent).toMatchObject([{ type: 'changed', keys: ['scans'] }]);
    expect(Math.max(...bytes)).toBeLessThan(8_000);
  });

  it('goes on when nobody can be told', async () => {
    let down = true;
    const { sent, publisher } = aPublisher(async () => {
      if (down) throw new Error('connection lost');
    });
    publisher.changed('scans');
    await publisher.flush();
    down = false;
    publisher.changed('clusters');
    await publisher.flush();
    expect(sent).toMatchObject([{ keys: ['clusters'] }]);
  });
});
