import { describe, expect, it } from 'vitest';
import { judgeRealm } from './token-realm.ts';

const judge = (endpoint: string, realm: string, tokenRealms: readonly string[] = []) =>
  judgeRealm(realm, { endpoint: new URL(endpoint), tokenRealms }).trust;

describe('judgeRealm', () => {
  it.each([
    ['the registry itself', 'https://ghcr.io', 'https://ghcr.io/token'],
    ['Docker Hub', 'https://registry-1.docker.io', 'https://auth.docker.io/token'],
    ['a sibling of the same site', 'https://registry.gitlab.com', 'https://gitlab.com/jwt/auth'],
    ['another port of the same name', 'https://r.example.com:5000', 'https://r.example.com:5001/a'],
    [
      'the pair of a cloud',
      'https://registry.cn-hangzhou.aliyuncs.com',
      'https://dockerauth.cn-hangzhou.aliyuncs.com/auth',
    ],
    ['the same address and port', 'http://127.0.0.1:5000', 'http://127.0.0.1:5000/token'],
    ['a site under a wide suffix', 'https://r.acme.co.uk', 'https://auth.acme.co.uk/token'],
  ])('sends credentials to %s', (_, endpoint, realm) => {
    expect(judge(endpoint, realm)).toBe('credentials');
  });

  it.each([
    ['another site', 'https://registry.example.com', 'https://evil.example/token'],
    ['a name that only ends alike', 'https://ghcr.io', 'https://evilghcr.io/token'],
    ['a name that begins alike', 'https://ghcr.io', 'https://ghcr.io.evil.example/token'],
    ['a stranger under a wide suffix', 'https://r.acme.co.uk', 'https://evil.co.uk/token'],
    [
      'N88: a stranger in the same cloud',
      'https://mine.azurecr.io',
      'https://evil.azurecr.io/token',
    ],
    [
      'a bucket in the same cloud',
      'https://1.dkr.ecr.eu-west-1.amazonaws.com',
      'https://evil.s3.amazonaws.com/token',
    ],
    ['another port of one address', 'http://127.0.0.1:5000', 'http://127.0.0.1:5001/token'],
    [
      'a known pair on another port',
      'https://registry-1.docker.io',
      'https://auth.docker.io:8443/',
    ],
    ['another name without dots', 'http://registry:5000', 'http://auth:5001/token'],
  ])('N82: asks %s without credentials', (_, endpoint, realm) => {
    expect(judge(endpoint, realm)).toBe('anonymous');
  });

  it.each([
    ['plain HTTP', 'https://r.example.com', 'http://r.example.com/token'],
    ['a user name', 'https://r.example.com', 'https://user@r.example.com/token'],
    ['a file', 'https://r.example.com', 'file:///etc/passwd'],
    ['no URL', 'https://r.example.com', '/token'],
    ['nothing', 'https://r.example.com', ''],
  ])('N82: refuses %s', (_, endpoint, realm) => {
    expect(judge(endpoint, realm)).toBe('refused');
  });

  it('believes what the operator named, by host, host and port, or origin', () => {
    const realm = 'https://auth.other.example:8443/token';
    const trust = (name: string) => judge('https://r.example.com', realm, [name]);
    expect(trust('auth.other.example')).toBe('credentials');
    expect(trust('auth.other.example:8443')).toBe('credentials');
    expect(trust('https://auth.other.example:8443')).toBe('credentials');
    expect(trust('auth.other.example:443')).toBe('anonymous');
    expect(trust('https://auth.other.example')).toBe('anonymous');
    expect(trust('other.example')).toBe('anonymous');
  });

  it('does not let a named realm fall to plain HTTP or carry a user name', () => {
    const named = ['auth.other.example'];
    expect(judge('https://r.example.com', 'http://auth.other.example/', named)).toBe('refused');
    expect(judge('https://r.example.com', 'https://a@auth.other.example/', named)).toBe('refused');
  });
});
