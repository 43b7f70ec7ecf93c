import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HostTls } from '#lib/adapters/http/dispatchers.ts';
import type { NotaryServerOptions } from '#lib/adapters/notary-server/content-trust-reader.ts';
import type { ReadConfig } from '#lib/config/read-config.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { compileImageGlob } from '#lib/verify/image-glob.ts';

/** A trust server as configured, with how to speak TLS with it. */
export type NotaryServer = NotaryServerOptions & { readonly tls?: HostTls };

/**
 * The trust servers of a configuration.
 * @throws ConfigurationError naming every CA file that cannot be read
 */
export function notaryServers(config: ReadConfig): readonly NotaryServer[] {
  return config.file.contentTrust.map((entry) => {
    const globs = entry.images.map(compileImageGlob);
    const tls = {
      ...(entry.ca !== undefined && { ca: readCa(entry.name, entry.ca, config) }),
      ...(entry.insecure && { insecure: true }),
    };
    return {
      covers: (name) => globs.some((glob) => glob(name)),
      ...(entry.server !== undefined && { server: new URL(entry.server).origin }),
      insecure: entry.insecure,
      tokenRealms: entry.tokenRealms,
      pinned: entry.rootKeys !== undefined,
      delegations: entry.delegations,
      ...(Object.keys(tls).length > 0 && { tls }),
    };
  });
}

/** What the egress guard must be told of them: named by the operator, they may have private addresses. */
export function egressOfNotaryServers(servers: readonly NotaryServer[]): {
  readonly allow: readonly string[];
  readonly tls: readonly (readonly [string, HostTls])[];
} {
  const named = servers.flatMap(({ server, tls }) =>
    server === undefined ? [] : [{ host: new URL(server).host, tls }],
  );
  return {
    allow: [...named.map(({ host }) => host), ...servers.flatMap(realms)],
    tls: named.flatMap(({ host, tls }) => (tls === undefined ? [] : [[host, tls] as const])),
  };
}

const realms = ({ tokenRealms = [] }: NotaryServer): readonly string[] =>
  tokenRealms.map((realm) => (realm.includes('://') ? new URL(realm).host : realm));

function readCa(name: string, file: string, config: ReadConfig): string {
  try {
    return readFileSync(path.resolve(config.directory, file), 'utf8');
  } catch (cause) {
    throw new ConfigurationError([
      `${config.path}: contentTrust "${name}": CA file ${file} cannot be read: ${(cause as Error).message}`,
    ]);
  }
}
