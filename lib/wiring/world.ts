import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { createGuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { createKeySource } from '#lib/adapters/keys/key-source.ts';
import { createClusterReaders } from '#lib/adapters/kubernetes/cluster-reader.ts';
import { createContentTrustReader } from '#lib/adapters/notary-server/content-trust-reader.ts';
import type { CredentialSource } from '#lib/adapters/registry/credentials.ts';
import { egressOf } from '#lib/adapters/registry/registry-options.ts';
import { createRegistryReader } from '#lib/adapters/registry/registry-reader.ts';
import { createRevocationSource } from '#lib/adapters/revocation/revocation-source.ts';
import { createTrustSource } from '#lib/adapters/trust/trust-source.ts';
import { createImageVerifier } from '#lib/adapters/verifier/worker-pool.ts';
import type { Environment } from '#lib/config/environment.ts';
import { log } from '#lib/log.ts';
import type { TrustData, TrustDataMemory } from '#lib/model/trust-data.ts';
import type { ClusterReader } from '#lib/ports/cluster.ts';
import type { Queue } from '#lib/ports/queue.ts';
import type { ScanDependencies, ScanningStore } from '#lib/scan/dependencies.ts';
import { openTrustData } from '#lib/verify/content-trust/open-trust-data.ts';
import { isRefusal } from '#lib/verify/refusal.ts';
import type { Configuration } from './configuration.ts';
import { egressOfNotaryServers, type NotaryServer } from './notary-servers.ts';
import { vaultOf } from './vault.ts';

/** Evidence is capped at some MiB; a thread that wants more than this is under attack. */
const verifierHeapMib = 512;

/** The ports of one configuration to the world; a changed configuration gets new ones. */
export interface World
  extends Pick<
    ScanDependencies,
    'registry' | 'verifier' | 'trust' | 'keys' | 'clusters' | 'contentTrust'
  > {
  close(): Promise<void>;
}

/** Builds readers, verifier and trust of a configuration. Nothing is asked of the world yet. */
export async function openWorld(
  configuration: Configuration,
  environment: Environment,
): Promise<World> {
  const egress = egressOf(configuration.hosts);
  const vault = vaultOf(environment);
  const offline = configuration.offline === true;
  const notary = egressOfNotaryServers(configuration.contentTrust);
  const further = offline ? [] : [...notary.allow, ...mirrorsOf(configuration)];
  const http = createGuardedClient({
    allow: [
      ...egress.allow,
      ...configuration.allow,
      ...further,
      ...(vault && !offline ? [vault.host] : []),
    ],
    onlyNamed: offline,
    tls: new Map([
      ...egress.tls,
      ...notary.tls,
      ...(vault?.tls ? [[vault.host, vault.tls] as const] : []),
    ]),
    proxy: proxyOf(environment),
  });
  const clusters = createClusterReaders(configuration.clusters);
  const verifier = createImageVerifier({
    worker: () =>
      new Worker(new URL('../scan/verify-worker.ts', import.meta.url), {
        resourceLimits: { maxOldGenerationSizeMb: verifierHeapMib },
      }),
    size: environment.workers ?? Math.max(1, availableParallelism() - 1),
    ...(!offline && { revocation: createRevocationSource({ http }) }),
  });
  const { hosts } = configuration;
  const credentials = [...configuration.credentials, ...(await pullSecrets(clusters))];
  const cacheDir = path.join(environment.dataDir, 'trust');
  return {
    verifier,
    clusters,
    registry: createRegistryReader({ hosts, http, credentials }),
    ...(configuration.contentTrust.length > 0 && {
      contentTrust: createContentTrustReader({
        servers: serversOf(configuration),
        http,
        hosts,
        credentials,
        memoryDir: path.join(cacheDir, 'content-trust'),
        verify: verifiedMemory,
        offline,
      }),
    }),
    trust: createTrustSource({
      roots: configuration.trustRoots,
      cacheDir,
      ...(!offline && { http }),
    }),
    keys: createKeySource({ http, clusters, ...(vault && { vault: vault.options }) }),
    close: async () => {
      await verifier.close();
      await http.close();
    },
  };
}

/** Pinned keys matter where an authority that holds them is in use. */
const serversOf = ({ contentTrust, authorities }: Configuration): readonly NotaryServer[] => {
  const inUse = authorities.some(({ kind }) => kind === 'content-trust');
  return contentTrust.map((server) => ({ ...server, pinned: server.pinned && inUse }));
};

/** What may be remembered of trust data: only what holds. */
function verifiedMemory(data: TrustData): Omit<TrustDataMemory, 'since'> | undefined {
  const opened = openTrustData(data);
  return isRefusal(opened) ? undefined : opened.memory;
}

/** Mirrors that the operator wrote down may have private addresses. */
const mirrorsOf = ({ trustRoots }: Configuration): readonly string[] =>
  trustRoots.flatMap((root) => (root.kind === 'tuf' ? [new URL(root.mirror).host] : []));

/** What a scan needs: the world of a configuration, and where results go. */
export const dependenciesOf = (
  world: World,
  configuration: Configuration,
  store: ScanningStore,
  queue: Queue,
): ScanDependencies => ({
  ...world,
  store,
  queue,
  declared: configuration.declared,
  authorities: configuration.authorities,
  elsewhere: configuration.elsewhere,
  rules: { inheritFromIndex: configuration.scan.inheritFromIndex },
  platforms: configuration.scan.platforms,
  teamLabels: configuration.teamLabels,
  log,
  now: () => new Date(),
});

const proxyOf = ({ variables }: Environment) => {
  const read = (name: string) => variables[name] || variables[name.toLowerCase()];
  const [https, http, none] = [read('HTTPS_PROXY'), read('HTTP_PROXY'), read('NO_PROXY')];
  return {
    ...(https && { https }),
    ...(http && { http }),
    ...(none && { none }),
  };
};

/** A cluster that cannot be asked now has no secrets now; its own page says why. */
async function pullSecrets(clusters: readonly ClusterReader[]): Promise<CredentialSource[]> {
  const found = await Promise.all(
    clusters.map(async (cluster) => {
      try {
        const texts = await cluster.pullSecrets();
        return texts.map((dockerConfig) => ({
          label: `pull secret of ${cluster.name}`,
          dockerConfig,
        }));
      } catch (error) {
        log.warn({ err: error, cluster: cluster.name }, 'pull secrets could not be read');
        return [];
      }
    }),
  );
  return found.flat();
}
