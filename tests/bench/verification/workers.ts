import { Worker } from 'node:worker_threads';
import { createImageVerifier } from '#lib/adapters/verifier/worker-pool.ts';
import type { KeylessBundles } from './keyless-bundles.ts';
import { print } from './rate.ts';

const workerUrl = new URL('../../../lib/scan/verify-worker.ts', import.meta.url);

/** Images for each thread before anything is measured: until then its code is still being compiled. */
const warmUp = 2_000;

/**
 * The pool with one thread, then with two, on the same images. Where the machine has other work, only
 * processor time tells what a quiet one would do: threads that do not wait for each other keep it.
 */
export async function workers(bundles: KeylessBundles, seconds: number): Promise<void> {
  const one = await poolRate(bundles, 1, seconds);
  const two = await poolRate(bundles, 2, seconds);
  print('two workers beside one (at least 1.9 ×)', times(two.perSecond / one.perSecond));
  print('… by processor time of the workers', times((2 * one.workerUs) / two.workerUs));
  const fed = Math.floor(two.workerUs / two.mainUs);
  print('workers that the main thread can keep busy', String(fed));
}

const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;

interface PoolRate {
  readonly perSecond: number;
  /** Processor time for one image: in the workers together, and in the thread that asks them. */
  readonly workerUs: number;
  readonly mainUs: number;
}

async function poolRate(
  { discoveries, authority, root }: KeylessBundles,
  size: number,
  seconds: number,
): Promise<PoolRate> {
  const threads: Worker[] = [];
  const worker = (): Worker => {
    const thread = new Worker(workerUrl);
    threads.push(thread);
    return thread;
  };
  const verifier = createImageVerifier({ worker, size });
  await verifier.configure({ authorities: [authority], trustRoots: [root] });
  let next = 0;
  let verified = 0;
  /** Keeps every thread busy: as many questions at once as a scan has. */
  const runWhile = async (unfinished: () => boolean): Promise<void> => {
    const ask = async (): Promise<void> => {
      while (unfinished()) {
        const discovery = discoveries[next++ % discoveries.length];
        if (discovery === undefined) throw new RangeError('there is no image');
        const { verdict } = await verifier.verify(discovery, [], new Date());
        if (verdict.status !== 'verified') throw new Error(`${verdict.status}: ${verdict.detail}`);
        verified++;
      }
    };
    await Promise.all(Array.from({ length: size * 4 }, ask));
  };
  await runWhile(() => verified < warmUp * size);
  verified = 0;
  const before = await Promise.all(threads.map((thread) => thread.cpuUsage()));
  const mainBefore = process.threadCpuUsage();
  const begin = performance.now();
  await runWhile(() => performance.now() - begin < seconds * 1_000);
  const perSecond = verified / ((performance.now() - begin) / 1_000);
  const mainUs = sum(process.threadCpuUsage(mainBefore)) / verified;
  const spent = await Promise.all(threads.map((thread, place) => thread.cpuUsage(before[place])));
  const workerUs = spent.reduce((total, one) => total + sum(one), 0) / verified;
  await verifier.close();
  const name = `keyless bundles through the pool, ${size} worker${size > 1 ? 's' : ''}`;
  print(name, `${perSecond.toFixed(0)}/s`);
  print('… processor time for one, µs: workers, main thread', `${workerUs | 0}, ${mainUs | 0}`);
  return { perSecond, workerUs, mainUs };
}

const sum = ({ user, system }: { readonly user: number; readonly system: number }): number =>
  user + system;
