import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import net from 'node:net';
import path from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, EnvHttpProxyAgent, ProxyAgent } from 'undici';
import { ConfigurationError, OperationalError } from '#lib/errors.ts';
import type { ApiSource } from './cluster-source.ts';
import { type SelectedContext, selectContext, type UserEntry } from './kubeconfig.ts';

/** What one request to the API server carries. */
export interface Authorised {
  readonly server: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly dispatcher: Dispatcher;
}

/** The way to one API server: who we are, how to get there, whom we believe. */
export interface Connection {
  /** Asks credential plugins and token files as needed. @throws OperationalError cluster-* */
  authorise(): Promise<Authorised>;
  /** Reads the kubeconfig again: after a 401 its token may have been written anew. */
  reload(): void;
}

/** The server's URL as far as it can be known without connecting. */
export function serverOf(source: ApiSource): string | undefined {
  if (source.kind === 'in-cluster') return undefined;
  try {
    return selectContext(source).cluster.server;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/** Opens nothing yet: a broken kubeconfig is told by the first request. */
export function createConnection(source: ApiSource): Connection {
  let loaded: Promise<Loaded> | undefined;
  let dispatcher: { readonly key: string; readonly value: Dispatcher } | undefined;

  return {
    reload: () => {
      loaded = undefined;
    },
    authorise: async () => {
      loaded ??= load(source);
      const current = loaded;
      try {
        const { config, server, proxy, headers } = await current;
        const { tls, headers: secret } = await credentials(source, config);
        const key = createHash('sha256')
          .update(JSON.stringify([server, proxy, tls]))
          .digest('hex');
        if (dispatcher?.key !== key) {
          // Streams on the old one end by themselves; it closes after the last.
          void dispatcher?.value.close().catch(() => undefined);
          dispatcher = { key, value: createDispatcher(server, proxy, tls) };
        }
        return { server, headers: { ...headers, ...secret }, dispatcher: dispatcher.value };
      } catch (error) {
        if (loaded === current) loaded = undefined;
        throw error;
      }
    },
  };
}

interface Loaded {
  readonly config: KubeConfig;
  readonly server: string;
  readonly proxy: string | undefined;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

async function load(source: ApiSource): Promise<Loaded> {
  // Its generated models take 90 MB: nobody pays for them before a cluster is really asked.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (source.kind === 'in-cluster') {
    config.loadFromCluster();
    const server = config.getCurrentCluster()?.server ?? '';
    if (server.includes('undefined'))
      throw misconfigured(
        source.name,
        'KUBERNETES_SERVICE_HOST and _PORT are not set: this is not a pod; name a kubeconfig instead',
      );
    return { config, server, proxy: undefined, headers: {} };
  }
  const context = selected(source);
  const server = checkedServer(source.name, context);
  const plain = server.startsWith('http:');
  config.loadFromString(
    JSON.stringify({
      // The library refuses plain HTTP unless TLS checks are off; checkedServer has decided already.
      clusters: [
        {
          name: 'cluster',
          cluster: { ...context.cluster, ...(plain && { 'insecure-skip-tls-verify': true }) },
        },
      ],
      users: [{ name: 'user', user: forLibrary(context) }],
      contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
      'current-context': 'context',
    }),
  );
  return {
    config,
    server,
    proxy: checkedProxy(source.name, context.cluster['proxy-url'] ?? undefined),
    headers: impersonation(context.user),
  };
}

function selected(source: Extract<ApiSource, { kind: 'kubeconfig' }>): SelectedContext {
  try {
    return selectContext(source);
  } catch (error) {
    if (error instanceof ConfigurationError) throw misconfigured(source.name, error.message, error);
    throw error;
  }
}

const misconfigured = (name: string, why: string, cause?: unknown) =>
  new OperationalError('cluster-config', `cluster ${name}: ${why}`, { cause });

/** Plain HTTP shows the token to everyone on the way: only on this machine, or when told so. */
function checkedServer(name: string, { cluster }: SelectedContext): string {
  const { server } = cluster;
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol === 'https:') return server.replace(/\/+$/, '');
  if (url?.protocol !== 'http:')
    throw misconfigured(
      name,
      `server ${JSON.stringify(server)} is not an https:// address; correct it`,
    );
  if (!isLoopback(url.hostname) && cluster['insecure-skip-tls-verify'] !== true)
    throw misconfigured(
      name,
      `server ${url.origin} speaks plain HTTP, which would show our credentials on the network; ` +
        'use https://, or set insecure-skip-tls-verify: true in its kubeconfig entry if that is meant',
    );
  return server.replace(/\/+$/, '');
}

function checkedProxy(name: string, proxy: string | undefined): string | undefined {
  if (proxy === undefined || proxy === '') return undefined;
  const protocol = URL.canParse(proxy) ? new URL(proxy).protocol : '';
  if (['http:', 'https:', 'socks5:', 'socks:'].includes(protocol)) return proxy;
  throw misconfigured(name, 'proxy-url must be an http://, https:// or socks5:// address');
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);

/** Fields that the library does not know, in the form in which it knows them. */
function forLibrary({ user, cluster }: SelectedContext): Record<string, unknown> {
  const { tokenFile, exec, ...rest } = user;
  const entry: Record<string, unknown> = { ...rest };
  if (tokenFile) {
    entry['token'] = undefined;
    entry['auth-provider'] = { name: 'tokenFile', config: { tokenFile } };
  }
  if (exec) {
    const about = {
      apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        ...(exec.provideClusterInfo === true && {
          cluster: {
            server: cluster.server,
            'certificate-authority-data': cluster['certificate-authority-data'] ?? undefined,
          },
        }),
      },
    };
    const env = { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(about) };
    entry['exec'] = { ...exec, env: [...(exec.env ?? []), env] };
  }
  return entry;
}

