import type { ClusterReader } from '#lib/ports/cluster.ts';
import { type Follower, followCluster } from './follow-cluster.ts';
import { type ClusterReading, readCluster } from './read-cluster.ts';
import type { ScanSession } from './session.ts';

const longestRetryMs = 10 * 60_000;

/** Has the clusters in hand: one reading at a time of each, and what happens between readings. */
export interface ClusterKeeper {
  read(reader: ClusterReader, signal: AbortSignal): Promise<ClusterReading>;
  stop(): Promise<void>;
}

/** Reads and does nothing between: for one scan without a server. */
export const readOnlyKeeper = (session: ScanSession): ClusterKeeper => ({
  read: (reader, signal) => readCluster(session, reader, signal),
  stop: async () => undefined,
});

interface Kept {
  busy: Promise<unknown>;
  follower?: Follower | undefined;
  retry?: NodeJS.Timeout | undefined;
  failures: number;
}

/**
 * Follows every cluster from its latest reading on, and reads a cluster again by itself, later and
 * later, when it could not be read.
 */
export function createClusterKeeper(session: ScanSession, onChange: () => void): ClusterKeeper {
  const clusters = new Map<string, Kept>();
  const stopping = new AbortController();

  function kept(id: string): Kept {
    const known = clusters.get(id) ?? { busy: Promise.resolve(), failures: 0 };
    clusters.set(id, known);
    return known;
  }

  async function readNow(
    reader: ClusterReader,
    cluster: Kept,
    signal: AbortSignal,
  ): Promise<ClusterReading> {
    clearTimeout(cluster.retry);
    cluster.follower?.hold();
    const reading = await readCluster(session, reader, signal);
    if (stopping.signal.aborted) return reading;
    if (reading.status === 'read') {
      cluster.failures = 0;
      await cluster.follower?.stop();
      cluster.follower =
        reading.snapshot.resourceVersion === undefined
          ? undefined
          : followCluster(session, reader, reading, {
              onChange,
              onEnd(cause) {
                session.deps.log.error({ err: cause, cluster: reader.id }, 'watch ended');
                cluster.follower = undefined;
                retryLater(reader, cluster);
              },
            });
    } else {
      cluster.follower?.release();
      if (reading.status === 'failed' && !cluster.follower) {
        const retryAt = retryLater(reader, cluster, reading.state.retryAt);
        await session.deps.store.saveCluster({ ...reading.state, retryAt });
      }
    }
    return reading;
  }

  function read(reader: ClusterReader, signal: AbortSignal): Promise<ClusterReading> {
    const cluster = kept(reader.id);
    const both = AbortSignal.any([signal, stopping.signal]);
    const reading = cluster.busy.then(() => readNow(reader, cluster, both));
    cluster.busy = reading.catch(() => undefined);
    return reading;
  }

  function retryLater(reader: ClusterReader, cluster: Kept, asked?: Date): Date {
    const own = Math.min(longestRetryMs, session.pace.clusterRetryMs * 2 ** cluster.failures);
    const now = session.deps.now().getTime();
    const delay = Math.max(own, (asked?.getTime() ?? 0) - now);
    cluster.failures += 1;
    clearTimeout(cluster.retry);
    cluster.retry = setTimeout(() => {
      read(reader, stopping.signal).then(
        ({ status }) => status === 'read' && onChange(),
        (error: unknown) => session.deps.log.error({ err: error }, 'cluster retry failed'),
      );
    }, delay).unref();
    return new Date(now + delay);
  }

  return {
    read,
    async stop() {
      stopping.abort();
      for (const { retry } of clusters.values()) clearTimeout(retry);
      await Promise.all(
        [...clusters.values()].flatMap(({ busy, follower }) => [busy, follower?.stop()]),
      );
    },
  };
}
