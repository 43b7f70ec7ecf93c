import { openQueue } from '#lib/adapters/queue/open-queue.ts';
import { openStore } from '#lib/adapters/store/open-store.ts';
import { scanJob, subjectJob } from './queue-jobs.ts';
import { containerOf, inventoryOf, noon, workloadOf } from './store-fleet.ts';

/** A process that a test kills: it says what was acknowledged, and goes on until it dies. */
const [task, where = ''] = process.argv.slice(2);
const say = (message: unknown): void => {
  process.send?.(message);
};

if (task === 'open') {
  const store = await openStore({ kind: 'embedded', dataDir: where });
  say('open');
  setInterval(() => store.kind, 1_000);
}

if (task === 'write') {
  const store = await openStore({ kind: 'embedded', dataDir: where });
  const queue = await openQueue(store);
  await queue.enqueue([scanJob('interrupted'), subjectJob(1)]);
  const claimed = Promise.withResolvers<void>();
  await queue.work('scan', { batch: 1, concurrency: 1 }, () => {
    claimed.resolve();
    return new Promise(() => undefined);
  });
  await claimed.promise;
  say({ claimed: true });
  for (let n = Number(process.argv[4] ?? 0); ; n += 1) {
    const workload = workloadOf(n);
    const inventory = inventoryOf([workload, containerOf(workload, n)]);
    await store.saveWorkloads('east', inventory, [], noon);
    say({ acknowledged: workload.id });
  }
}

if (task === 'hold') {
  const queue = await openQueue(await openStore({ kind: 'postgresql', url: where }));
  await queue.work('scan', { batch: 1, concurrency: 1 }, () => {
    say('holding');
    return new Promise(() => undefined);
  });
}
