import { existsSync, unwatchFile, watchFile } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openQueue } from '#lib/adapters/queue/open-queue.ts';
import { type OpenedStore, openStore } from '#lib/adapters/store/open-store.ts';
import { type Environment, readEnvironment } from '#lib/config/environment.ts';
import type { ScanRow } from '#lib/contract/sources.ts';
import { ConfigurationError, OperationalError } from '#lib/errors.ts';
import { log } from '#lib/log.ts';
import type { TrustRoot } from '#lib/model/authority.ts';
import type { AuthorityFinding } from '#lib/model/authority-findings.ts';
import { digest } from '#lib/model/digest.ts';
import type { Queue } from '#lib/ports/queue.ts';
import type { Subject } from '#lib/ports/scan-store.ts';
import type { Store } from '#lib/ports/store.ts';
import type { TrustSource } from '#lib/ports/trust.ts';
import type { Review } from '#lib/review/review.ts';
import type { Simulator } from '#lib/review/run-simulation.ts';
import { makeReceipt } from '#lib/scan/make-receipt.ts';
import { createScanner, type Scanner } from '#lib/scan/scanner.ts';
import { createTrustKeeper } from '#lib/scan/trust-material.ts';
import { startWorker, type Worker } from '#lib/scan/worker.ts';
import { lintAuthorities } from '#lib/verify/lint/lint-authorities.ts';
import { writeReceipt } from '#lib/verify/receipt/receipt.ts';
import { verifierVersion } from '#lib/verify/verifier-version.ts';
import { openAdmissionReview } from './admission-review.ts';
import {
  type Configuration,
  configPathOf,
  emptyConfiguration,
  loadConfiguration,
} from './configuration.ts';
import { dependenciesOf, openWorld, type World } from './world.ts';

/** What the process has one of: the data access of every request. */
export interface Server {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly verifierVersion: string;
  readonly review: Review;
  readonly simulator: Simulator;
  notice(): string | null;
  problems(): readonly { readonly where: string; readonly message: string }[];
  trustRoots(): ReturnType<TrustSource['load']>;
  /** What is weak about the authorities in force with these roots. */
  findings(roots: readonly TrustRoot[]): readonly AuthorityFinding[];
  requestScan(full: boolean): Promise<ScanRow>;
  stopScan(id: string): Promise<ScanRow | undefined>;
  /** The receipt of an image as a file; see `makeReceipt`. */
  receipt(registry: string, repository: string, digest: string): Promise<string>;
}

interface Running extends Server {
  configuration: Configuration;
  stop(): Promise<void>;
}

interface State {
  running?: Promise<Running>;
  problem?: string;
}

/** Bundles of Next.js have module instances of their own; what must be one lives on `globalThis`. */
const key: unique symbol = Symbol.for('sealwatch.server');
const held = globalThis as { [key]?: State };
held[key] ??= {};
const state: State = held[key];

const reloadMs = 2_000;
const retryMs = 2_000;

/** Starts store, queue, worker and schedule in the background; safe to call more than once. */
export function startServer(): void {
  if (state.running !== undefined) return;
  state.problem = 'starting';
  state.running = start(readEnvironment());
  state.running.then(
    () => delete state.problem,
    (error: unknown) => {
      if (!(error instanceof ConfigurationError)) log.fatal({ err: error }, 'could not start');
      process.stderr.write(`sealwatch: ${(error as Error).message}\n`);
      process.exit(1);
    },
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void shutDown());
}

/** Why the server is not ready; undefined when it is. */
export const startupProblem = (): string | undefined => state.problem;

/**
 * The running server.
 * @throws OperationalError while the database cannot be reached
 */
export async function server(): Promise<Server> {
  if (state.running === undefined) startServer();
  if (state.problem !== undefined && state.problem !== 'starting')
    throw new OperationalError('cluster-error', state.problem, { retryable: true });
  const running = await state.running;
  if (running === undefined) throw new TypeError('the server was not started');
  return running;
}

async function shutDown(): Promise<void> {
  try {
    await (await state.running)?.stop();
  } catch (error) {
    log.error({ err: error }, 'could not stop in order');
  }
  process.exit(0);
}

