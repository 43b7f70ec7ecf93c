import type { GuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { limits as defaultLimits } from '#lib/model/limits.ts';
import type { FetchedManifest, RegistryReader } from '#lib/ports/registry.ts';
import { createAsk } from './asking.ts';
import {
  getBlob,
  getManifest,
  type QuestionContext,
  refuseMalformedHost,
  resolveTag,
} from './content.ts';
import { type CredentialSource, createCredentialStore } from './credentials.ts';
import { createExchange } from './exchange.ts';
import { createInFlight } from './gate.ts';
import { createHostState, type HostState } from './host-state.ts';
import { getReferrers, getRepositories, getTags } from './lists.ts';
import type { RegistryHostOptions, RegistryLimits } from './registry-options.ts';
import { statusOf } from './registry-status.ts';
import { createTokenService } from './tokens.ts';

export interface RegistryReaderOptions {
  readonly hosts: readonly RegistryHostOptions[];
  /** Must allow the hosts above; see {@link egressOf}. */
  readonly http: GuardedClient;
  readonly credentials?: readonly CredentialSource[];
  /** Share of an announced pull budget that is left to the clusters. */
  readonly budgetReserve?: number;
  readonly limits?: Partial<RegistryLimits>;
  readonly now?: () => Date;
  readonly random?: () => number;
}

/** A reader whose found credentials can be replaced: pull secrets come and go. */
export interface RegistryClient extends RegistryReader {
  setCredentials(sources: readonly CredentialSource[]): void;
  /** Credential sources that could not be read. */
  credentialProblems(): readonly string[];
}

/** Opens the distribution API of any number of registries, read-only. */
export function createRegistryReader(options: RegistryReaderOptions): RegistryClient {
  const limits = { ...defaultLimits, ...options.limits };
  const { now = () => new Date(), random = Math.random } = options;
  const states = new Map<string, HostState>();
  let credentials = createCredentialStore(options.hosts, options.credentials ?? []);
  const exchange = createExchange({
    http: options.http,
    tokens: createTokenService(options.http, now),
    credentials: () => credentials,
    redirects: limits.redirects,
    now,
  });
  const context: QuestionContext = {
    ask: createAsk({ exchange, limits, now, random }),
    stateOf: (registry) => {
      const known = states.get(registry);
      if (known !== undefined) return known;
      refuseMalformedHost(registry);
      const named = options.hosts.find(({ host }) => host === registry);
      const made = createHostState(registry, named, limits);
      states.set(registry, made);
      return made;
    },
    limits,
    reserve: options.budgetReserve ?? 0.2,
    now,
  };
  for (const { host } of options.hosts) context.stateOf(host);
  const manifests = createInFlight<FetchedManifest | undefined>();
  const blobs = createInFlight<Uint8Array>();

  return {
    resolveTag: (registry, repository, tag) => resolveTag(context, registry, repository, tag),
    manifest: (registry, repository, reference) =>
      manifests(`${registry}/${repository} ${reference}`, () =>
        getManifest(context, registry, repository, reference),
      ),
    blob: (registry, repository, descriptor, cap) =>
      blobs(`${registry}/${repository} ${descriptor.digest} ${descriptor.size} ${cap}`, () =>
        getBlob(context, registry, repository, descriptor, cap),
      ),
    referrers: (registry, repository, digest) =>
      getReferrers(context, registry, repository, digest),
    tags: (registry, repository) => getTags(context, registry, repository),
    repositories: (registry) => getRepositories(context, registry),
    status: () => [...states.values()].map((state) => statusOf(state, credentials)),
    setCredentials(sources) {
      credentials = createCredentialStore(options.hosts, sources);
    },
    credentialProblems: () => credentials.problems,
  };
}
