import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { type Ask, createAsk } from '#lib/adapters/registry/asking.ts';
import type { CredentialSource } from '#lib/adapters/registry/credentials.ts';
import { type CredentialStore, createCredentialStore } from '#lib/adapters/registry/credentials.ts';
import { createExchange } from '#lib/adapters/registry/exchange.ts';
import { createInFlight } from '#lib/adapters/registry/gate.ts';
import { createHostState, type HostState } from '#lib/adapters/registry/host-state.ts';
import {
  endpointOf,
  type RegistryHostOptions,
  type RegistryLimits,
} from '#lib/adapters/registry/registry-options.ts';
import { createTokenService } from '#lib/adapters/registry/tokens.ts';
import { OperationalError } from '#lib/errors.ts';
import { limits as defaultLimits } from '#lib/model/limits.ts';
import { type TrustData, type TrustDataMemory, trustDataRetiresOn } from '#lib/model/trust-data.ts';
import type { ContentTrustReader, TrustDataAnswer } from '#lib/ports/trust.ts';
import { fetchTrustData } from './fetch-trust-data.ts';
import { keepMemory, readMemory } from './trust-memory.ts';

/** A Notary v1 server and the images whose trust data it has. */
export interface NotaryServerOptions {
  /** Whether it is asked about `registry/repository`. */
  readonly covers: (name: string) => boolean;
  /** Origin; by default that of Docker Hub, or the registry itself, as ACR has it. */
  readonly server?: string;
  readonly insecure?: boolean;
  readonly tokenRealms?: readonly string[];
  /** True when root keys are pinned: then a look that fails leaves the image inconclusive. */
  readonly pinned: boolean;
  /** Delegations that are demanded. */
  readonly delegations: readonly string[];
}

export interface ContentTrustOptions {
  readonly servers: readonly NotaryServerOptions[];
  /** Must allow the servers above. */
  readonly http: GuardedClient;
  /** Credentials of registries, which their trust servers take as well. */
  readonly hosts: readonly RegistryHostOptions[];
  readonly credentials: readonly CredentialSource[];
  /** Folder in which is remembered what was verified. */
  readonly memoryDir: string;
  /** Verifies the metadata. @returns what may be remembered of it, or undefined when it does not hold */
  readonly verify: (data: TrustData) => Omit<TrustDataMemory, 'since'> | undefined;
  /** An air gap: no server is asked, and what is pinned stays unknown. */
  readonly offline?: boolean;
  readonly limits?: Partial<RegistryLimits>;
  readonly now?: () => Date;
  readonly random?: () => number;
}

/** Reads trust data with the token flow, the guard and the limits of the registry reader. */
export function createContentTrustReader(options: ContentTrustOptions): ContentTrustReader {
  const { now = () => new Date() } = options;
  const look = createLook(options, now);
  const reads = createInFlight<TrustDataAnswer>();
  const recent = new Map<string, { readonly until: number; readonly answer: TrustDataAnswer }>();
  const originOf = ({ server }: NotaryServerOptions, registry: string): string =>
    server ?? ownServer(registry, options.hosts);
  const optionsFor = (registry: string, repository: string) =>
    options.servers.find(({ covers }) => covers(`${registry}/${repository}`));

  return {
    settingFor(registry, repository) {
      const found = optionsFor(registry, repository);
      return found && { server: originOf(found, registry), pinned: found.pinned };
    },
    async read(registry, repository) {
      const server = optionsFor(registry, repository);
      if (server === undefined)
        throw new RangeError(`no trust server is named for ${registry}/${repository}`);
      const origin = originOf(server, registry);
      if (options.offline)
        throw new OperationalError(
          'egress-blocked',
          `trust data of ${registry}/${repository}: ${origin} is not asked offline`,
        );
      const key = `${origin} ${registry}/${repository}`;
      const known = recent.get(key);
      if (known !== undefined && known.until > now().getTime()) return known.answer;
      return reads(key, async () => {
        const answer = await look({ ...server, server: origin }, registry, repository).catch(
          asOperational,
        );
        if (recent.size >= keptAnswers) recent.clear();
        recent.set(key, { until: now().getTime() + defaultLimits.trustDataAgeMs, answer });
        return answer;
      });
    },
  };
}

