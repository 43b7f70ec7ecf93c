// Lists, facets and overview over a large fleet in the embedded database: p50 and p95.
import { openStore } from '#lib/adapters/store/open-store.ts';
import { ImageFilter } from '#lib/contract/images.ts';
import { WorkloadFilter } from '#lib/contract/workloads.ts';
import { seedFleet } from './list-fleet.ts';
import { memoryMib, peakMemoryMib, percentile } from './memory.ts';

const [dataDir = '', workloads = '100000', images = '5000'] = process.argv.slice(2);
const rounds = 12;
const page = 50;

const store = await openStore({ kind: 'embedded', dataDir });
const begin = performance.now();
const scope = { cluster: [], namespace: [], team: [] };
// A folder that was kept is only asked.
if ((await store.overview(scope, new Date())).counts.total === 0)
  await seedFleet(store, Number(workloads), Number(images));
const { counts } = await store.overview(scope, new Date());
console.log(
  `${workloads} workloads, ${counts.total} running containers, ${images} images written and judged in ${((performance.now() - begin) / 1000).toFixed(0)} s`,
);

const filters: readonly Partial<WorkloadFilter>[] = [
  {},
  { status: ['unsigned'] },
  { status: ['unsigned', 'invalid'], cluster: ['cluster-3'] },
  { status: ['inconclusive'], sort: 'pods', order: 'desc' },
  { finding: ['tag-moved'] },
  { pin: ['none', 'tag'], finding: ['tag-pinned'], sort: 'name' },
  { reason: ['identity-mismatch'], namespace: ['space-7', 'space-8'] },
  { registry: ['quay.io'], severity: ['high'], sort: 'team' },
  { team: ['team-1', 'team-2', 'team-3'], kind: ['Deployment'], sort: 'since', order: 'desc' },
  { activity: 'at-rest', containerKind: ['init'], sort: 'cluster' },
  { q: 'service-123' },
  { q: 'service-9* status', status: ['unsigned'], sort: 'name', order: 'desc' },
  { q: 'image:*team-9/* name:service-1*' },
];
const whole = filters.map((filter) => WorkloadFilter.parse(filter));

await time('workloads, first page', whole, (filter) => store.workloads(filter, { limit: page }));
const later = await Promise.all(
  whole.map(async (filter) => ({ filter, cursor: await pageTwo(filter) })),
);
await time(
  'workloads, second page',
  later.filter(({ cursor }) => cursor !== undefined),
  ({ filter, cursor }) => store.workloads(filter, { limit: page, ...(cursor && { cursor }) }),
);
await time('workload facets', whole, (filter) => store.workloadFacets(filter));
const imageFilters = [{}, { status: ['unsigned'] }, { q: 'team-9', sort: 'containers' }].map(
  (filter) => ImageFilter.parse(filter),
);
await time('images, first page', imageFilters, (filter) => store.images(filter, { limit: page }));
await time('image facets', imageFilters, (filter) => store.imageFacets(filter));
const scopes = [scope, { ...scope, cluster: ['cluster-1'] }, { ...scope, team: ['team-4'] }];
await time('overview', scopes, (one) => store.overview(one, new Date()));
console.log(`memory ${memoryMib()} MiB, at most ${peakMemoryMib()} MiB with writing`);
await store.close();

async function pageTwo(filter: WorkloadFilter): Promise<string | undefined> {
  return (await store.workloads(filter, { limit: page })).next ?? undefined;
}

/** Asks every question some times, in turns. */
async function time<T>(
  name: string,
  questions: readonly T[],
  ask: (question: T) => Promise<unknown>,
): Promise<void> {
  const took = questions.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [at, question] of questions.entries()) {
      const asked = performance.now();
      await ask(question);
      took[at]?.push(performance.now() - asked);
    }
  const all = took.flat();
  console.log(`${name}: p50 ${shown(percentile(all, 50))}, p95 ${shown(percentile(all, 95))}`);
  for (const [at, question] of questions.entries())
    console.log(`  ${shown(percentile(took[at] ?? [], 50))}  ${JSON.stringify(asked(question))}`);
}

function shown(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`;
}

/** A filter without what it does not ask. */
function asked(filter: unknown): unknown {
  if (filter === null || typeof filter !== 'object') return filter;
  return Object.fromEntries(
    Object.entries(filter)
      .filter(([key, value]) => key !== 'cursor' && !(Array.isArray(value) && value.length === 0))
      .map(([key, value]) => [key, Array.isArray(value) ? value : asked(value)]),
  );
}
