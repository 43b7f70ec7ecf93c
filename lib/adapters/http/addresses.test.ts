import { describe, expect, it } from 'vitest';
import { isLoopback, reachOf } from './addresses.ts';

describe('reachOf', () => {
  it.each(['8.8.8.8', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '64:ff9b::808:808'])(
    'lets anyone reach %s',
    (address) => {
      expect(reachOf(address)).toBe('public');
    },
  );

  it.each([
    ['this host', '0.0.0.0'],
    ['private', '10.1.2.3'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['loopback', '127.0.0.2'],
    ['link-local', '169.254.1.1'],
    ['private', '172.16.0.1'],
    ['private', '192.168.1.1'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['the wire server of a cloud', '168.63.129.16'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['unique local', 'fd12::1'],
    ['multicast', 'ff02::1'],
    ['mapped', '::ffff:127.0.0.1'],
    ['mapped in hexadecimal', '::ffff:a00:1'],
    ['mapped, though public', '::ffff:8.8.8.8'],
    ['NAT64 of a private address', '64:ff9b::10.0.0.1'],
    ['6to4', '2002:a00:1::1'],
    ['not an address', 'localhost'],
  ])('closes %s (%s)', (_, address) => {
    expect(reachOf(address)).toBe('closed');
  });

  it.each([
    '169.254.169.254',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '64:ff9b::169.254.169.254',
  ])('knows %s for a metadata address', (address) => {
    expect(reachOf(address)).toBe('metadata');
  });
});

describe('isLoopback', () => {
  it.each(['localhost', '127.0.0.1', '127.9.9.9', '[::1]', '::1'])('knows %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });
  it.each(['127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1'])(
    'does not believe %s',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
