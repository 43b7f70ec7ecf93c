import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { ControllerFacts, PodFacts } from '#lib/model/workload.ts';
import type { ClusterSnapshot, OwnerLink, ReadProblem } from '#lib/ports/cluster.ts';
import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { readList } from './pager.ts';
import { createPool, type Pool } from './reduce.ts';
import type { ClusterList, Malformed, Reduced } from './resources.ts';
import { Version } from './schemas.ts';

/** Lists read at the same time after the pods. */
const parallel = 3;

/**
 * Reads a cluster whole. What is not permitted or not installed becomes a problem beside the rest;
 * only without the pods there is no reading.
 * @throws OperationalError cluster-*, limit-exceeded
 */
export async function readCluster(
  client: ApiClient,
  lists: readonly ClusterList[],
  options: { readonly signal: AbortSignal; readonly onProgress?: (pods: number) => void },
): Promise<ClusterSnapshot> {
  const readAt = new Date();
  const gathered: Gathered = { found: [], positions: {}, problems: [], malformed: 0 };
  const pool = createPool();
  let pods = 0;
  const progress = (read: number) => options.onProgress?.(pods + read);
  for (const list of lists.filter(({ resource }) => resource.required)) {
    pods += await gather(client, list, gathered, pool, options.signal, progress);
  }
  const rest = lists.filter(({ resource }) => !resource.required);
  const version = await versionOf(client, options.signal);
  const next = async (): Promise<void> => {
    for (let list = rest.shift(); list !== undefined; list = rest.shift())
      await gatherOrTell(client, list, gathered, pool, options.signal);
  };
  await Promise.all(Array.from({ length: parallel }, next));
  return snapshotOf(gathered, lists, readAt, version);
}

interface Gathered {
  readonly found: Reduced[][];
  readonly positions: Record<string, string>;
  readonly problems: ReadProblem[];
  malformed: number;
}

async function gatherOrTell(
  client: ApiClient,
  list: ClusterList,
  gathered: Gathered,
  pool: Pool,
  signal: AbortSignal,
): Promise<void> {
  try {
    await gather(client, list, gathered, pool, signal);
  } catch (error) {
    const absent = error instanceof ApiError && (error.status === 403 || error.status === 404);
    if (!absent) throw error;
    gathered.problems.push({ what: list.path, reason: error.code, detail: error.message });
  }
}

async function gather(
  client: ApiClient,
  list: ClusterList,
  gathered: Gathered,
  pool: Pool,
  signal: AbortSignal,
  onProgress?: (read: number) => void,
): Promise<number> {
  let found: Reduced[] = [];
  let malformed: Malformed[] = [];
  gathered.positions[list.path] = await readList(client, list, {
    signal,
    onRestart: () => {
      found = [];
      malformed = [];
    },
    onPage: (items) => {
      for (const item of items) {
        const reduced = list.resource.reduce(item, pool);
        if (reduced.type === 'malformed') malformed.push(reduced);
        else found.push(reduced);
      }
      onProgress?.(found.length);
    },
  });
  gathered.found.push(found);
  tellMalformed(gathered, malformed);
  return found.length;
}

function tellMalformed(gathered: Gathered, malformed: readonly Malformed[]): void {
  gathered.malformed += malformed.length;
  for (const { what, detail } of malformed)
    if (gathered.problems.length < limits.readProblems)
      gathered.problems.push({ what, reason: 'cluster-error', detail: `left out: ${detail}` });
}

async function versionOf(client: ApiClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    return Version.safeParse(await client.json({ path: '/version', signal })).data?.gitVersion;
  } catch (error) {
    // Shown beside the cluster's name and needed for nothing else.
    if (error instanceof OperationalError) return undefined;
    throw error;
  }
}

function snapshotOf(
  { found, positions, problems, malformed }: Gathered,
  lists: readonly ClusterList[],
  readAt: Date,
  version: string | undefined,
): ClusterSnapshot {
  const pods = new Map<string, PodFacts>();
  const controllers = new Map<string, ControllerFacts>();
  const owners = new Map<string, OwnerLink>();
  const namespaces = new Map<string, ClusterSnapshot['namespaces'][number]>();
  for (const one of found.flat())
    switch (one.type) {
      case 'pod':
        pods.set(one.pod.uid, one.pod);
        break;
      case 'controller':
        controllers.set(one.controller.uid, one.controller);
        break;
      case 'owner':
        owners.set(one.owner.uid, one.owner);
        break;
      case 'namespace':
        namespaces.set(one.name, { name: one.name, labels: one.labels });
    }
  const untold = malformed - problems.filter(({ detail }) => detail.startsWith('left out')).length;
  const more: ReadProblem = {
    what: `${untold} more objects`,
    reason: 'cluster-error',
    detail: 'left out: malformed; only the first are named one by one',
  };
  const [first] = lists;
  return {
    pods: [...pods.values()],
    controllers: [...controllers.values()],
    owners: [...owners.values()],
    namespaces: [...namespaces.values()],
    ...(version !== undefined && { version }),
    resourceVersion: (first && positions[first.path]) ?? '',
    positions,
    problems: untold > 0 ? [...problems, more] : problems,
    readAt,
  };
}
