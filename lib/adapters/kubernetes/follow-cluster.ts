import { setTimeout as pause } from 'node:timers/promises';
import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { ClusterChange, ClusterReader, ClusterSnapshot } from '#lib/ports/cluster.ts';
import { type ApiClient, backOff } from './api-client.ts';
import { type Channel, createChannel } from './channel.ts';
import type { ReaderTimings } from './cluster-source.ts';
import { createFreshness, type Freshness } from './freshness.ts';
import { createPool } from './reduce.ts';
import type { ClusterList } from './resources.ts';
import { type Observed, type Watching, watchList } from './watch-list.ts';

export interface Following {
  readonly client: ApiClient;
  readonly lists: readonly ClusterList[];
  readonly timings: ReaderTimings;
  readonly read: ClusterReader['read'];
}

/** A stream that ended sooner than this did not work, whatever the server called it. */
const shortestStreamMs = 1_000;
/** Readings that follow one another faster than this are spaced out. */
const calmMs = 60_000;

/**
 * Follows a cluster from a reading on: one watch for each list that could be read, all reported in
 * one sequence. Whatever may have been missed is not guessed: the cluster is read again, whole.
 * Ends only when `signal` is aborted or the caller stops.
 */
export async function* followCluster(
  following: Following,
  from: ClusterSnapshot,
  signal: AbortSignal,
): AsyncGenerator<ClusterChange> {
  let positions = from.positions;
  let readAt = from.readAt;
  let readings = 0;
  while (!signal.aborted) {
    const startedAt = Date.now();
    let why: ClusterChange | undefined;
    if (positions !== undefined) why = yield* watchAll(following, positions, readAt, signal);
    if (signal.aborted) return;
    if (why !== undefined) yield why;
    readings = Date.now() - startedAt > calmMs ? 0 : readings + 1;
    if (readings > 1) await rest(backOff(readings - 1, following.timings), signal);
    const snapshot = yield* readAgain(following, signal);
    if (snapshot === undefined) return;
    yield { type: 'relisted', snapshot };
    ({ positions, readAt } = snapshot);
  }
}

/** Reads until it works; undefined when stopped. */
async function* readAgain(
  { read, timings }: Following,
  signal: AbortSignal,
): AsyncGenerator<ClusterChange, ClusterSnapshot | undefined> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await read({ signal });
    } catch (error) {
      if (signal.aborted) return undefined;
      const waitMs = waitAfter(error, failures, timings);
      yield interruption(error, waitMs);
      await rest(waitMs, signal);
    }
  }
}

/** Watches every list until one of them has a gap, which it returns as the interruption it is. */
async function* watchAll(
  { client, lists, timings }: Following,
  positions: Readonly<Record<string, string>>,
  readAt: Date,
  signal: AbortSignal,
): AsyncGenerator<ClusterChange, ClusterChange | undefined> {
  const round = new AbortController();
  const stop = () => round.abort();
  signal.addEventListener('abort', stop, { once: true });
  const channel = createChannel<ClusterChange>(limits.watchBacklog);
  const freshness = createFreshness(readAt);
  let gap: ClusterChange | undefined;
  const runs = lists.flatMap((list) => {
    const version = positions[list.path];
    if (version === undefined) return [];
    const watching: Watching = { client, timings, pool: createPool(), signal: round.signal };
    return [followList({ list, version, watching, channel, freshness: freshness.stream(list) })];
  });
  if (runs.length === 0) return undefined;
  const over = Promise.race(runs)
    .then((detail) => {
      gap = interruption(new OperationalError('cluster-error', `reading again: ${detail}`), 0);
    })
    .finally(() => {
      round.abort();
      channel.close();
    });
  try {
    yield* channel.read();
    await over;
    return gap;
  } finally {
    signal.removeEventListener('abort', stop);
    round.abort();
    channel.close();
    await Promise.allSettled(runs);
  }
}

/** One list being followed: where it stands, and to whom it tells. */
interface Stream {
  readonly list: ClusterList;
  version: string;
  readonly watching: Watching;
  readonly channel: Channel<ClusterChange>;
  readonly freshness: ReturnType<Freshness['stream']>;
}

/** Watches one list, over and over, until there is a gap: returns what it was. */
async function followList(stream: Stream): Promise<string> {
  const { channel, freshness } = stream;
  const { signal, timings } = stream.watching;
  let failures = 0;
  while (!signal.aborted) {
    const before = stream.version;
    try {
      const gap = await watchOnce(stream);
      if (gap !== undefined) return gap;
      if (stream.version !== before) failures = 0;
    } catch (error) {
      if (signal.aborted) break;
      failures = stream.version === before ? failures + 1 : 1;
      freshness.broken();
      const waitMs = waitAfter(error, failures, timings);
      await channel.push(interruption(error, waitMs));
      await rest(waitMs, signal);
    }
  }
  return 'stopped';
}

/** One watch from opening to its regular end, or to a gap, which is returned. */
async function watchOnce(stream: Stream): Promise<string | undefined> {
  const { list, watching, channel } = stream;
  const startedAt = Date.now();
  for await (const observed of watchList(list, stream.version, watching)) {
    if (observed.type === 'gap') return `${list.resource.plural}: ${observed.detail}`;
    stream.version = observed.version;
    const change = changeOf(list, observed, stream.freshness);
    if (change !== undefined) await channel.push(change);
  }
  if (Date.now() - startedAt < shortestStreamMs && !watching.signal.aborted)
    throw endedAtOnce(list);
  return undefined;
}

function changeOf(
  { resource }: ClusterList,
  observed: Exclude<Observed, { type: 'gap' }>,
  freshness: Stream['freshness'],
): ClusterChange | undefined {
  const resourceVersion = observed.version;
  if (observed.type === 'bookmark') return freshness.bookmark(resourceVersion, new Date());
  if (observed.type === 'seen') {
    const { object } = observed;
    return object.type === 'pod' ? { ...object, resourceVersion } : object;
  }
  const { uid, name } = observed;
  if (resource.kind === 'Pod') return { type: 'pod-gone', uid, resourceVersion };
  if (resource.kind === 'Namespace') return { type: 'namespace-gone', name };
  return { type: resource.metadataOnly ? 'owner-gone' : 'controller-gone', uid };
}

const endedAtOnce = ({ path }: ClusterList): OperationalError =>
  new OperationalError('cluster-error', `the API server ends the watch of ${path} at once`, {
    retryable: true,
  });

function waitAfter(error: unknown, failures: number, timings: ReaderTimings): number {
  const asked = error instanceof OperationalError ? error.retryAt : undefined;
  const askedMs = asked === undefined ? 0 : asked.getTime() - Date.now();
  return Math.max(backOff(failures, timings), Math.min(askedMs, timings.backOffMs[1]));
}

/** A bug in our own code stops nothing either: it is told like a failure of the world. */
function interruption(error: unknown, waitMs: number): ClusterChange {
  const known = error instanceof OperationalError;
  return {
    type: 'interrupted',
    reason: known ? error.code : 'cluster-error',
    detail: error instanceof Error ? error.message : String(error),
    retryAt: new Date(Date.now() + waitMs),
  };
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
