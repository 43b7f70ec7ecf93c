import { OperationalError } from '#lib/errors.ts';
import { buildInventory } from '#lib/inventory/build-inventory.ts';
import type { ClusterReader, ClusterSnapshot, ReadProblem } from '#lib/ports/cluster.ts';
import type { ClusterState } from '#lib/ports/scan-store.ts';
import { readAdmission } from './read-admission.ts';
import type { ScanSession } from './session.ts';

/** How one reading of a cluster ended; it never throws for the world. */
export type ClusterReading =
  | {
      readonly status: 'read';
      readonly snapshot: ClusterSnapshot;
      /** What could not be read of its admission objects. */
      readonly admission: readonly ReadProblem[];
      readonly changed: number;
    }
  | { readonly status: 'failed'; readonly state: ClusterState }
  | { readonly status: 'aborted' };

/**
 * Reads a whole cluster and makes what it found the present. A failure marks the cluster and leaves
 * its rows as they were, with the age that they have.
 */
export async function readCluster(
  session: ScanSession,
  reader: ClusterReader,
  signal: AbortSignal,
): Promise<ClusterReading> {
  const { deps, publisher } = session;
  const before = await stateBefore(deps.store, reader);
  const save = async (state: ClusterState): Promise<void> => {
    await deps.store.saveCluster(state);
    publisher.changed('clusters', 'sources');
  };
  try {
    await save({ ...before, state: 'scanning' });
    const snapshot = await reader.read({ signal });
    signal.throwIfAborted();
    const inventory = buildInventory(reader.id, snapshot, { teamLabels: deps.teamLabels });
    const { changed } = await deps.store.saveInventory(reader.id, inventory, snapshot.readAt);
    if (changed > 0) publisher.changed('workloads', 'images', 'overview', 'findings');
    const { problems: admission } = await readAdmission(session, reader, signal);
    await save(stateAfter(reader, snapshot, admission));
    return { status: 'read', snapshot, admission, changed };
  } catch (error) {
    if (signal.aborted) {
      await save(before);
      return { status: 'aborted' };
    }
    const state = failedState(before, error);
    deps.log.warn({ err: error, cluster: reader.id }, 'cluster could not be read');
    await save(state);
    return { status: 'failed', state };
  }
}

/** What we knew of the cluster before, or that it waits. */
export async function stateBefore(
  store: ScanSession['deps']['store'],
  reader: ClusterReader,
): Promise<ClusterState> {
  const row = (await store.clusters()).find(({ id }) => id === reader.id);
  const known = row && {
    ...(row.version !== null && { version: row.version }),
    ...(row.asOf !== null && { asOf: new Date(row.asOf) }),
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.detail !== null && { detail: row.detail }),
    ...(row.retryAt !== null && { retryAt: new Date(row.retryAt) }),
    state: row.state === 'scanning' ? ('waiting' as const) : row.state,
    watching: row.watching,
    problems: row.problems,
  };
  return { ...nameOf(reader), state: 'waiting', watching: false, problems: [], ...known };
}

/** How a cluster stands after a reading that worked; `admission` is what was missed of its policies. */
export function stateAfter(
  reader: ClusterReader,
  snapshot: ClusterSnapshot,
  admission: readonly ReadProblem[],
): ClusterState {
  // A broken file of manifests is missed by both readings, and told once.
  const told = new Set(snapshot.problems.map((one) => JSON.stringify(one)));
  const more = admission.filter((one) => !told.has(JSON.stringify(one)));
  const problems = [...snapshot.problems, ...more];
  const [problem] = problems;
  return {
    ...nameOf(reader),
    ...(snapshot.version !== undefined && { version: snapshot.version }),
    state: problem ? 'limited' : 'current',
    watching: false,
    asOf: snapshot.readAt,
    ...(problem && { reason: problem.reason, detail: `${problem.what}: ${problem.detail}` }),
    problems,
  };
}

function failedState(before: ClusterState, error: unknown): ClusterState {
  const { reason: _, detail: __, retryAt: ___, ...rest } = before;
  const known = error instanceof OperationalError;
  return {
    ...rest,
    state: 'failed',
    watching: false,
    reason: known ? error.code : 'cluster-error',
    detail: known
      ? error.message
      : `Reading ${before.name} failed inside Sealwatch; the log has the cause.`,
    ...(known && error.retryAt !== undefined && { retryAt: error.retryAt }),
  };
}

const nameOf = ({ id, name, kind, server }: ClusterReader) => ({
  id,
  name,
  kind,
  ...(server !== undefined && { server }),
});
