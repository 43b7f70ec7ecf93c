import { afterEach, describe, expect, it } from 'vitest';
import {
  absent,
  alsoClose,
  closeAll,
  codeOf,
  dockerConfig,
  name,
  readerOf,
  secureReader,
  serve,
  startLab,
  user,
} from '#tests/builders/reading.ts';
import { openReader, pushImage } from '#tests/builders/registry.ts';

afterEach(closeAll);

describe('authorization', () => {
  const users = [user];
  const privateRepositories = ['team/private'];

  it.each(['basic', 'token'] as const)('by %s opens a private repository', async (auth) => {
    const lab = await startLab({ auth, users, privateRepositories });
    const { digest: image } = pushImage(lab, 'team/private');
    const reader = readerOf(lab, { credentials: user });
    expect((await reader.manifest(name, 'team/private', image))?.digest).toBe(image);
    expect(reader.status()[0]?.credentials).toBe('configuration');
    const wrong = readerOf(lab, { credentials: { ...user, password: 'wrong' } });
    expect(await codeOf(wrong.manifest(name, 'team/private', image))).toBe('registry-unauthorized');
    expect(await codeOf(readerOf(lab).manifest(name, 'team/private', image))).toBe(
      'registry-unauthorized',
    );
  });

  it('gets an anonymous token where one is demanded', async () => {
    const lab = await startLab({ auth: 'token', users });
    const { digest: image } = pushImage(lab, 'team/public');
    expect(await readerOf(lab).manifest(name, 'team/public', image)).toBeDefined();
  });

  it('asks for its own scope, whatever the registry offers', async () => {
    const lab = await startLab({ auth: 'token', users });
    pushImage(lab, 'team/public');
    await readerOf(lab).resolveTag(name, 'team/public', 'v1');
    const { path = '' } = lab.requests.find(({ path: seen }) => seen.startsWith('/token')) ?? {};
    expect(new URLSearchParams(path.slice('/token?'.length)).getAll('scope')).toEqual([
      'repository:team/public:pull',
    ]);
  });

  it('keeps a token for four fifths of its life and gets a new one after', async () => {
    const lab = await startLab({ auth: 'token', users });
    pushImage(lab, 'team/public');
    let time = Date.now();
    const reader = readerOf(lab, {}, { now: () => new Date(time) });
    const tokens = async (): Promise<number> => {
      await reader.resolveTag(name, 'team/public', 'v1');
      return lab.requests.filter(({ path }) => path.startsWith('/token')).length;
    };
    const first = await tokens();
    time += 239_000;
    expect(await tokens()).toBe(first);
    time += 2_000;
    expect(await tokens()).toBe(first + 1);
  });

  it('replaces a token that the registry no longer takes', async () => {
    let valid = 'one';
    const server = await serve((request, response) => {
      if (request.url?.startsWith('/token')) response.end(JSON.stringify({ token: valid }));
      else if (request.headers.authorization === `Bearer ${valid}`)
        response.setHeader('docker-content-digest', absent).end();
      else
        response
          .writeHead(401, {
            'www-authenticate': `Bearer realm="http://${request.headers.host}/token"`,
          })
          .end();
    });
    const reader = readerOf(server);
    expect(await reader.resolveTag(name, 'team/app', 'v1')).toBe(absent);
    valid = 'two';
    expect(await reader.resolveTag(name, 'team/app', 'v1')).toBe(absent);
  });

  it('tries several credentials in turn', async () => {
    const lab = await startLab({ auth: 'token', users, privateRepositories });
    const { digest: image } = pushImage(lab, 'team/private');
    const reader = readerOf(
      lab,
      {},
      {
        credentials: [
          dockerConfig({ username: 'robot', password: 'old' }, `${name}/team/private`),
          dockerConfig(user),
        ],
      },
    );
    expect(await reader.manifest(name, 'team/private', image)).toBeDefined();
  });

  it('exchanges an identity token by POST, and presents a registry token as it is', async () => {
    const lab = await startLab({ auth: 'token', users, privateRepositories });
    const { digest: image } = pushImage(lab, 'team/private');
    const refreshing = readerOf(
      lab,
      {},
      {
        credentials: [dockerConfig({ identitytoken: user.password })],
      },
    );
    expect(await refreshing.manifest(name, 'team/private', image)).toBeDefined();
    const exchange = lab.requests.find(({ path }) => path.startsWith('/token'));
    expect(exchange).toMatchObject({ method: 'POST', path: '/token' });
    const presenting = readerOf(
      lab,
      {},
      {
        credentials: [dockerConfig({ registrytoken: 'not one of the lab' })],
      },
    );
    expect(await codeOf(presenting.manifest(name, 'team/private', image))).toBe(
      'registry-unauthorized',
    );
    expect(lab.requests.at(-1)?.authorization).toBe('bearer');
  });

  it('shows its credentials even to a registry that hides instead of asking', async () => {
    const lab = await startLab({ auth: 'token', users, privateRepositories });
    const { digest: image } = pushImage(lab, 'team/private');
    const reader = readerOf(lab, { credentials: user });
    await reader.manifest(name, 'team/private', image);
    expect(
      lab.requests.map(({ path, authorization }) => [path.slice(0, 6), authorization]),
    ).toEqual([
      ['/v2/', 'none'],
      ['/token', 'basic'],
      ['/v2/te', 'bearer'],
    ]);
  });

  it('uses credentials that were found later', async () => {
    const lab = await startLab({ auth: 'basic', users });
    pushImage(lab, 'team/app');
    const reader = readerOf(lab);
    expect(await codeOf(reader.resolveTag(name, 'team/app', 'v1'))).toBe('registry-unauthorized');
    reader.setCredentials([dockerConfig(user)]);
    expect(await reader.resolveTag(name, 'team/app', 'v1')).toBeDefined();
  });

  it('does not let one repository choose the token service of the others', async () => {
    const lab = await startLab({ auth: 'token', users });
    pushImage(lab, 'team/good');
    lab.setFault({ repository: 'team/bad' }, { kind: 'realm', url: 'http://10.0.0.1/token' });
    const reader = readerOf(lab);
    expect(await codeOf(reader.resolveTag(name, 'team/bad', 'v1'))).toBe('token-realm-blocked');
    expect(await reader.resolveTag(name, 'team/good', 'v1')).toBeDefined();
  });

  it('is not sought at a token service of plain HTTP by a registry of HTTPS', async () => {
    let asked = 0;
    const plain = await serve((_, response) => {
      asked += 1;
      response.end('{"token":"x"}');
    });
    const reader = await secureReader([plain.host], (_, response) =>
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${plain.url}/"` }).end(),
    );
    expect(await codeOf(reader.resolveTag(name, 'a', 'v1'))).toBe('token-realm-blocked');
    expect(asked).toBe(0);
  });

  it.each([
    ['no token in it', '{}'],
    ['a token with a line break', JSON.stringify({ token: 'a\r\nhost: evil' })],
    ['no JSON', '<html>'],
  ])('refuses a token answer with %s', async (_, body) => {
    const server = await serve((request, response) => {
      if (request.url?.startsWith('/token')) response.end(body);
      else
        response
          .writeHead(401, {
            'www-authenticate': `Bearer realm="http://${request.headers.host}/token"`,
          })
          .end();
    });
    expect(await codeOf(readerOf(server).resolveTag(name, 'a', 'v1'))).toBe('registry-protocol');
  });
});

