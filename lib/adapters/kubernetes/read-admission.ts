import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { AdmissionObject, AdmissionReading, ReadProblem } from '#lib/ports.ts';
import { discoverAdmission, type ServedAdmission } from './admission-discovery.ts';
import { engineConfigMaps } from './admission-kinds.ts';
import {
  type AdmissionBudget,
  admissionObject,
  createAdmissionBudget,
  webhookServices,
} from './admission-object.ts';
import type { ApiClient } from './api-client.ts';
import { readList } from './pager.ts';
import { nameOf } from './resources.ts';
import { AnyObject } from './schemas.ts';

/** Lists read at the same time. */
const parallel = 3;

/** One list of whole objects, or of metadata alone. */
interface AdmissionList {
  readonly path: string;
  readonly apiVersion: string;
  readonly kind: string;
}

/** What one reading has come to so far. */
interface Gathered {
  readonly objects: AdmissionObject[];
  readonly problems: ReadProblem[];
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
  { signal }: { readonly signal: AbortSignal },
): Promise<AdmissionReading> {
  const readAt = new Date();
  const served = await discoverAdmission(client, signal);
  const gathered: Gathered = {
    objects: [],
    problems: [...served.problems],
    budget: createAdmissionBudget(),
    lists: 0,
    malformed: 0,
    unanswered: 0,
  };
  const read = (lists: readonly AdmissionList[]) => gatherAll(client, lists, gathered, signal);
  const found = await namespacesOf(client, namespaces, gathered, signal);
  await read(listsOf(served, namespaces, false));
  await read(configMapLists(served, namespaces, gathered.objects));
  await read(serviceLists(served, namespaces, gathered));
  // The most comes last: what decides is not crowded out by what was reported.
  await read(listsOf(served, namespaces, true));
  const untold = gathered.malformed - limits.readProblems;
  if (untold > 0)
    gathered.problems.push({
      what: `${untold} more objects`,
      reason: 'cluster-error',
      detail: 'left out: malformed; only the first are named one by one',
    });
  return { objects: gathered.objects, namespaces: found, problems: gathered.problems, readAt };
}

function listsOf(
  { kinds }: ServedAdmission,
  namespaces: readonly string[] | undefined,
  reports: boolean,
): readonly AdmissionList[] {
  return kinds
    .filter((served) => served.reports === reports)
    .flatMap(({ apiVersion, kind, plural, namespaced }) =>
      (namespaced ? (namespaces ?? [undefined]) : [undefined]).map((namespace) => ({
        path: pathOf(apiVersion, plural, namespace),
        apiVersion,
        kind,
      })),
    );
}

function configMapLists(
  { groups }: ServedAdmission,
  namespaces: readonly string[] | undefined,
  objects: readonly AdmissionObject[],
): readonly AdmissionList[] {
  const services = webhookServices(objects);
  return engineConfigMaps
    .filter(({ group, service }) =>
      service === undefined
        ? groups.has(group ?? '')
        : services.some(({ name }) => name.includes(service)),
    )
    .flatMap(({ name }) =>
      (namespaces ?? [undefined]).map((namespace) => ({
        // By name, so that permission for these few suffices (`resourceNames`).
        path: `${pathOf('v1', 'configmaps', namespace)}?fieldSelector=metadata.name%3D${name}`,
        apiVersion: 'v1',
        kind: 'ConfigMap',
      })),
    );
}

function serviceLists(
  { groups }: ServedAdmission,
  namespaces: readonly string[] | undefined,
  { objects, problems }: Gathered,
): readonly AdmissionList[] {
  const named = [...new Set(webhookServices(objects).map(({ namespace }) => namespace))].sort();
  const readable = named.filter((one) => namespaces === undefined || namespaces.includes(one));
  const beyond = named.filter((one) => !readable.includes(one));
  if (beyond.length > 0)
    problems.push({
      what: `namespaces of webhooks: ${beyond.slice(0, 10).join(', ')}`,
      reason: 'cluster-config',
      detail:
        'they are not among the namespaces of this source: services and settings of engines there ' +
        'are not read; add them to its namespaces',
    });
  const version = ['v1', 'v1beta1'].find((one) => groups.get('discovery.k8s.io')?.includes(one));
  return readable.flatMap((namespace) => [
    { path: pathOf('v1', 'services', namespace), apiVersion: 'v1', kind: 'Service' },
    ...(version === undefined ? [] : [slices(`discovery.k8s.io/${version}`, namespace)]),
  ]);
}

const slices = (apiVersion: string, namespace: string): AdmissionList => ({
  path: pathOf(apiVersion, 'endpointslices', namespace),
  apiVersion,
  kind: 'EndpointSlice',
});

function pathOf(apiVersion: string, plural: string, namespace: string | undefined): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return namespace === undefined
    ? `${root}/${plural}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

async function gatherAll(
  client: ApiClient,
  lists: readonly AdmissionList[],
  gathered: Gathered,
  signal: AbortSignal,
): Promise<void> {
  const room = Math.max(0, limits.admissionLists - gathered.lists);
  gathered.lists += lists.length;
  for (const { path } of lists.slice(room))
    gathered.problems.push(tooMany(path, `more than ${limits.admissionLists} lists`));
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
  const { budget, objects, problems } = gathered;
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
    const { admissionObjects, admissionBytes } = limits;
    const most = `more than ${admissionObjects} objects or ${admissionBytes} bytes of them`;
    problems.push(tooMany(path, most));
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
  const list = { path, verbs: 'list', resource: { metadataOnly } };
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