/** Impersonated groups and uid: the library sends the user alone, which would be somebody else. */
const impersonation = (user: UserEntry): Record<string, string | string[]> => ({
  ...(user['as-groups'] && { 'impersonate-group': user['as-groups'] }),
  ...(user['as-uid'] && { 'impersonate-uid': user['as-uid'] }),
});

interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

async function credentials(
  source: ApiSource,
  config: KubeConfig,
): Promise<{ tls: Tls; headers: Record<string, string> }> {
  const options: RequestOptions = { headers: {} };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw refusedByPlugin(source, config, error);
  }
  const headers = Object.fromEntries(
    Object.entries(options.headers ?? {}).map(([key, value]) => [
      key.toLowerCase(),
      String(value).trim(),
    ]),
  );
  if (options.auth)
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  const pem = (value: unknown) => (value == null ? undefined : String(value));
  const ca = pem(options.ca);
  const cert = pem(options.cert);
  const key = pem(options.key);
  const tls: Tls = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(options.passphrase !== undefined && { passphrase: options.passphrase }),
    ...(options.rejectUnauthorized !== undefined && {
      rejectUnauthorized: options.rejectUnauthorized,
    }),
    ...(options.servername !== undefined && { servername: options.servername }),
  };
  return { tls, headers };
}

function refusedByPlugin(source: ApiSource, config: KubeConfig, cause: unknown): OperationalError {
  const exec: { command?: string; installHint?: string } | undefined =
    config.getCurrentUser()?.exec ?? undefined;
  const why = (cause instanceof Error ? cause.message : String(cause)).trim().slice(0, 300);
  if (exec?.command === undefined)
    return misconfigured(source.name, `its credentials cannot be read: ${why}`, cause);
  const hint = exec.installHint ? `; ${exec.installHint.trim()}` : '';
  return new OperationalError(
    'cluster-unauthorized',
    `cluster ${source.name}: credential plugin ${path.basename(exec.command)} failed: ${why}${hint}`,
    { retryable: true, cause },
  );
}

function createDispatcher(server: string, proxy: string | undefined, tls: Tls): Dispatcher {
  const { hostname } = new URL(server);
  const servername =
    tls.servername ?? (net.isIP(hostname.replace(/[[\]]/g, '')) ? undefined : hostname);
  const target = { ...tls, ...(servername !== undefined && { servername }) };
  // HTTP/1.1: a watch that is cut off then never takes a list with it.
  const shared = { allowH2: false, connectTimeout: 10_000 };
  const connect = { ...target, keepAlive: true, keepAliveInitialDelay: 30_000, timeout: 10_000 };
  if (proxy !== undefined) return new ProxyAgent({ ...shared, uri: proxy, requestTls: target });
  if (isLoopback(hostname)) return new Agent({ allowH2: false, connect });
  // Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY, which the Kubernetes library does not.
  return new EnvHttpProxyAgent({ ...shared, connect, requestTls: target });
}
