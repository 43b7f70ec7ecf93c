// A server without its web part that tells its parent what it has made durable: it is there to be killed.
import { openQueue } from '#lib/adapters/queue/open-queue.ts';
import { openStore } from '#lib/adapters/store/open-store.ts';
import { readEnvironment } from '#lib/config/environment.ts';
import type { Store } from '#lib/ports/store.ts';
import { startWorker } from '#lib/scan/worker.ts';
import { loadConfiguration } from '#lib/wiring/configuration.ts';
import { dependenciesOf, openWorld } from '#lib/wiring/world.ts';

const environment = readEnvironment();
const configuration = loadConfiguration(environment);
const opened = await openStore({ kind: 'embedded', dataDir: environment.dataDir });
const tell = (message: object) => process.send?.(message);
const store: Store = {
  ...opened,
  async saveVerdicts(items, at, cause) {
    await opened.saveVerdicts(items, at, cause);
    tell({
      verdicts: items.map(
        ({ verdict }) => `${verdict.registry}/${verdict.repository}@${verdict.digest}`,
      ),
    });
  },
  async saveInventory(cluster, inventory, at) {
    const saved = await opened.saveInventory(cluster, inventory, at);
    tell({ inventory: cluster });
    return saved;
  },
  async saveScan(scan) {
    await opened.saveScan(scan);
    tell({ scan: { id: scan.id, state: scan.state, checks: scan.signatureChecks } });
  },
};
const queue = await openQueue(opened);
const world = await openWorld(configuration, environment);
const worker = await startWorker(dependenciesOf(world, configuration, store, queue));
tell({ started: true });

process.on('message', async () => {
  await worker.stop();
  await world.close();
  await queue.stop();
  await opened.close();
  process.exit(0);
});
