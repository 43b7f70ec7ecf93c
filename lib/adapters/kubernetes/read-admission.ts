import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { AdmissionObject, AdmissionReading, ReadProblem } from '#lib/ports/cluster.ts';
import { discoverAdmission } from './admission-discovery.ts';
import {
  type AdmissionList,
  configMapLists,
  kindLists,
  namespacesBeyond,
  serviceLists,
} from './admission-lists.ts';
import {
  type AdmissionBudget,
  admissionObject,
  createAdmissionBudget,
} from './admission-object.ts';
import type { ApiClient } from './api-client.ts';
import { readList } from './pager.ts';
import { nameOf } from './resources.ts';
import { AnyObject } from './schemas.ts';

/** Lists read at the same time. */
const parallel = 3;

/** How much is read of one cluster. */
export interface AdmissionLimits {
  readonly objects: number;
  /** Of their JSON. */
  readonly bytes: number;
  readonly lists: number;
}

const defaultLimits: AdmissionLimits = {
  objects: limits.admissionObjects,
  bytes: limits.admissionBytes,
  lists: limits.admissionLists,
};

/** What one reading has come to so far. */
interface Gathered {
  readonly objects: AdmissionObject[];
  readonly problems: ReadProblem[];
  readonly most: AdmissionLimits;
  readonly budget: AdmissionBudget;
  lists: number;
  malformed: number;
  /** An API server that answers to nothing is not asked for every list in turn. */
  unanswered: number;
}

/**
 * Reads the objects from which follows what admission says: every kind that is served of the groups
 * of engines, configuration that engines obey by its name, and services in namespaces that webhooks
 * name. Given namespaces, objects of others are not read; those of the whole cluster are.
 * @throws OperationalError cluster-* when it cannot be asked what is served, or nobody answers
 */
export async function readAdmission(
  client: ApiClient,
  namespaces: readonly string[] | undefined,
  {
    signal,
    most = defaultLimits,
  }: { readonly signal: AbortSignal; readonly most?: AdmissionLimits },
): Promise<AdmissionReading> {
  const readAt = new Date();
  const served = await discoverAdmission(client, signal);
  const gathered: Gathered = {
    objects: [],
    problems: [...served.problems],
    most,
    budget: createAdmissionBudget(most),
    lists: 0,
    malformed: 0,
    unanswered: 0,
  };
  const read = (lists: readonly AdmissionList[]) => gatherAll(client, lists, gathered, signal);
  const found = await namespacesOf(client, namespaces, gathered, signal);
  await read(kindLists(served, namespaces, false));
  gathered.problems.push(...namespacesBeyond(namespaces, gathered.objects));
  await read([
    ...configMapLists(served, namespaces, gathered.objects),
    ...serviceLists(served, namespaces, gathered.objects),
  ]);
  // The most comes last: what decides is not crowded out by what was reported.
  await read(kindLists(served, namespaces, true));
  const untold = gathered.malformed - limits.readProblems;
  if (untold > 0)
    gathered.problems.push({
      what: `${untold} more objects`,
      reason: 'cluster-error',
      detail: 'left out: malformed; only the first are named one by one',
    });
  const { objects, problems } = gathered;
  // Lists are read side by side: without an order, equal readings would differ.
  return { objects, namespaces: found, problems: problems.sort(byWhat), readAt };
}

const byWhat = (a: ReadProblem, b: ReadProblem): number =>
  a.what < b.what ? -1 : Number(a.what > b.what);

async function gatherAll(
  client: ApiClient,
  lists: readonly AdmissionList[],
  gathered: Gathered,
  signal: AbortSignal,
): Promise<void> {
  const room = Math.max(0, gathered.most.lists - gathered.lists);
  gathered.lists += lists.length;
  for (const { path } of lists.slice(room))
    gathered.problems.push(tooMany(path, `more than ${gathered.most.lists} lists`));
  const waiting = lists.slice(0, room);
  const next = async (): Promise<void> => {
    for (let list = waiting.shift(); list !== undefined; list = waiting.shift())
      await orTell(gathered, list.path, signal, gather(client, list, gathered, signal));
  };
  await Promise.all(Array.from({ length: parallel }, next));
}

