import { OperationalError } from '#lib/errors.ts';
import { limits } from '#lib/model/limits.ts';
import type { ApiClient } from './api-client.ts';
import { ApiError, BodyTooLarge } from './api-error.ts';
import { ListPage } from './schemas.ts';

const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** Page sizes: the next smaller one when a page is too large to hold. */
const pageSizes = [limits.podPage, Math.ceil(limits.podPage / 10), 1];

/** A list by its path, with a query where only some objects are wanted. */
export interface ListToRead {
  readonly path: string;
  readonly resource: { readonly metadataOnly: boolean };
  /** What a refusal asks to be granted; by default what a watched list needs. */
  readonly verbs?: string;
  /** Nesting of a page that is let through; then a deep item is the caller's to refuse. */
  readonly depth?: number;
}

export interface PagerOptions {
  readonly signal: AbortSignal;
  /** Called with the items of each page; what it keeps, it has reduced. */
  readonly onPage: (items: readonly unknown[]) => void;
  /** The list begins again: what was kept of it is void. */
  readonly onRestart: () => void;
}

/**
 * Reads a whole list page by page at one resource version, which it returns. When the API server
 * has forgotten that version in between (410 Expired), the list begins again: the token that it
 * offers to go on with would mix two states of the cluster.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 * @throws OperationalError cluster-*, limit-exceeded
 */
export async function readList(
  client: ApiClient,
  list: ListToRead,
  options: PagerOptions,
): Promise<string> {
  let size = 0;
  let restarts = 0;
  for (;;) {
    try {
      return await readPages(client, list, pageSizes[size] ?? 1, options);
    } catch (error) {
      if (error instanceof BodyTooLarge) size += 1;
      else if (isExpired(error)) restarts += 1;
      else throw error;
      if (size === pageSizes.length) throw error;
      if (restarts > limits.listRestarts) throw keepsExpiring(error, restarts);
      options.onRestart();
    }
  }
}

async function readPages(
  client: ApiClient,
  { path, resource, verbs, depth }: ListToRead,
  size: number,
  { signal, onPage }: PagerOptions,
): Promise<string> {
  let token = '';
  let resourceVersion = '';
  do {
    const query = new URLSearchParams({ limit: String(size), ...(token && { continue: token }) });
    const body = await client.json({
      path: `${path}${path.includes('?') ? '&' : '?'}${query}`,
      signal,
      ...(verbs !== undefined && { verbs }),
      ...(depth !== undefined && { depth }),
      ...(resource.metadataOnly && { accept: `${metadataList},application/json` }),
    });
    const page = ListPage.safeParse(body);
    if (!page.success || page.data.items === undefined)
      throw new OperationalError('cluster-error', `GET ${path}: the answer is not a list`, {
        retryable: true,
      });
    onPage(page.data.items ?? []);
    const next = page.data.metadata.continue ?? '';
    // The same token again would be the same page again, for ever.
    if (next !== '' && next === token)
      throw new OperationalError('cluster-error', `GET ${path}: the list does not go on`);
    token = next;
    resourceVersion = page.data.metadata.resourceVersion;
  } while (token !== '');
  return resourceVersion;
}

const isExpired = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.status === 410;

const keepsExpiring = (error: OperationalError, times: number): OperationalError =>
  new OperationalError(
    'cluster-error',
    `${error.message}; the list expired ${times} times before its end: ` +
      'the API server forgets faster than we read (etcd compaction interval, slow network)',
    { retryable: true, cause: error },
  );
