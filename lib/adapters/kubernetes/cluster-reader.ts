import type { ClusterReader } from '#lib/ports/cluster.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import {
  type ApiSource,
  type ClusterSource,
  defaultTimings,
  type ReaderTimings,
} from './cluster-source.ts';
import { createConnection, serverOf } from './connection.ts';
import { createFileReader } from './file-reader.ts';
import { followCluster } from './follow-cluster.ts';
import { readPullSecrets } from './pull-secrets.ts';
import { readAdmission } from './read-admission.ts';
import { readCluster } from './read-cluster.ts';
import { listsFor } from './resources.ts';
import { readSigningKey } from './signing-key.ts';

/**
 * Makes one reader for each source. Nothing is opened and nothing can fail here: a source that
 * cannot be read says so when it is read, and the others are not concerned.
 */
export const createClusterReaders = (
  sources: readonly ClusterSource[],
  timings: Partial<ReaderTimings> = {},
): readonly ClusterReader[] =>
  sources.map((source) =>
    source.kind === 'kubeconfig' || source.kind === 'in-cluster'
      ? createApiReader(source, { ...defaultTimings, ...timings })
      : createFileReader(source),
  );

function createApiReader(source: ApiSource, timings: ReaderTimings): ClusterReader {
  const { id, name, kind, namespaces, pullSecrets } = source;
  const connection = createConnection(source);
  const client: ApiClient = createApiClient(name, connection, timings);
  const lists = listsFor(namespaces);
  const server = serverOf(source);
  const read: ClusterReader['read'] = (options) => {
    // Each reading begins with the kubeconfig as it stands now.
    connection.reload();
    return readCluster(client, lists, options);
  };
  return {
    id,
    name,
    kind,
    ...(server !== undefined && { server }),
    read,
    readAdmission: (options) => readAdmission(client, namespaces, options),
    follow: (from, signal) => followCluster({ client, lists, timings, read }, from, signal),
    pullSecrets: () => readPullSecrets(client, name, pullSecrets ?? []),
    signingKey: (namespace, secret) => readSigningKey(client, name, namespace, secret),
  };
}
