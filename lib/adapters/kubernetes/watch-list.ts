import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { ApiClient, Ask } from './api-client.ts';
import { ApiError } from './api-error.ts';
import type { ReaderTimings } from './cluster-source.ts';
import { parseJson } from './json-text.ts';
import type { Pool } from './reduce.ts';
import type { ClusterList, Reduced } from './resources.ts';
import { AnyObject, ResourceVersion, Status, WatchEvent } from './schemas.ts';
import { linesOf, untilSilent } from './watch-lines.ts';

const metadataObject = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** What one line of a watch says. After `gap` the list must be read anew to know the truth. */
export type Observed =
  | { readonly type: 'seen'; readonly object: Reduced; readonly version: string }
  | {
      readonly type: 'gone';
      readonly uid: string;
      readonly name: string;
      readonly version: string;
    }
  | { readonly type: 'bookmark'; readonly version: string }
  | { readonly type: 'gap'; readonly detail: string };

export interface Watching {
  readonly client: ApiClient;
  readonly timings: ReaderTimings;
  readonly pool: Pool;
  readonly signal: AbortSignal;
}

/**
 * Watches one list from a resource version until the server ends the stream or the caller stops
 * reading, which closes the connection.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 * @throws OperationalError when the stream cannot be opened, breaks or falls silent
 */
export async function* watchList(
  { resource, path }: ClusterList,
  from: string,
  { client, timings, pool, signal }: Watching,
): AsyncGenerator<Observed> {
  const [shortest, longest] = timings.watchSeconds;
  const query = new URLSearchParams({
    watch: '1',
    allowWatchBookmarks: 'true',
    resourceVersion: from,
    timeoutSeconds: String(Math.round(shortest + Math.random() * (longest - shortest))),
  });
  const ask: Ask = {
    path: `${path}${path.includes('?') ? '&' : '?'}${query}`,
    signal,
    ...(resource.metadataOnly && { accept: `${metadataObject},application/json` }),
  };
  const body = await client.stream(ask).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 410) return undefined;
    throw error;
  });
  if (body === undefined) {
    yield gap('the resource version is too old');
    return;
  }
  try {
    const lines = linesOf(untilSilent(body, timings.watchSilenceMs), limits.watchLineBytes);
    for await (const line of lines) yield observe(line, resource, pool);
  } catch (error) {
    signal.throwIfAborted();
    throw broken(path, error);
  } finally {
    // Its own complaint about being closed early concerns nobody.
    body.on('error', () => undefined).destroy();
  }
}

function broken(path: string, error: unknown): OperationalError {
  if (error instanceof OperationalError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new OperationalError('cluster-unreachable', `the watch of ${path} broke off: ${why}`, {
    retryable: true,
    cause: error,
  });
}

const gap = (detail: string): Observed => ({ type: 'gap', detail });

function observe(line: Buffer, resource: ClusterList['resource'], pool: Pool): Observed {
  const event = WatchEvent.safeParse(jsonOf(line)).data;
  if (event === undefined) return gap('a line of the watch is not an event');
  const { type, object } = event;
  if (type === 'ERROR') return failed(Status.safeParse(object).data);
  const version = ResourceVersion.safeParse(object).data?.metadata.resourceVersion;
  if (version === undefined) return gap(`an event of type ${type} has no resource version`);
  if (type === 'BOOKMARK') return { type: 'bookmark', version };
  if (type === 'DELETED') {
    const metadata = AnyObject.safeParse(object).data?.metadata;
    if (metadata === undefined) return gap('a deleted object has no metadata');
    return { type: 'gone', uid: metadata.uid, name: metadata.name, version };
  }
  if (type !== 'ADDED' && type !== 'MODIFIED') return gap(`an event of unknown type ${type}`);
  const reduced = resource.reduce(object, pool);
  if (reduced.type === 'malformed') return gap(`${reduced.what}: ${reduced.detail}`);
  return { type: 'seen', object: reduced, version };
}

function failed(status: Status | undefined): Observed {
  if (status?.code === 410) return gap(`the resource version is too old: ${status.message}`);
  throw new OperationalError(
    'cluster-error',
    `the watch was ended by the API server: ${status?.message || 'no reason given'}`,
    { retryable: true },
  );
}

function jsonOf(line: Buffer): unknown {
  try {
    return parseJson(line);
  } catch {
    return undefined;
  }
}
