import { sql } from 'kysely';
import type { ReviewStore } from '#lib/ports/review-store.ts';
import type { ScanStore } from '#lib/ports/scan-store.ts';
import type { ReadStore, Store } from '#lib/ports/store.ts';
import { admissionAges, admissionOf, saveAdmission } from './admission-objects.ts';
import { storableDeep } from './bulk.ts';
import { Catalog } from './catalog.ts';
import type { StoreContext } from './context.ts';
import type { Database, QueueDatabase } from './database.ts';
import { dueSubjects, dueTags } from './due.ts';
import { openEmbedded, openMemory } from './embedded.ts';
import { formerWorkloads, pruneFormer } from './former-workloads.ts';
import { Housekeeping } from './housekeeping.ts';
import { KnownIds } from './intern.ts';
import { saveJudgements } from './judge.ts';
import { judgeAgain } from './judge-marks.ts';
import { workloadsToJudge } from './judge-reading.ts';
import { createKnownFacts } from './known-facts.ts';
import { migrate } from './migrate.ts';
import { admissionRevisions, checkedUnderOtherPolicies } from './policy-revisions.ts';
import { openPostgres } from './postgres.ts';
import { scopes, workloadFacets } from './read-facets.ts';
import { allFindings, findings } from './read-findings.ts';
import { image } from './read-image.ts';
import { allImages, authorityUse, imageFacets, images } from './read-images.ts';
import { overview } from './read-overview.ts';
import { allPublished, published } from './read-published.ts';
import { clusters, registries, registry } from './read-registries.ts';
import { search } from './read-search.ts';
import { scan, scans, sources } from './read-sources.ts';
import { allContainers, workload } from './read-workload.ts';
import { allWorkloads, workloads } from './read-workloads.ts';
import { reviewedImages, reviewedWorkloads, reviewIndex } from './review-reading.ts';
import {
  allSimulationRows,
  saveSimulation,
  saveSimulationRows,
  simulation,
  simulationRows,
  simulations,
} from './simulations.ts';
import { forgetClustersExcept, saveInventory, saveWorkloads } from './write-inventory.ts';
import {
  saveCluster,
  saveCoverage,
  saveRegistries,
  saveScan,
  saveTrustRoots,
} from './write-sources.ts';
import { savePublished, saveTags } from './write-tags.ts';
import { saveVerdicts } from './write-verdicts.ts';

/** Where the data lies; `memory` is gone with the process. */
export type StoreOptions = (
  | { readonly kind: 'embedded'; readonly dataDir: string }
  | { readonly kind: 'postgresql'; readonly url: string }
  | { readonly kind: 'memory' }
) & {
  /** A live cluster that was not heard of for longer is shown as stale. Five minutes by default. */
  readonly staleAfterMs?: number;
};

/** A store with the database on which the queue stands. */
export interface OpenedStore extends Store {
  readonly queueDatabase: QueueDatabase;
}

const defaultStaleAfterMs = 5 * 60 * 1000;
const pingMs = 1_000;

/**
 * Opens the store and brings its schema up to date.
 * @throws FolderInUseError when another process has the data folder
 * @throws ConfigurationError when the database is newer than this program, or too old a PostgreSQL
 */
export async function openStore(options: StoreOptions): Promise<OpenedStore> {
  const database = await open(options);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return assemble(database, {
    db: database.db,
    catalog: new Catalog(),
    staleAfterMs: options.staleAfterMs ?? defaultStaleAfterMs,
    ids: new KnownIds(),
    housekeeping: new Housekeeping(database.db, database.kind === 'embedded'),
    handedOut: new Map(),
  });
}

function open(options: StoreOptions): Promise<Database> {
  switch (options.kind) {
    case 'embedded':
      return openEmbedded(options.dataDir);
    case 'postgresql':
      return openPostgres(options.url);
    case 'memory':
      return openMemory();
  }
}

function assemble(database: Database, context: StoreContext): OpenedStore {
  return {
    kind: database.kind,
    location: database.location,
    queueDatabase: database.queue,
    ...writing(context),
    ...reading(context),
    ...reviewing(context),
    publish: async (channel, payload) => {
      await sql`select pg_notify(${channel}, ${payload})`.execute(context.db);
    },
    subscribe: (channel, listener) => database.listen(channel, listener),
    ping: () => ping(database),
    close: () => database.close(),
  };
}

