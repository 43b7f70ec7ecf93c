import { Worker } from 'node:worker_threads';
import { createImageVerifier } from '#lib/adapters/verifier/worker-pool.ts';
import type { KeylessBundles } from './keyless-bundles.ts';
import { print } from './rate.ts';

const workerUrl = new URL('../../../lib/scan/verify-worker.ts', import.meta.url);

/** The pool with one thread, then with two, on the same images. */
export async function workers(bundles: KeylessBundles, seconds: number): Promise<void> {
  const one = await poolRate(bundles, 1, seconds);
  const two = await poolRate(bundles, 2, seconds);
  print('two workers beside one (at least 1.9 ×)', `${(two / one).toFixed(2)} ×`);
}

async function poolRate(
  { discoveries, authority, root }: KeylessBundles,
  size: number,
  seconds: number,
): Promise<number> {
  const verifier = createImageVerifier({ worker: () => new Worker(workerUrl), size });
  await verifier.configure({ authorities: [authority], trustRoots: [root] });
  let verified = 0;
  /** Keeps every thread busy: as many questions at once as a scan has. */
  const run = async (ms: number): Promise<number> => {
    const begin = performance.now();
    verified = 0;
    let next = 0;
    const ask = async (): Promise<void> => {
      while (performance.now() - begin < ms) {
        const discovery = discoveries[next++ % discoveries.length];
        if (discovery === undefined) throw new RangeError('there is no image');
        const { verdict } = await verifier.verify(discovery, [], new Date());
        if (verdict.status !== 'verified') throw new Error(`${verdict.status}: ${verdict.detail}`);
        verified++;
      }
    };
    await Promise.all(Array.from({ length: size * 4 }, ask));
    return verified / ((performance.now() - begin) / 1000);
  };
  await run(seconds * 500);
  const perSecond = await run(seconds * 1000);
  await verifier.close();
  print(
    `keyless bundles through the pool, ${size} worker${size > 1 ? 's' : ''}`,
    `${perSecond.toFixed(0)}/s`,
  );
  return perSecond;
}
