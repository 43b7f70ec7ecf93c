import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { createFakeRegistry } from '#tests/fakes/registry.ts';
import { createFakeStore } from '#tests/fakes/store.ts';
import { createTallies } from './tallies.ts';

const log = pino({ level: 'silent' });

describe('createTallies', () => {
  it('counts every request of the process once, whoever reports it', async () => {
    const registry = createFakeRegistry();
    await registry.tags('ghcr.io', 'before');
    const tallies = createTallies({ store: createFakeStore(), registry, log }, 'me');
    await registry.tags('ghcr.io', 'one');
    await tallies.add('scan', 2);
    await registry.tags('ghcr.io', 'two');
    await registry.tags('ghcr.io', 'three');
    await tallies.add('scan', 1);
    await tallies.add('scan', 0);
    expect(tallies.of('scan')).toEqual({ requests: 3, signatureChecks: 3 });
    expect(tallies.of('other')).toEqual({ requests: 0, signatureChecks: 0 });
  });

  it('adds what other processes say, and not its own words again', async () => {
    const store = { ...createFakeStore(), kind: 'postgresql' } as const;
    const server = createTallies({ store, registry: createFakeRegistry(), log }, 'server');
    const registry = createFakeRegistry();
    const worker = createTallies({ store, registry, log }, 'worker');
    const stops = [await server.listen(), await worker.listen()];
    await registry.tags('ghcr.io', 'one');
    await worker.add('scan', 5);
    await server.add('scan', 1);
    await store.publish('sealwatch_tallies', 'not a tally');
    expect(server.of('scan')).toEqual({ requests: 1, signatureChecks: 6 });
    expect(worker.of('scan')).toEqual({ requests: 1, signatureChecks: 6 });
    for (const stop of stops) await stop();
  });
});
