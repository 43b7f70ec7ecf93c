// A cold scan of the lab, a rescan with nothing changed, and a full re-check; embedded database.
import { readEnvironment } from '#lib/config/environment.ts';
import type { ScanRow } from '#lib/contract/sources.ts';
import { loadConfiguration } from '#lib/wiring/configuration.ts';
import { openOneShot } from '#lib/wiring/one-shot.ts';
import { memoryMib, peakMemoryMib } from './memory.ts';

const [config = '', dataDir = ''] = process.argv.slice(2);
const environment = { ...readEnvironment(), configPath: config, dataDir };
const shot = await openOneShot(loadConfiguration(environment), environment, {
  kind: 'embedded',
  dataDir,
});
const never = new AbortController().signal;

const cold = await measure('cold scan', false);
const { counts } = await shot.store.overview({ cluster: [], namespace: [], team: [] }, new Date());
const { total: digests } = await shot.store.images(
  {
    status: [],
    reason: [],
    registry: [],
    repository: [],
    authority: [],
    signer: [],
    format: [],
    cluster: [],
    namespace: [],
    team: [],
    origin: [],
    sort: 'attention',
    order: 'asc',
  },
  { limit: 1 },
);
console.log(
  `  ${counts.total} containers, ${digests} digests, ${(cold.requests / digests).toFixed(2)} requests per new digest (clusters not counted)`,
);
for (const name of ['rescan, nothing changed', 'rescan, again', 'rescan, third']) {
  const rescan = await measure(name, false);
  console.log(`  ${(rescan.requests / digests).toFixed(2)} requests per known digest`);
}
const full = await measure('rescan, every digest looked up again', true);
console.log(`  ${(full.requests / digests).toFixed(2)} requests per known digest`);
console.log(`peak memory of the whole run: ${peakMemoryMib()} MiB`);
await shot.close();

async function measure(name: string, full: boolean): Promise<ScanRow> {
  const begin = performance.now();
  const used = process.cpuUsage();
  const scan = await shot.scan(() => undefined, never, full);
  const wall = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(used);
  const tags = scan.stages.find(({ name: stage }) => stage === 'resolve')?.done ?? 0;
  console.log(
    `${name}: ${wall.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of processor time), memory ${memoryMib()} MiB, at most ${peakMemoryMib()} MiB, ${scan.requests} requests (${tags} for tags), ${scan.signatureChecks} signature checks, ${scan.state}${scan.failures.length > 0 ? `, ${scan.failures.length} failures` : ''}`,
  );
  return scan;
}