describe('redirects', () => {
  it('end after five', async () => {
    let hops = 0;
    const server = await serve((_, response) => {
      hops += 1;
      response.writeHead(302, { location: `/v2/again/${hops}` }).end();
    });
    expect(await codeOf(readerOf(server).manifest(name, 'team/app', 'v1'))).toBe(
      'registry-protocol',
    );
    expect(hops).toBe(6);
  });

  it.each(['ftp://example.com/', 'http://[', 'http://user@127.0.0.1/'])(
    'to %s are not followed',
    async (location) => {
      const server = await serve((_, response) => response.writeHead(302, { location }).end());
      expect(await codeOf(readerOf(server).manifest(name, 'team/app', 'v1'))).toBe(
        'registry-redirect-blocked',
      );
    },
  );

  it('N83: do not fall from HTTPS to plain HTTP', async () => {
    const plain = await serve((_, response) => response.writeHead(404).end());
    const reader = await secureReader([plain.host], (_, response) =>
      response.writeHead(302, { location: plain.url }).end(),
    );
    await expect(reader.manifest(name, 'team/app', 'v1')).rejects.toMatchObject({
      code: 'registry-redirect-blocked',
      message: expect.stringContaining('plain HTTP'),
    });
  });

  it('N83: keep no authorization once they left the origin, not even back home', async () => {
    const seen: (string | undefined)[] = [];
    const home = await serve((request, response) => {
      if (request.url?.startsWith('/v2/team')) seen.push(request.headers.authorization);
      if (request.headers.authorization === undefined && seen.length < 2)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      else if (seen.length < 2) response.writeHead(307, { location: `${away.url}/` }).end();
      else response.writeHead(404).end();
    });
    const away = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(307, { location: `${home.url}/v2/team/x` }).end();
    });
    const { reader, http } = openReader([{ host: name, endpoint: home.url, credentials: user }], {
      allow: [away.host],
    });
    alsoClose(() => http.close());
    await reader.manifest(name, 'team/app', 'v1');
    expect(seen).toEqual([expect.stringMatching(/^Basic /), undefined, undefined]);
  });
});
