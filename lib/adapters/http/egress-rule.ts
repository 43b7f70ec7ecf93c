import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { reachOf } from './addresses.ts';

/** A connection that the guard refused to open. */
export class BlockedAddress extends Error {
  constructor(host: string, address: string, reach: 'closed' | 'metadata') {
    const what =
      reach === 'metadata' ? 'a cloud metadata address' : 'a private or reserved address';
    super(
      `${host} is ${host.includes(address) ? '' : `at ${address}, `}${what}. If that is right, name the host in the configuration (egress.allow).`,
    );
    this.name = 'BlockedAddress';
  }
}

const port = ({ port: text, protocol }: URL): string =>
  text || (protocol === 'https:' ? '443' : '80');

/** True when the operator named this host, with this port or with none. */
export const isNamed = (allow: readonly string[], url: URL): boolean =>
  allow.some((entry) => {
    const name = entry.toLowerCase();
    return name === url.hostname || name === url.host || name === `${url.hostname}:${port(url)}`;
  });

/**
 * Name resolution that refuses. One closed address among several refuses the name: a name that
 * resolves to both is how a rebinding attack looks. Metadata addresses stay refused for named hosts.
 */
export const guardedLookup =
  (named: boolean, resolve: LookupFunction = systemLookup as LookupFunction): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '');
      const all = typeof found === 'string' ? [{ address: found, family: 4 }] : found;
      const blocked = firstBlocked(hostname, all, named);
      if (blocked !== undefined) return callback(blocked, '');
      if (options.all) return callback(null, [...all]);
      return callback(null, all[0]?.address ?? '', all[0]?.family ?? 4);
    });
  };

function firstBlocked(
  hostname: string,
  addresses: readonly LookupAddress[],
  named: boolean,
): Error | undefined {
  for (const { address } of addresses) {
    const reach = reachOf(address);
    if (reach === 'metadata' || (reach === 'closed' && !named))
      return new BlockedAddress(hostname, address, reach);
  }
  return addresses.length === 0 ? new Error(`${hostname} has no address`) : undefined;
}
