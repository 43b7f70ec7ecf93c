import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { getCACertificates } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { isLoopback } from './addresses.ts';
import { guardedLookup, isNamed } from './egress-rule.ts';

/** How to speak TLS with one host. */
export interface HostTls {
  /** PEM, added to the system's authorities. */
  readonly ca?: string;
  /** No verification of the certificate: only ever because the operator wrote so. */
  readonly insecure?: boolean;
}

/** The values of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  readonly no?: string;
}

interface DispatcherOptions {
  readonly allow: readonly string[];
  readonly tls?: ReadonlyMap<string, HostTls>;
  readonly proxy?: ProxySettings;
  readonly lookup?: LookupFunction;
}

interface Dispatchers {
  for(url: URL): Promise<Dispatcher>;
  close(): Promise<void>;
}

const keepAlive = { allowH2: false, keepAliveTimeout: 10_000, keepAliveMaxTimeout: 60_000 };

/** One pool of connections per combination of TLS settings, privilege and proxy. */
export function createDispatchers(options: DispatcherOptions): Dispatchers {
  const pools = new Map<string, Dispatcher>();

  return {
    async for(url) {
      const named = isNamed(options.allow, url);
      const tlsKey = [url.host, url.hostname].find((key) => options.tls?.has(key));
      const proxied = hasProxy(options.proxy) && !isLoopback(url.hostname);
      if (proxied) await checkBeforeProxy(url, guardedLookup(named, options.lookup));
      const key = `${named} ${proxied} ${tlsKey ?? ''}`;
      const existing = pools.get(key);
      if (existing !== undefined) return existing;
      const tls = tlsKey === undefined ? undefined : options.tls?.get(tlsKey);
      const made = makePool(guardedLookup(named, options.lookup), tls, proxied && options.proxy);
      pools.set(key, made);
      return made;
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}

const hasProxy = (proxy: ProxySettings | undefined): boolean =>
  proxy?.http !== undefined || proxy?.https !== undefined;

function makePool(
  lookup: LookupFunction,
  tls: HostTls | undefined,
  proxy: ProxySettings | undefined | false,
): Dispatcher {
  const secure = {
    ...(tls?.ca !== undefined && { ca: [...getCACertificates('default'), tls.ca] }),
    ...(tls?.insecure && { rejectUnauthorized: false }),
  };
  const connect = buildConnector({ ...secure, lookup, allowH2: false });
  if (!proxy) return new Agent({ ...keepAlive, connect });
  return new EnvHttpProxyAgent({
    ...keepAlive,
    connect,
    requestTls: { ...secure, allowH2: false },
    // Given even when empty: otherwise undici reads the environment by itself.
    httpProxy: proxy.http ?? '',
    httpsProxy: proxy.https ?? '',
    noProxy: proxy.no ?? '',
  });
}

/** Through a proxy the address is not ours to choose; a name that we see as closed is refused still. */
function checkBeforeProxy(url: URL, lookup: LookupFunction): Promise<void> {
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    lookup(url.hostname, { all: true }, (error) => {
      if (error?.name === 'BlockedAddress') reject(error);
      else resolve();
    });
  });
}
