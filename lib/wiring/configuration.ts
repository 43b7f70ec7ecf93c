import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ClusterSource } from '#lib/adapters/kubernetes/cluster-source.ts';
import { contextsOf } from '#lib/adapters/kubernetes/kubeconfig.ts';
import type { CredentialSource } from '#lib/adapters/registry/credentials.ts';
import type { RegistryHostOptions } from '#lib/adapters/registry/registry-options.ts';
import type { TrustRootOptions } from '#lib/adapters/trust/trust-source.ts';
import { readAuthorities, type WrittenAuthority } from '#lib/config/authorities.ts';
import { readContentTrust } from '#lib/config/content-trust.ts';
import { readCredentials } from '#lib/config/credentials.ts';
import type { Environment } from '#lib/config/environment.ts';
import { type ReadConfig, readConfig } from '#lib/config/read-config.ts';
import { type ClusterEntry, ConfigFile } from '#lib/config/schema.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type Authority, type ShippedTrustRoot, shippedTrustRoots } from '#lib/model/authority.ts';
import { parseReference } from '#lib/model/reference.ts';
import type { DeclaredRepository, ElsewhereRule } from '#lib/ports/registry.ts';
import { authorityFingerprint } from '#lib/verify/authority-fingerprint.ts';
import { checkIdentityRules } from './authority-rules.ts';
import { type NotaryServer, notaryServers } from './notary-servers.ts';

/** Everything the operator said, read and checked, in the terms of the ports. */
export interface Configuration {
  /** Absent when there is no file and the defaults hold. */
  readonly path?: string;
  readonly notice?: string;
  readonly clusters: readonly ClusterSource[];
  readonly hosts: readonly RegistryHostOptions[];
  readonly credentials: readonly CredentialSource[];
  readonly declared: readonly DeclaredRepository[];
  readonly authorities: readonly Authority[];
  readonly trustRoots: readonly TrustRootOptions[];
  readonly elsewhere: readonly ElsewhereRule[];
  readonly teamLabels: readonly string[];
  readonly allow: readonly string[];
  readonly scan: ConfigFile['scan'];
  readonly contentTrust: readonly NotaryServer[];
  /**
   * An air gap: no TUF mirror, responder, revocation list, key service or trust server is asked, and
   * no host but those of declared registries and clusters and of `allow`.
   */
  readonly offline?: boolean;
}

const fileInPlace = 'sealwatch.yaml';
const defaultKubeconfig = path.join(os.homedir(), '.kube', 'config');

/** Where the configuration file is, when there is one. */
export const configPathOf = (environment: Environment): string | undefined =>
  environment.configPath ?? (existsSync(fileInPlace) ? path.resolve(fileInPlace) : undefined);

/** True when a kubeconfig exists where kubectl would look for one. */
export const hasKubeconfig = (environment: Environment): boolean =>
  environment.kubeconfig !== undefined || existsSync(defaultKubeconfig);

/**
 * Reads the configuration file and all that it refers to.
 * @throws ConfigurationError with every problem; nothing of a file with problems is used
 */
export function loadConfiguration(environment: Environment): Configuration {
  const file = configPathOf(environment);
  if (file !== undefined) return fromFile(readConfig(file), environment);
  const bare = { path: '', directory: process.cwd(), file: ConfigFile.parse({}) };
  const { path: _, ...configuration } = fromFile(bare, environment);
  return { ...configuration, clusters: [defaultCluster(environment)].flat() };
}

/** Nothing at all: what the server shows while its configuration has problems. */
export const emptyConfiguration = (): Configuration => ({
  contentTrust: [],
  clusters: [],
  hosts: [],
  credentials: [],
  declared: [],
  authorities: [],
  trustRoots: [],
  elsewhere: [],
  teamLabels: [],
  allow: [],
  scan: ConfigFile.parse({}).scan,
});

/** Without a file: the pod's own cluster, or the current context under its own name. */
function defaultCluster(environment: Environment): ClusterSource[] {
  if (environment.inCluster) return [{ id: 'in-cluster', name: 'in-cluster', kind: 'in-cluster' }];
  if (!hasKubeconfig(environment)) return [];
  return [kubeconfigCluster(environment)];
}

/** A context of the kubeconfig that kubectl would use; a kubeconfig that is broken says so later. */
export function kubeconfigCluster(environment: Environment, context?: string): ClusterSource {
  const path = environment.kubeconfig ?? defaultKubeconfig;
  const name = context ?? currentContext(path) ?? 'current context';
  return { id: name, name, kind: 'kubeconfig', path, ...(context !== undefined && { context }) };
}

function currentContext(path: string): string | undefined {
  try {
    return contextsOf(path).find(({ current }) => current)?.name;
  } catch {
    return undefined;
  }
}

function fromFile(config: ReadConfig, environment: Environment): Configuration {
  const { file } = config;
  const relative = (name: string) => path.resolve(config.directory, name);
  const authorities = [
    ...readAuthorities(config, environment.variables),
    ...readContentTrust(config),
  ].map(withFingerprint);
  checkIdentityRules(authorities, config.path);
  return {
    path: config.path,
    ...(file.notice !== undefined && { notice: file.notice }),
    clusters: file.clusters.map((entry) => clusterSource(entry, relative)),
    hosts: file.registries.map((entry) => registryHost(entry, config, environment)),
    credentials: dockerConfig(
      file.dockerConfig === undefined ? environment.dockerConfigPath : relative(file.dockerConfig),
      file.dockerConfig !== undefined,
    ),
    declared: file.registries.flatMap(({ host, repositories }) =>
      repositories.map(({ repository, tags, releases, newest }) => ({
        registry: host,
        repository,
        newest,
        ...(tags !== undefined && { tags }),
        ...(releases !== undefined && { releases }),
      })),
    ),
    authorities,
    contentTrust: notaryServers(config),
    offline: file.offline,
    trustRoots: trustRootOptions(file, relative),
    elsewhere: elsewhereRules(file),
    teamLabels: file.teamLabels,
    allow: file.egress.allow,
    scan: file.scan,
  };
}

