import { describe, expect, it } from 'vitest';
import { createCredentialStore, matchesHost } from './credentials.ts';
import { endpointOf, type RegistryHostOptions } from './registry-options.ts';

const encode = (user: string) => ({ auth: Buffer.from(user).toString('base64') });
const source = (auths: object, label = 'docker config') => ({
  label,
  dockerConfig: JSON.stringify({ auths }),
});
const reached = (host: string, endpoint?: string) => ({
  host,
  endpoint: endpoint === undefined ? endpointOf(host) : new URL(endpoint),
});

const usersFor = (
  auths: object,
  registry: ReturnType<typeof reached>,
  repository = 'team/app',
  hosts: readonly RegistryHostOptions[] = [],
) =>
  createCredentialStore(hosts, [source(auths)])
    .for(registry, repository)
    .map((credential) => (credential.kind === 'password' ? credential.username : credential.kind));

describe('credentials', () => {
  it('match by host, and Docker Hub by any of its names', () => {
    const hub = { 'https://index.docker.io/v1/': encode('hub:p') };
    expect(usersFor(hub, reached('docker.io'), 'library/nginx')).toEqual(['hub']);
    expect(usersFor({ 'ghcr.io': encode('gh:p') }, reached('ghcr.io'))).toEqual(['gh']);
    expect(usersFor({ 'ghcr.io': encode('gh:p') }, reached('quay.io'))).toEqual([]);
    expect(usersFor({ 'r.example:5000': encode('a:p') }, reached('r.example'))).toEqual([]);
  });

  it('try the longest path first, then an exact host before a pattern', () => {
    const auths = {
      '*.example.com': encode('any:p'),
      'r.example.com': encode('host:p'),
      'r.example.com/team': encode('team:p'),
      'r.example.com/team/app': encode('app:p'),
      'r.example.com/tea': encode('prefix:p'),
    };
    expect(usersFor(auths, reached('r.example.com'))).toEqual(['app', 'team', 'host', 'any']);
    expect(usersFor(auths, reached('r.example.com'), 'other/x')).toEqual(['host', 'any']);
  });

  it('put those of the configuration first', () => {
    const hosts = [{ host: 'r.example.com', credentials: { username: 'own', password: 'p' } }];
    const auths = { 'r.example.com': encode('found:p') };
    expect(usersFor(auths, reached('r.example.com'), 'a', hosts)).toEqual(['own', 'found']);
  });

  it('found for a registry do not go to its mirror, but to a tunnel on this machine', () => {
    const auths = { 'r.example.com': encode('found:p'), 'mirror.example.net': encode('mirror:p') };
    expect(usersFor(auths, reached('r.example.com', 'https://mirror.example.net'))).toEqual([
      'mirror',
    ]);
    expect(usersFor(auths, reached('r.example.com', 'http://127.0.0.1:5000'))).toEqual(['found']);
  });

  it('are described by their source and never by their content', () => {
    const store = createCredentialStore(
      [],
      [source({ 'r.example.com': encode('user:secret') }, 'pull secret prod/regcred')],
    );
    expect(store.describe(reached('r.example.com'))).toBe('pull secret prod/regcred');
    expect(store.describe(reached('other.example'))).toBeUndefined();
    expect(JSON.stringify(store.describe(reached('r.example.com')))).not.toContain('secret"');
  });

  it('from helpers are named as unsupported instead of silently missing', () => {
    const dockerConfig = JSON.stringify({ credHelpers: { '*.amazonaws.com': 'ecr-login' } });
    const store = createCredentialStore([], [{ label: 'docker config', dockerConfig }]);
    expect(store.describe(reached('x.amazonaws.com'))).toMatch(/"ecr-login".*not supported/);
  });

  it('of a broken source are a problem that does not repeat the text', () => {
    const store = createCredentialStore(
      [],
      [
        { label: 'pull secret a/b', dockerConfig: 'hunter2' },
        source({ 'r.example.com': encode('u:p') }),
      ],
    );
    expect(store.problems).toEqual(['pull secret a/b: is not a docker config (config.json)']);
    expect(store.for(reached('r.example.com'), 'x')).toHaveLength(1);
  });
});

describe('matchesHost', () => {
  it.each([
    ['*.azurecr.io', 'x.azurecr.io', true],
    ['*.azurecr.io', 'azurecr.io', false],
    ['*.azurecr.io', 'a.b.azurecr.io', false],
    ['*.azurecr.io', 'x.azurecr.io:8443', false],
    ['*.*.example', 'a.b.example', true],
    ['reg-*-eu.example', 'reg-1-eu.example', true],
    ['reg-*-eu.example', 'reg-eu.example', false],
    ['a*b*c.example', 'a-c-b.example', false],
    ['REG.example', 'reg.example', true],
  ])('%s and %s: %s', (pattern, host, expected) => {
    expect(matchesHost(pattern, host)).toBe(expected);
  });

  it('N88: takes a host that only begins like one of a cloud for a stranger', () => {
    expect(matchesHost('*.azurecr.io', 'x.azurecr.io.evil.example')).toBe(false);
    expect(matchesHost('x.azurecr.io', 'x.azurecr.io.evil.example')).toBe(false);
  });
});