async function start(environment: Environment): Promise<Running> {
  let problems: readonly string[] = [];
  const initial = initialConfiguration();
  const store = await openWhenReachable(environment, initial.scan.staleAfterMinutes * 60_000);
  await announce(environment);
  const queue = await openQueue(store);
  const admission = await openAdmissionReview(store, queue);
  let part = await openPart(initial, environment, store, queue);

  const running: Running = {
    store,
    configuration: part.configuration,
    verifierVersion,
    review: admission.review,
    simulator: admission.simulator,
    notice: () => running.configuration.notice ?? null,
    problems: () => problems.map((message) => ({ where: 'configuration', message })),
    trustRoots: () => part.world.trust.load(),
    findings: (roots) => lintAuthorities(running.configuration.authorities, roots, new Date()),
    requestScan: (full) => part.scanner.requestScan('request', full),
    stopScan: (id) => part.scanner.stopScan(id),
    receipt: (registry, repository, name) =>
      part.receipt({ registry, repository, digest: digest(name) }),
    stop: async () => {
      if (file !== undefined) unwatchFile(file);
      await part.close();
      await admission.close();
      await queue.stop();
      await store.close();
      await rm(noteOf(environment), { force: true });
    },
  };

  const file = configPathOf(environment);
  if (file !== undefined) watchFile(file, { interval: reloadMs }, () => void reload());
  return running;

  function initialConfiguration(): Configuration {
    try {
      return loadConfiguration(environment);
    } catch (error) {
      noteProblems(error);
      return emptyConfiguration();
    }
  }

  function noteProblems(error: unknown): void {
    if (!(error instanceof ConfigurationError)) throw error;
    problems = error.problems;
    for (const problem of problems) log.error({ problem }, 'configuration refused');
  }

  /** A file that does not hold changes nothing but the list of problems. */
  async function reload(): Promise<void> {
    if (!existsSync(/* turbopackIgnore: true */ file ?? '')) return;
    try {
      const configuration = loadConfiguration(environment);
      problems = [];
      await part.close();
      part = await openPart(configuration, environment, store, queue);
      running.configuration = configuration;
      await part.scanner.requestScan('configuration', false);
      log.info({ file }, 'configuration read again');
    } catch (error) {
      noteProblems(error);
    }
  }
}

const noteOf = ({ dataDir }: Environment): string => path.join(dataDir, 'server.json');

/** Leaves our address beside the data, once they are ours, for the command line to find. */
async function announce(environment: Environment): Promise<void> {
  if (environment.url === undefined) return;
  await mkdir(environment.dataDir, { recursive: true, mode: 0o700 });
  await writeFile(noteOf(environment), JSON.stringify({ url: environment.url }));
}

/** What hangs on one configuration. */
interface Part {
  readonly configuration: Configuration;
  readonly world: World;
  readonly worker: Worker;
  readonly scanner: Scanner;
  receipt(subject: Subject): Promise<string>;
  close(): Promise<void>;
}

async function openPart(
  configuration: Configuration,
  environment: Environment,
  store: Store,
  queue: Queue,
): Promise<Part> {
  const world = await openWorld(configuration, environment);
  const dependencies = dependenciesOf(world, configuration, store, queue);
  const trust = createTrustKeeper(dependencies);
  const worker = await startWorker(dependencies, {
    everyMs: configuration.scan.everyMinutes * 60_000,
    verdictMaxAgeMs: configuration.scan.maxAgeHours * 3_600_000,
    staleMs: configuration.scan.staleAfterMinutes * 60_000,
  });
  return {
    configuration,
    world,
    worker,
    scanner: createScanner(dependencies),
    receipt: async (subject) => writeReceipt(await makeReceipt(dependencies, trust, subject)),
    close: async () => {
      await worker.stop();
      await world.close();
    },
  };
}

/** PostgreSQL may come up later than we do; a folder that another process holds is final. */
async function openWhenReachable(
  environment: Environment,
  staleAfterMs: number,
): Promise<OpenedStore> {
  const url = environment.databaseUrl;
  if (url === undefined)
    return openStore({ kind: 'embedded', dataDir: environment.dataDir, staleAfterMs });
  for (;;) {
    try {
      return await openStore({ kind: 'postgresql', url, staleAfterMs });
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      state.problem = `PostgreSQL cannot be reached: ${(error as Error).message}. Check DATABASE_URL; it is tried again every ${retryMs / 1000} seconds.`;
      log.error({ err: error }, state.problem);
      await sleep(retryMs);
    }
  }
}