const writing = (context: StoreContext): ScanStore => ({
  saveInventory: (cluster, inventory, at) => saveInventory(context, cluster, inventory, at),
  saveWorkloads: (_cluster, inventory, gone, at) => saveWorkloads(context, inventory, gone, at),
  saveCluster: (state) => saveCluster(context, state),
  saveAdmission: (cluster, admission) => saveAdmission(context, cluster, admission),
  forgetClustersExcept: (ids) => forgetClustersExcept(context, ids),
  dueSubjects: (due) => dueSubjects(context, due),
  dueTags: (due) => dueTags(context, due),
  knownFacts: createKnownFacts(context.db),
  admissionRevisions: () => admissionRevisions(context),
  checkedUnderOtherPolicies: (revisionOf) => checkedUnderOtherPolicies(context, revisionOf),
  saveVerdicts: (items, at, cause) => saveVerdicts(context, items, at, cause),
  saveTags: (items, at) => saveTags(context, items, at),
  savePublished: (published) => savePublished(context, published),
  judgeAgain: () => judgeAgain(context),
  workloadsToJudge: (limit) => workloadsToJudge(context, limit),
  saveJudgements: (items, at, cause) => saveJudgements(context, items, at, cause),
  saveCoverage: (at) => saveCoverage(context, at),
  saveRegistries: (states, declared) => saveRegistries(context, states, declared),
  saveTrustRoots: (roots) => saveTrustRoots(context, roots),
  saveScan: (row) => saveScan(context, row),
  scan: (id) => scan(context, id),
  maintain: async () => {
    await pruneFormer(context.db);
    await context.housekeeping.full();
  },
});

/** Filters come from URLs: what PostgreSQL cannot hold as text matches nothing, it is no error. */
const clean = <T>(value: T): T => storableDeep(value) as T;

const reading = (context: StoreContext): ReadStore => ({
  overview: (scope, now) => overview(context, clean(scope), now),
  workloads: (filter, page) => workloads(context, clean(filter), page),
  workloadFacets: (filter) => workloadFacets(context, clean(filter)),
  workload: (id) => workload(context, clean(id)),
  findings: (filter, page) => findings(context, clean(filter), page),
  images: (filter, page) => images(context, clean(filter), page),
  imageFacets: (filter) => imageFacets(context, clean(filter)),
  image: (digest) => image(context, clean(digest)),
  clusters: () => clusters(context),
  registries: () => registries(context),
  registry: (host) => registry(context, clean(host)),
  published: (filter, page) => published(context, clean(filter), page),
  sources: () => sources(context),
  scans: (limit) => scans(context, limit),
  scopes: () => scopes(context),
  search: (text, limit) => search(context, clean(text), limit),
  authorityUse: () => authorityUse(context),
  allWorkloads: (filter) => allWorkloads(context, clean(filter)),
  allFindings: (filter) => allFindings(context, clean(filter)),
  allContainers: (filter) => allContainers(context, clean(filter)),
  allImages: (filter) => allImages(context, clean(filter)),
  allPublished: (filter) => allPublished(context, clean(filter)),
});

const reviewing = (context: StoreContext): ReviewStore => ({
  reviewIndex: () => reviewIndex(context),
  admissionOf: (cluster) => admissionOf(context, cluster),
  admissionAges: (now) => admissionAges(context, now),
  reviewedWorkloads: (ids) => reviewedWorkloads(context, ids.map(clean)),
  reviewedImages: (ids) => reviewedImages(context, ids),
  formerWorkloads: (since) => formerWorkloads(context, since),
  saveSimulation: (one) => saveSimulation(context, one),
  saveSimulationRows: (id, rows) => saveSimulationRows(context, id, rows),
  simulation: (id) => simulation(context, clean(id)),
  simulations: (limit) => simulations(context, limit),
  simulationRows: (id, filter, page) => simulationRows(context, clean(id), clean(filter), page),
  allSimulationRows: (id, filter) => allSimulationRows(context, clean(id), clean(filter)),
});

/** Answers within a second, or says that the database does not. */
async function ping({ db, location }: Database): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the database ${location} did not answer within a second`)),
      pingMs,
    );
  });
  try {
    await Promise.race([sql`select 1`.execute(db), late]);
  } finally {
    clearTimeout(timer);
  }
}
