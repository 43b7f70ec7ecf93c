import { randomUUID } from 'node:crypto';
import {
  type Simulation,
  type SimulationRequest,
  type SimulationRow,
  simulationChanges,
} from '#lib/contract/simulations.ts';
import { OperationalError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import type { Queue } from '#lib/ports/queue.ts';
import type { ReviewStore } from '#lib/ports/review-store.ts';
import type { Review } from './review.ts';
import { concerns, decidedBefore, simulateWorkload, summaryOf } from './simulate.ts';
import { type Supposed, suppose } from './suppose.ts';

/** Asks for simulations and works on those that were asked for, here or by another process. */
export interface Simulator {
  /** Writes the wish down and puts it on the queue. @throws OperationalError for what cannot be supposed */
  request(request: SimulationRequest): Promise<Simulation>;
  /** Stops one; what was found is dropped. Undefined when there is none of this id. */
  stop(id: string): Promise<Simulation | undefined>;
  close(): Promise<void>;
}

export interface SimulatorDependencies {
  readonly store: ReviewStore;
  readonly queue: Queue;
  readonly review: Review;
  readonly log: Log;
  readonly now: () => Date;
  /** Told when a simulation moved on. */
  readonly onChange: () => void;
}

const dayMs = 86_400_000;
/** The main thread answers requests too: it is let go after so long. */
const sliceMs = 20;
/** How often progress is written, and a stop is looked for. */
const progressMs = 500;

export async function createSimulator(deps: SimulatorDependencies): Promise<Simulator> {
  const { store, queue, review, now } = deps;
  const close = await queue.work(
    'simulation',
    { batch: 1, concurrency: 1 },
    async (jobs, signal) => {
      for (const { scanId } of jobs) await runSimulation(deps, scanId, signal);
    },
  );
  return {
    async request(request) {
      const { title } = suppose(await review.fleet(), request, now());
      const simulation: Simulation = {
        id: randomUUID(),
        request,
        title,
        state: 'queued',
        createdAt: now().toISOString(),
        finishedAt: null,
        asOf: null,
        done: 0,
        total: 0,
        ...summaryOf([]),
        patches: [],
        problem: null,
      };
      await store.saveSimulation(simulation);
      await queue.enqueue([{ kind: 'simulation', scanId: simulation.id }]);
      deps.onChange();
      return simulation;
    },
    async stop(id) {
      const simulation = await store.simulation(id);
      if (simulation === undefined || !isActive(simulation)) return simulation;
      await queue.cancel(id);
      const stopped: Simulation = {
        ...simulation,
        state: 'stopped',
        finishedAt: now().toISOString(),
      };
      await store.saveSimulation(stopped);
      deps.onChange();
      return stopped;
    },
    close,
  };
}

const isActive = ({ state }: Simulation): boolean => state === 'queued' || state === 'running';

async function runSimulation(
  deps: SimulatorDependencies,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const { store, now, log, onChange } = deps;
  const wished = await store.simulation(id);
  if (wished === undefined || !isActive(wished)) return;
  try {
    await work(deps, { ...wished, state: 'running' }, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const known = error instanceof OperationalError;
    if (!known) log.error({ err: error, simulation: id }, 'simulation failed');
    const problem = known ? error.message : 'It failed inside Sealwatch; the log has the cause.';
    await store.saveSimulation({
      ...wished,
      state: 'failed',
      finishedAt: now().toISOString(),
      problem,
    });
  }
  onChange();
}

async function work(
  deps: SimulatorDependencies,
  running: Simulation,
  signal: AbortSignal,
): Promise<void> {
  const { store, review, now, onChange } = deps;
  const fleet = await review.fleet();
  const supposed = suppose(fleet, running.request, now());
  const asOf = ageOf(supposed);
  const total = supposed.clusters.reduce((sum, { cluster }) => sum + cluster.workloads.size, 0);
  const begun = { ...running, title: supposed.title, asOf, total };
  await store.saveSimulation(begun);
  const rows: SimulationRow[] = [];
  let toldAt = performance.now();
  let until = toldAt + sliceMs;
  let done = 0;
  for await (const row of simulated(deps, supposed, running.request)) {
    signal.throwIfAborted();
    done += 1;
    if (row !== undefined) rows.push(row);
    const at = performance.now();
    if (at < until) continue;
    if (at - toldAt > progressMs) {
      if ((await store.simulation(running.id))?.state === 'stopped') return;
      await store.saveSimulation({ ...begun, done, total: Math.max(total, done) });
      onChange();
      toldAt = at;
    }
    await breathe();
    until = performance.now() + sliceMs;
  }
  if ((await store.simulation(running.id))?.state === 'stopped') return;
  // Most of a fleet does not change: that is a count, and no list.
  const told = rows.filter(({ change }) => change !== 'unchanged');
  await store.saveSimulationRows(running.id, inOrder(told));
  await store.saveSimulation({
    ...begun,
    ...summaryOf(rows),
    patches: supposed.patches.map((patch) => ({ ...patch })),
    state: 'done',
    done,
    total: done,
    finishedAt: now().toISOString(),
  });
}

/** One item for each workload looked at: its row, or nothing where no rule is about it. */
async function* simulated(
  { store, review, now }: SimulatorDependencies,
  supposed: Supposed,
  request: SimulationRequest,
): AsyncGenerator<SimulationRow | undefined> {
  for (const one of supposed.clusters)
    for (const { input, decisions } of one.cluster.workloads.values())
      yield concerns(one, request, input.workload.namespace)
        ? simulateWorkload(one, input, decisions)
        : undefined;
  if (request.days === 0) return;
  const byCluster = new Map(supposed.clusters.map((one) => [one.cluster.id, one]));
  const since = new Date(now().getTime() - request.days * dayMs);
  for await (const batch of store.formerWorkloads(since)) {
    await review.know(batch);
    for (const input of batch) {
      const one = byCluster.get(input.workload.cluster);
      if (one === undefined || !concerns(one, request, input.workload.namespace)) continue;
      yield simulateWorkload(one, input, decidedBefore(one.cluster, input));
    }
  }
}

/** What would change comes first; within one change the order of the clusters stays. */
function inOrder(rows: readonly SimulationRow[]): readonly SimulationRow[] {
  const byChange = Map.groupBy(rows, ({ change }) => change);
  return simulationChanges.flatMap((change) => byChange.get(change) ?? []);
}

/** As old as the oldest of what it is worked out from. */
const ageOf = ({ clusters }: Supposed): string | null =>
  clusters.flatMap(({ cluster }) => cluster.asOf ?? []).sort()[0] ?? null;

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
