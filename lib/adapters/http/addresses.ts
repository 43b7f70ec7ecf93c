import { BlockList, isIP } from 'node:net';

const v4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Azure answers its metadata from a public address.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

const v6: readonly (readonly [string, number])[] = [
  // Unspecified, loopback and the old IPv4-compatible form.
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  // Teredo, ORCHID, benchmarking; then documentation and 6to4.
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const closed = new BlockList();
for (const [net, bits] of v4) closed.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of v6) closed.addSubnet(net, bits, 'ipv6');

/** Addresses at which clouds hand out the identity of the machine. */
const metadata = new BlockList();
metadata.addAddress('169.254.169.254', 'ipv4');
metadata.addAddress('fd00:ec2::254', 'ipv6');
metadata.addAddress('fd20:ce::254', 'ipv6');

const mapped = new BlockList();
mapped.addSubnet('::ffff:0:0', 96, 'ipv6');
const translated = new BlockList();
translated.addSubnet('64:ff9b::', 96, 'ipv6');

/**
 * How far an address may be reached: `public` by anyone; `closed` (loopback, private, link-local,
 * multicast, reserved) only when the operator named the host; `metadata` only when the operator
 * wrote this very address.
 *
 * IPv6 forms that embed an IPv4 address are judged by what they embed: DNS64 makes them for every
 * public host, and the same form must not open the way to a private one. Mapped addresses have no
 * place in DNS and are never `public`.
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function reachOf(address: string): 'public' | 'closed' | 'metadata' {
  const family = isIP(address);
  if (family === 0) return 'closed';
  const bare = address.replace(/%.*$/, '');
  if (family === 4) return reachOfV4(bare);
  if (metadata.check(bare, 'ipv6')) return 'metadata';
  if (mapped.check(bare, 'ipv6'))
    return reachOfV4(embedded(bare)) === 'metadata' ? 'metadata' : 'closed';
  if (translated.check(bare, 'ipv6')) return reachOfV4(embedded(bare));
  return closed.check(bare, 'ipv6') ? 'closed' : 'public';
}

function reachOfV4(address: string): 'public' | 'closed' | 'metadata' {
  if (metadata.check(address, 'ipv4')) return 'metadata';
  return closed.check(address, 'ipv4') ? 'closed' : 'public';
}

/** The IPv4 address in the last 32 bits of an IPv6 address. */
function embedded(address: string): string {
  // The URL parser writes every IPv6 address in hexadecimal groups.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':').slice(-2);
  const [high = 0, low = 0] = groups.map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** True for names and addresses that never leave the machine. */
export const isLoopback = (host: string): boolean => {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^127(?:\.\d{1,3}){3}$/.test(bare);
};
