import { describe, expect, it } from 'vitest';
import { parseDockerConfig } from './docker-config.ts';

const encoded = Buffer.from('user:pass:word').toString('base64');
const secretOf = (auth: object) =>
  parseDockerConfig(JSON.stringify({ auths: { 'r.example': auth } })).auths[0]?.secret;

describe('parseDockerConfig', () => {
  it.each([
    ['auth', { auth: encoded }, { kind: 'password', username: 'user', password: 'pass:word' }],
    [
      'username and password',
      { username: 'u', password: 'p' },
      { kind: 'password', username: 'u', password: 'p' },
    ],
    [
      'an identity token',
      { auth: encoded, identitytoken: 'refresh' },
      { kind: 'refresh-token', token: 'refresh' },
    ],
    ['a registry token', { registrytoken: 'bearer' }, { kind: 'bearer-token', token: 'bearer' }],
    ['nothing', {}, undefined],
  ])('reads %s', (_, auth, secret) => {
    expect(secretOf(auth)).toEqual(secret);
  });

  it('splits host and path and drops what is no part of them', () => {
    const auths = Object.fromEntries(
      [
        'https://index.docker.io/v1/',
        'http://r.example:5000/v2/',
        'R.example/team/app/',
        'quay.io',
      ].map((key) => [key, { auth: encoded }]),
    );
    expect(
      parseDockerConfig(JSON.stringify({ auths })).auths.map(({ host, path }) => [host, path]),
    ).toEqual([
      ['docker.io', ''],
      ['r.example:5000', ''],
      ['r.example', 'team/app'],
      ['quay.io', ''],
    ]);
  });

  it('reads the old .dockercfg', () => {
    const old = parseDockerConfig(JSON.stringify({ 'r.example': { auth: encoded } }));
    expect(old.auths.map(({ host }) => host)).toEqual(['r.example']);
  });

  it('names a credential store for the hosts it is used for', () => {
    const config = { auths: { 'r.example': {} }, credsStore: 'desktop' };
    expect(parseDockerConfig(JSON.stringify(config))).toMatchObject({
      auths: [],
      helpers: [{ host: 'r.example', name: 'desktop' }],
    });
  });

  it.each(['', 'null', '[]', '{"auths":[]}', '{"auths":{"a":1}}', '{'])(
    'says that %j is none',
    (text) => {
      expect(parseDockerConfig(text)).toMatchObject({ auths: [], problem: expect.any(String) });
    },
  );
});
