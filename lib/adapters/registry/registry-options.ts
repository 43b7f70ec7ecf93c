import { isLoopback } from '#lib/adapters/http/addresses.ts';
import type { HostTls } from '#lib/adapters/http/dispatchers.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { apiHost } from '#lib/model/reference.ts';

/** What the operator said about one registry. */
export interface RegistryHostOptions {
  /** Canonical name, as in image references: `docker.io`, `registry.example.com:5000`. */
  readonly host: string;
  /**
   * Where its API is reached, when that is elsewhere: a mirror, a tunnel. Everything is checked
   * against digests; identity and matching keep the canonical name.
   */
  readonly endpoint?: string;
  /** Plain HTTP, or HTTPS (with an `https:` endpoint) without verifying the certificate. */
  readonly insecure?: boolean;
  /** PEM of authorities to trust besides the system's. */
  readonly ca?: string;
  /** Token services, as `host`, `host:port` or origin, that may receive this registry's credentials. */
  readonly tokenRealms?: readonly string[];
  readonly concurrency?: number;
  readonly credentials?: {
    readonly username: string;
    readonly password: string;
    /** Where they were written, for people: `REGISTRY_PASSWORD of the environment`. */
    readonly label?: string;
  };
}

/** The limits that a test may tighten. */
export type RegistryLimits = Readonly<
  Record<
    | 'attempts'
    | 'backoffMs'
    | 'backoffMaxMs'
    | 'retryAfterMs'
    | 'pages'
    | 'tagPages'
    | 'redirects'
    | 'perHostConcurrency'
    | 'referrers'
    | 'hostRestMs',
    number
  >
>;

/** Where the API of a registry is reached. @throws ConfigurationError */
export function endpointOf(host: string, options?: RegistryHostOptions): URL {
  const fallback = `${options?.insecure ? 'http' : 'https'}://${apiHost(host)}`;
  const text = options?.endpoint ?? fallback;
  const problem = (why: string): ConfigurationError =>
    new ConfigurationError([`registry ${host}: endpoint ${JSON.stringify(text)} ${why}`]);
  if (!URL.canParse(text)) throw problem('is not a URL; write https://host[:port]');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw problem('is not http or https');
  if (url.username !== '' || url.password !== '')
    throw problem('holds a password; use credentials of this registry');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw problem('has a path; write only https://host[:port]');
  if (url.protocol === 'http:' && !options?.insecure && !isLoopback(url.hostname))
    throw problem('is plain HTTP; write insecure: true if that is what you want');
  return url;
}

/**
 * What the egress guard must be told about configured registries: their hosts and token services
 * may have private addresses, and their TLS settings.
 */
export function egressOf(hosts: readonly RegistryHostOptions[]): {
  readonly allow: readonly string[];
  readonly tls: ReadonlyMap<string, HostTls>;
} {
  const allow = hosts.flatMap((options) => [
    endpointOf(options.host, options).host,
    ...(options.tokenRealms ?? []).map((realm) =>
      URL.canParse(realm) && realm.includes('://') ? new URL(realm).host : realm,
    ),
  ]);
  const tls = hosts.flatMap((options): [string, HostTls][] => {
    if (options.ca === undefined && !options.insecure) return [];
    const settings = {
      ...(options.ca !== undefined && { ca: options.ca }),
      ...(options.insecure && { insecure: true }),
    };
    return [[endpointOf(options.host, options).host, settings]];
  });
  return { allow, tls: new Map(tls) };
}