const elsewhereRules = (file: ConfigFile): ElsewhereRule[] => [
  ...file.signatureRepositories.flatMap(({ images, repository }): ElsewhereRule[] => {
    const parsed = parseReference(repository);
    if (!parsed.ok) return [];
    const { registry, repository: name } = parsed.reference;
    return [{ images, place: { kind: 'repository', registry, repository: name } }];
  }),
  ...file.lookasides.map(
    ({ images, url }): ElsewhereRule => ({ images, place: { kind: 'lookaside', url } }),
  ),
];

const withFingerprint = (authority: WrittenAuthority): Authority => ({
  ...authority,
  fingerprint: authorityFingerprint(authority),
});

function clusterSource(entry: ClusterEntry, relative: (name: string) => string): ClusterSource {
  const common = {
    id: entry.name,
    name: entry.name,
    ...(entry.namespaces && { namespaces: entry.namespaces }),
    ...(entry.pullSecrets && { pullSecrets: entry.pullSecrets }),
  };
  if (entry.pods !== undefined) return { ...common, kind: 'pods-file', path: relative(entry.pods) };
  if (entry.manifests !== undefined)
    return { ...common, kind: 'manifests', path: relative(entry.manifests) };
  if (entry.inCluster) return { ...common, kind: 'in-cluster' };
  return {
    ...common,
    kind: 'kubeconfig',
    path: relative((entry.kubeconfig ?? '').replace(/^~(?=\/)/, os.homedir())),
    ...(entry.context !== undefined && { context: entry.context }),
  };
}

function registryHost(
  entry: ConfigFile['registries'][number],
  config: ReadConfig,
  environment: Environment,
): RegistryHostOptions {
  const credentials = readCredentials(entry, config, environment.variables);
  return {
    host: entry.host,
    insecure: entry.insecure,
    tokenRealms: entry.tokenRealms,
    ...(entry.endpoint !== undefined && { endpoint: entry.endpoint }),
    ...(entry.concurrency !== undefined && { concurrency: entry.concurrency }),
    ...(entry.ca !== undefined && { ca: readPem(entry.host, entry.ca, config) }),
    ...(credentials && {
      credentials: {
        username: credentials.username,
        password: credentials.password,
        label: credentials.source,
      },
    }),
  };
}

function readPem(host: string, file: string, config: ReadConfig): string {
  try {
    return readFileSync(path.resolve(config.directory, file), 'utf8');
  } catch (cause) {
    throw new ConfigurationError([
      `${config.path}: registry "${host}": CA file ${file} cannot be read: ${(cause as Error).message}`,
    ]);
  }
}

function dockerConfig(file: string, named: boolean): CredentialSource[] {
  if (!existsSync(file) && !named) return [];
  try {
    return [{ label: `docker config ${file}`, dockerConfig: readFileSync(file, 'utf8') }];
  } catch (cause) {
    if (!named) return [];
    throw new ConfigurationError([
      `dockerConfig: ${file} cannot be read: ${(cause as Error).message}`,
    ]);
  }
}

/**
 * The public-good root is always there, and those that an authority names: the shipped ones unless
 * the file says otherwise.
 */
function trustRootOptions(
  { trustRoots, authorities }: ConfigFile,
  relative: (name: string) => string,
): TrustRootOptions[] {
  const written = trustRoots.map(({ name, file, tuf, certificates, seed }): TrustRootOptions => {
    if (certificates !== undefined) {
      const { roots, intermediates, timestampAuthorities } = certificates;
      const files = {
        roots: relative(roots),
        ...(intermediates !== undefined && { intermediates: relative(intermediates) }),
        ...(timestampAuthorities !== undefined && {
          timestampAuthorities: relative(timestampAuthorities),
        }),
      };
      return { name, kind: 'certificates', files };
    }
    if (file !== undefined) return { name, kind: 'file', path: relative(file) };
    if (tuf !== undefined)
      return {
        name,
        kind: 'tuf',
        mirror: tuf.mirror,
        ...(tuf.root !== undefined && { rootPath: relative(tuf.root) }),
      };
    return { name, kind: 'seed', seed: shippedRootOf(seed === true ? name : seed) };
  });
  const named = new Set<string | undefined>([
    'public-good',
    ...authorities.flatMap(({ keyless, trustRoot }) => [keyless?.trustRoot, trustRoot]),
  ]);
  const missing = shippedTrustRoots.filter(
    (name) => named.has(name) && !written.some((root) => root.name === name),
  );
  return [...missing.map((name) => ({ name, kind: 'seed', seed: name }) as const), ...written];
}

/** The schema lets no other name through. */
const shippedRootOf = (name: string | undefined): ShippedTrustRoot =>
  shippedTrustRoots.find((shipped) => shipped === name) ?? 'public-good';