async function gather(
  client: ApiClient,
  { path, apiVersion, kind }: AdmissionList,
  gathered: Gathered,
  signal: AbortSignal,
): Promise<void> {
  const { budget, most, objects, problems } = gathered;
  let found: AdmissionObject[] = [];
  const restart = (): void => {
    budget.refund(found);
    found = [];
  };
  const take = (item: unknown): string | undefined => {
    const object = admissionObject(item, { apiVersion, kind });
    if (typeof object === 'string') return object;
    if (!budget.spend(object)) throw new BudgetSpent();
    found.push(object);
    return undefined;
  };
  try {
    await readItems(client, { path, kind, metadataOnly: false, take, restart }, gathered, signal);
  } catch (error) {
    if (!(error instanceof BudgetSpent)) {
      restart();
      throw error;
    }
    problems.push(
      tooMany(path, `more than ${most.objects} objects or ${most.bytes} bytes of them`),
    );
  }
  for (const object of found) objects.push(object);
}

/** A list with what becomes of its items. */
interface ItemsToRead {
  readonly path: string;
  readonly kind: string;
  readonly metadataOnly: boolean;
  /** Answers why an item cannot be taken. */
  readonly take: (item: unknown) => string | undefined;
  /** Everything that was taken is void. */
  readonly restart: () => void;
}

async function readItems(
  client: ApiClient,
  { path, kind, metadataOnly, take, restart }: ItemsToRead,
  gathered: Gathered,
  signal: AbortSignal,
): Promise<void> {
  let malformed: ReadProblem[] = [];
  const onPage = (items: readonly unknown[]): void => {
    for (const item of items) {
      const why = take(item);
      if (why !== undefined)
        malformed.push({
          what: `${kind} ${nameOf(item)}`,
          reason: 'cluster-error',
          detail: `left out: ${why}`,
        });
    }
  };
  const onRestart = (): void => {
    malformed = [];
    restart();
  };
  // Whoever may write one object of many kinds could hide all others of its kind behind its depth.
  const list = { path, verbs: 'list', depth: limits.servedJsonDepth, resource: { metadataOnly } };
  try {
    await readList(client, list, { signal, onPage, onRestart });
  } finally {
    const room = Math.max(0, limits.readProblems - gathered.malformed);
    for (const problem of malformed.slice(0, room)) gathered.problems.push(problem);
    gathered.malformed += malformed.length;
  }
}

/** Ends the reading of a list in the middle of a page. */
class BudgetSpent extends Error {}

const tooMany = (what: string, why: string): ReadProblem => ({
  what,
  reason: 'limit-exceeded',
  detail: `not read to its end: this cluster has ${why} for admission`,
});

async function namespacesOf(
  client: ApiClient,
  namespaces: readonly string[] | undefined,
  gathered: Gathered,
  signal: AbortSignal,
): Promise<AdmissionReading['namespaces']> {
  const paths = (namespaces ?? [undefined]).map((name) =>
    name === undefined
      ? '/api/v1/namespaces'
      : `/api/v1/namespaces?fieldSelector=metadata.name%3D${encodeURIComponent(name)}`,
  );
  const found = new Map<string, Readonly<Record<string, string>>>();
  const take = (item: unknown): string | undefined => {
    const metadata = AnyObject.safeParse(item).data?.metadata;
    if (metadata === undefined) return 'its metadata are malformed';
    found.set(metadata.name, metadata.labels ?? {});
    return undefined;
  };
  const list = { kind: 'Namespace', metadataOnly: true, take, restart: () => undefined };
  for (const path of paths)
    await orTell(gathered, path, signal, readItems(client, { ...list, path }, gathered, signal));
  return [...found].map(([name, labels]) => ({ name, labels }));
}

/** Makes the failure of one list a problem, as long as the API server answers at all. */
async function orTell(
  gathered: Gathered,
  path: string,
  signal: AbortSignal,
  reading: Promise<unknown>,
): Promise<void> {
  try {
    await reading;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperationalError) || error.code === 'cluster-unauthorized') throw error;
    if (error.code === 'cluster-unreachable') gathered.unanswered += 1;
    if (gathered.unanswered > 1) throw error;
    gathered.problems.push({ what: path, reason: error.code, detail: error.message });
  }
}
