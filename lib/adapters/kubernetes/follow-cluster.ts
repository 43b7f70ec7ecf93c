import type { ClusterChange, ClusterReader, ClusterSnapshot } from '#lib/ports.ts';
import type { ApiClient } from './api-client.ts';
import type { ReaderTimings } from './cluster-source.ts';
import type { ClusterList } from './resources.ts';

export interface Following {
  readonly client: ApiClient;
  readonly lists: readonly ClusterList[];
  readonly timings: ReaderTimings;
  readonly read: ClusterReader['read'];
}

/** Follows a cluster from a reading on. */
export async function* followCluster(
  _following: Following,
  _from: ClusterSnapshot,
  signal: AbortSignal,
): AsyncGenerator<ClusterChange> {
  yield* [];
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
