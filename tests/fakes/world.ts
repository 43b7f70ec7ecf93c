import pino from 'pino';
import type { Queue } from '#lib/ports/queue.ts';
import { defaultRules } from '#lib/posture/judge-workload.ts';
import type { ScanDependencies } from '#lib/scan/dependencies.ts';
import { type Backlog, createBacklog, createMemoryQueue } from '#lib/scan/memory-queue.ts';
import { createFakeRegistry, type FakeRegistry } from './registry.ts';
import { createFakeStore, type FakeStore } from './store.ts';
import { createFakeTrust, type FakeTrust } from './trust.ts';
import { createFakeVerifier, type FakeVerifier } from './verifier.ts';

/** All ports in memory; the queue and the clock can be had anew, as after a restart. */
export interface FakeWorld {
  readonly store: FakeStore;
  readonly registry: FakeRegistry;
  readonly verifier: FakeVerifier;
  readonly trust: FakeTrust;
  readonly backlog: Backlog;
  /** Moves the clock on. */
  later(ms: number): void;
  queue(): Queue;
  deps(change?: Partial<ScanDependencies>): ScanDependencies;
}

export function aWorld(): FakeWorld {
  let clock = Date.parse('2026-11-21T10:00:00Z');
  // Every look at the clock is a moment later, as in life.
  const now = (): Date => {
    clock += 1;
    return new Date(clock);
  };
  const backlog = createBacklog();
  const world: FakeWorld = {
    store: createFakeStore(),
    registry: createFakeRegistry(now),
    verifier: createFakeVerifier(),
    trust: createFakeTrust(),
    backlog,
    later(ms) {
      clock += ms;
    },
    queue: () => createMemoryQueue({ backlog, retryMs: 1 }),
    deps: (change = {}) => ({
      store: world.store,
      queue: world.queue(),
      registry: world.registry,
      verifier: world.verifier,
      trust: world.trust,
      clusters: [],
      declared: [],
      authorities: [],
      elsewhere: [],
      rules: defaultRules,
      platforms: 'used',
      teamLabels: ['team'],
      log: pino({ level: 'silent' }),
      now,
      ...change,
    }),
  };
  return world;
}

/** A pace for tests: nothing waits longer than it must. */
export const quickly = {
  pollMs: 1,
  progressMs: 1,
  judgeMs: 1,
  debounceMs: 1,
  asOfMs: 1,
} as const;