/** Docker Hub has a server for trust data; any other registry serves its own. */
function ownServer(registry: string, hosts: readonly RegistryHostOptions[]): string {
  if (registry === 'docker.io') return 'https://notary.docker.io';
  return endpointOf(
    registry,
    hosts.find(({ host }) => host === registry),
  ).origin;
}

type Look = (
  server: NotaryServerOptions & { readonly server: string },
  registry: string,
  repository: string,
) => Promise<TrustDataAnswer>;

/** One look at a server: fetched with what is remembered, verified, and remembered in its turn. */
function createLook(options: ContentTrustOptions, now: () => Date): Look {
  const limits = { ...defaultLimits, ...options.limits };
  const credentials = createCredentialStore(options.hosts, options.credentials);
  const tokens = createTokenService(options.http, now);
  const states = new Map<string, HostState>();
  const askOf = (registry: string, state: HostState): Ask =>
    createAsk({
      exchange: createExchange({
        http: options.http,
        tokens,
        credentials: () => sharedWith(registry, state, credentials),
        redirects: limits.redirects,
        now,
      }),
      limits,
      now,
      random: options.random ?? Math.random,
    });

  return async (server, registry, repository) => {
    const { host, hostname, origin } = new URL(server.server);
    const retired = retirement(hostname, now());
    if (retired !== undefined) return { state: 'retired', detail: retired };
    const { insecure = false, tokenRealms = [] } = server;
    const settings = { host, endpoint: origin, insecure, tokenRealms };
    const state = states.get(origin) ?? createHostState(host, settings, limits);
    states.set(origin, state);
    const gun = `${registry}/${repository}`;
    const answer = await fetchTrustData({
      ask: askOf(registry, state),
      state,
      gun,
      delegations: wantedDelegations(server.delegations),
      memory: await readMemory(options.memoryDir, origin, gun),
    });
    const verified = answer.state === 'found' ? options.verify(answer.data) : undefined;
    if (verified !== undefined) {
      const memory = { ...verified, since: now().toISOString() };
      await keepMemory(options.memoryDir, origin, gun, memory);
    }
    return answer;
  };
}

/** Each may hold some MiB of metadata. */
const keptAnswers = 64;

/** A memory that cannot be read or written is as bad as a server that cannot be asked. */
function asOperational(error: unknown): never {
  if (error instanceof OperationalError) throw error;
  const message = error instanceof Error ? error.message : 'unknown failure';
  throw new OperationalError('trustroot-missing', `trust data: ${message}`, {
    retryable: true,
    cause: error,
  });
}

/** `targets/releases` is what docker writes; a demanded one is reached through its parents. */
const wantedDelegations = (demanded: readonly string[]): readonly string[] => [
  ...new Set([
    'targets/releases',
    ...demanded.flatMap((role) =>
      role
        .split('/')
        .flatMap((_, index, parts) => (index === 0 ? [] : [parts.slice(0, index + 1).join('/')])),
    ),
  ]),
];

/** Why a service is not asked any more. */
function retirement(hostname: string, now: Date): string | undefined {
  const day = trustDataRetiresOn(hostname);
  if (day === undefined || now < new Date(`${day}T00:00:00Z`)) return undefined;
  return `${hostname} ended on ${day}; there is no trust data any more`;
}

/**
 * A trust server gets the credentials that were given for its own host. Those of the registry only
 * where both are known to be of one service: Docker Hub, or the registry itself.
 */
function sharedWith(registry: string, state: HostState, store: CredentialStore): CredentialStore {
  const isHub = registry === 'docker.io' && state.endpoint.origin === 'https://notary.docker.io';
  if (!isHub) return store;
  const hub = { host: 'docker.io', endpoint: new URL('https://registry-1.docker.io') };
  return {
    ...store,
    for: (_, repository) => store.for(hub, repository.replace(/^docker\.io\//, '')),
  };
}
