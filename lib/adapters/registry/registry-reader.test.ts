import type { RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createGuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { OperationalError } from '#lib/errors.ts';
import {
  type LabRegistry,
  type LabRegistryOptions,
  startLabRegistry,
} from '#lib/lab/registry/registry-server.ts';
import { digest } from '#lib/model/digest.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import { aCertificate } from '#tests/builders/certificate.ts';
import { openReader, pushImage } from '#tests/builders/registry.ts';
import { startServer } from '#tests/builders/server.ts';
import type { RegistryHostOptions } from './registry-options.ts';
import { createRegistryReader, type RegistryReaderOptions } from './registry-reader.ts';

const name = 'registry.example';
const user = { username: 'robot', password: 'secret' };
const absent = digest(`sha256:${'0'.repeat(64)}`);

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function startLab(options: Partial<LabRegistryOptions> = {}): Promise<LabRegistry> {
  const lab = await startLabRegistry({ name, referrersApi: true, auth: 'none', ...options });
  open.push(() => lab.close());
  return lab;
}

function readerOf(
  { url }: { readonly url: string },
  host: Partial<RegistryHostOptions> = {},
  options: Partial<RegistryReaderOptions> = {},
) {
  const { reader, http } = openReader([{ host: name, endpoint: url, ...host }], options);
  open.push(() => http.close());
  return reader;
}

async function serve(listener: RequestListener) {
  const server = await startServer(listener);
  open.push(() => server.close());
  return server;
}

/** A reader of a registry of HTTPS whose authority it was told. */
async function secureReader(allow: readonly string[], listener: RequestListener) {
  const { certificate, key } = await aCertificate('localhost');
  const server = createSecureServer({ cert: certificate, key }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => server.close().closeAllConnections());
  const endpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
  const { reader, http } = openReader([{ host: name, endpoint, ca: certificate }], { allow });
  open.push(() => http.close());
  return reader;
}

const codeOf = async (asked: Promise<unknown>): Promise<string> => {
  try {
    await asked;
    return 'no failure';
  } catch (error) {
    if (error instanceof OperationalError) return error.code;
    throw error;
  }
};

const dockerConfig = (entry: object, host = name) => ({
  label: 'docker config',
  dockerConfig: JSON.stringify({ auths: { [host]: entry } }),
});

describe('content', () => {
  it('resolves a tag by HEAD alone', async () => {
    const lab = await startLab();
    const image = pushImage(lab, 'team/app', 'v1');
    const reader = readerOf(lab);
    expect(await reader.resolveTag(name, 'team/app', 'v1')).toBe(image.digest);
    expect(lab.requests.map(({ method }) => method)).toEqual(['HEAD']);
  });

  it('calls a tag gone only in a repository that it can see', async () => {
    const lab = await startLab();
    pushImage(lab, 'team/app', 'v1');
    const reader = readerOf(lab);
    expect(await reader.resolveTag(name, 'team/app', 'v2')).toBeUndefined();
    lab.deleteTag('team/app', 'v1');
    expect(await reader.resolveTag(name, 'team/app', 'v1')).toBeUndefined();
    lab.setFault({ repository: 'team/app' }, { kind: 'hidden' });
    expect(await codeOf(reader.resolveTag(name, 'team/app', 'v1'))).toBe('registry-not-found');
  });

  it.each([
    ['leaves the digest out', 200],
    ['does not know HEAD', 405],
  ])('resolves a tag by GET where the registry %s', async (_, status) => {
    const body = JSON.stringify({ manifests: [] });
    const server = await serve((request, response) => {
      response.setHeader('content-type', mediaTypes.ociIndex);
      if (request.method === 'HEAD') response.writeHead(status).end();
      else response.end(body);
    });
    const found = await readerOf(server).resolveTag(name, 'team/app', 'v1');
    const manifest = await readerOf(server).manifest(name, 'team/app', 'v1');
    expect(found).toBe(manifest?.digest);
    expect(found).toMatch(/^sha256:/);
  });

  it('does not believe a digest header that its bytes contradict', async () => {
    const server = await serve((_, response) => {
      response.setHeader('content-type', mediaTypes.ociIndex);
      response.setHeader('docker-content-digest', absent);
      response.end('{"manifests":[]}');
    });
    expect(await codeOf(readerOf(server).manifest(name, 'team/app', 'v1'))).toBe('blob-digest');
  });

  it('takes 404 for an answer', async () => {
    const lab = await startLab();
    const reader = readerOf(lab);
    expect(await reader.manifest(name, 'team/app', absent)).toBeUndefined();
    expect(await codeOf(reader.blob(name, 'team/app', { digest: absent, size: 1 }, 10))).toBe(
      'registry-not-found',
    );
    expect(reader.status()[0]?.failures).toBe(1);
  });

  it('reads blobs within their size and cap, through a redirect to storage', async () => {
    const lab = await startLab({ redirectBlobs: true });
    const key = lab.putBlob('team/app', Buffer.from('hello'));
    const reader = readerOf(lab);
    const read = (size: number, cap: number) =>
      reader.blob(name, 'team/app', { digest: key, size }, cap);
    expect(Buffer.from(await read(5, 5)).toString()).toBe('hello');
    expect(lab.requests.at(-1)?.path).toMatch(/^\/storage\//);
    lab.resetRequests();
    expect(await codeOf(read(10_000_000_000, 5))).toBe('limit-exceeded');
    expect(lab.requests).toEqual([]);
    expect(await codeOf(read(3, 5))).toBe('limit-exceeded');
    expect(await codeOf(reader.blob(name, 'a', { digest: 'sha512:ab', size: 1 }, 5))).toBe(
      'unsupported-digest',
    );
  });

  it('asks once for what many want at the same time', async () => {
    const lab = await startLab();
    const { digest: image } = pushImage(lab, 'team/app');
    const reader = readerOf(lab);
    await Promise.all(Array.from({ length: 10 }, () => reader.manifest(name, 'team/app', image)));
    expect(lab.requests).toHaveLength(1);
  });

  it('keeps to the number of requests that a host may have at a time', async () => {
    let inside = 0;
    let most = 0;
    const server = await serve((_, response) => {
      inside += 1;
      most = Math.max(most, inside);
      setTimeout(() => {
        inside -= 1;
        response.setHeader('docker-content-digest', absent).end();
      }, 5);
    });
    const reader = readerOf(server, { concurrency: 3 });
    const tags = Array.from({ length: 20 }, (_, index) => `v${index}`);
    await Promise.all(tags.map((tag) => reader.resolveTag(name, 'team/app', tag)));
    expect(most).toBe(3);
  });

  it.each([
    ['../../etc', 'v1'],
    ['team/../../x', 'v1'],
    ['team/app%2f..', 'v1'],
    ['Team/App', 'v1'],
    ['team/app?x=', 'v1'],
    ['team/app', '../v1'],
    ['team/app', 'v1%2f'],
    ['team/app', 'sha256:short'],
    ['team/app:v1', 'v1'],
    [`team/app@${absent}`, 'v1'],
    ['', 'v1'],
  ])('refuses the name %j with %j before anything is sent', async (repository, reference) => {
    const lab = await startLab();
    const reader = readerOf(lab);
    expect(await codeOf(reader.manifest(name, repository, reference))).toBe('reference-malformed');
    expect(await codeOf(reader.resolveTag(name, repository, reference))).toBe(
      'reference-malformed',
    );
    expect(lab.requests).toEqual([]);
  });

  it('refuses a registry name that is none', async () => {
    const { reader, http } = openReader([]);
    open.push(() => http.close());
    expect(await codeOf(reader.manifest('evil.example/x', 'a', 'v1'))).toBe('reference-malformed');
    expect(await codeOf(reader.tags('reg@evil.example', 'a'))).toBe('reference-malformed');
    expect(await codeOf(reader.tags('docker.io', 'nginx'))).toBe('reference-malformed');
  });
});

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

  it('do not fall from HTTPS to plain HTTP', async () => {
    const plain = await serve((_, response) => response.writeHead(404).end());
    const reader = await secureReader([plain.host], (_, response) =>
      response.writeHead(302, { location: plain.url }).end(),
    );
    await expect(reader.manifest(name, 'team/app', 'v1')).rejects.toMatchObject({
      code: 'registry-redirect-blocked',
      message: expect.stringContaining('plain HTTP'),
    });
  });

  it('keep no authorization once they left the origin, not even back home', async () => {
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
    open.push(() => http.close());
    await reader.manifest(name, 'team/app', 'v1');
    expect(seen).toEqual([expect.stringMatching(/^Basic /), undefined, undefined]);
  });
});

describe('lists', () => {
  it('are read over all pages', async () => {
    const lab = await startLab();
    for (let index = 0; index < 250; index += 1) pushImage(lab, 'team/app', `v${index}`);
    const { tags, complete } = await readerOf(lab).tags(name, 'team/app');
    expect([new Set(tags).size, complete]).toEqual([250, true]);
    expect(lab.requests).toHaveLength(3);
  });

  it('say that they are incomplete', async () => {
    const lab = await startLab();
    for (let index = 0; index < 250; index += 1) pushImage(lab, 'team/app', `v${index}`);
    const reader = readerOf(lab, {}, { limits: { tagPages: 2 } });
    expect(await reader.tags(name, 'team/app')).toMatchObject({
      tags: { length: 200 },
      complete: false,
    });
    lab.setFault({ path: /tags/ }, { kind: 'link-loop' });
    expect(await reader.tags(name, 'team/app')).toMatchObject({ complete: false });
  });

  it('of a repository that is not there are a failure, not empty', async () => {
    const lab = await startLab();
    expect(await codeOf(readerOf(lab).tags(name, 'team/none'))).toBe('registry-not-found');
  });

  it('of repositories come where the registry lists, and fail where it does not', async () => {
    const lab = await startLab({ auth: 'token', users: [user] });
    pushImage(lab, 'team/app');
    expect(await readerOf(lab, { credentials: user }).repositories(name)).toEqual(['team/app']);
    const silent = await startLab({ lists: false });
    expect(await codeOf(readerOf(silent).repositories(name))).toBe('registry-not-found');
  });
});

describe('failures', () => {
  it('that pass are tried again', async () => {
    let tries = 0;
    const server = await serve((_, response) => {
      tries += 1;
      if (tries < 3) response.writeHead(503).end();
      else response.setHeader('docker-content-digest', absent).end();
    });
    const reader = readerOf(server, {}, { limits: { attempts: 3 } });
    expect(await reader.resolveTag(name, 'team/app', 'v1')).toBe(absent);
    expect(reader.status()[0]).toMatchObject({
      requests: 3,
      failures: 2,
      lastSuccessAt: expect.any(Date),
      lastFailure: { reason: 'registry-error' },
    });
  });

  it.each([401, 403, 418])('such as %i are not', async (status) => {
    let tries = 0;
    const server = await serve((_, response) => {
      tries += 1;
      response.writeHead(status).end();
    });
    expect(await codeOf(readerOf(server).resolveTag(name, 'team/app', 'v1'))).toMatch(/registry-/);
    expect(tries).toBe(1);
  });

  it('of a host that is down soon cost nothing any more, and it is asked again later', async () => {
    const server = await startServer(() => undefined);
    await server.close();
    let time = Date.now();
    const reader = readerOf(server, {}, { now: () => new Date(time) });
    const requests = () => reader.status()[0]?.requests ?? 0;
    for (let index = 0; index < 20; index += 1)
      expect(await codeOf(reader.resolveTag(name, 'team/app', `v${index}`))).toBe(
        'registry-unreachable',
      );
    expect(requests()).toBeLessThan(10);
    const before = requests();
    time += 60_000;
    expect(await codeOf(reader.resolveTag(name, 'team/app', 'v1'))).toBe('registry-unreachable');
    expect(requests()).toBeGreaterThan(before);
  });

  it('of one repository do not make the host rest while others answer', async () => {
    const lab = await startLab();
    pushImage(lab, 'team/good');
    lab.setFault({ repository: 'team/bad' }, { kind: 'reset' });
    const reader = readerOf(lab);
    for (let index = 0; index < 10; index += 1) {
      await codeOf(reader.resolveTag(name, 'team/bad', 'v1'));
      expect(await reader.resolveTag(name, 'team/good', 'v1')).toBeDefined();
    }
  });
});

describe('a pull budget', () => {
  it('is shown, and its last fifth is left to the clusters', async () => {
    let remaining = 50;
    const server = await serve((_, response) => {
      response.setHeader('ratelimit-limit', '100;w=21600');
      response.setHeader('ratelimit-remaining', `${remaining};w=21600`);
      response.setHeader('content-type', mediaTypes.ociIndex);
      response.end('{"manifests":[]}');
    });
    let time = Date.now();
    const reader = readerOf(server, {}, { now: () => new Date(time) });
    const read = () => codeOf(reader.manifest(name, 'library/app', 'v1'));
    expect(await read()).toBe('no failure');
    expect(reader.status()[0]?.budget).toMatchObject({ limit: 100, remaining: 50 });
    remaining = 19;
    expect(await read()).toBe('no failure');
    const refused = reader.manifest(name, 'library/app', 'v1');
    await expect(refused).rejects.toMatchObject({
      code: 'registry-ratelimited',
      retryAt: new Date(time + 15 * 60_000),
    });
    remaining = 100;
    time += 16 * 60_000;
    expect(await read()).toBe('no failure');
  });
});

describe('an endpoint', () => {
  const make = (options: RegistryHostOptions) => () => {
    const http = createGuardedClient({ allow: [] });
    open.push(() => http.close());
    return createRegistryReader({ hosts: [options], http });
  };

  it.each([
    ['http://registry.example', /insecure: true/],
    ['https://user:secret@registry.example', /credentials/],
    ['https://registry.example/path', /path/],
    ['ftp://registry.example', /http/],
    ['registry.example', /https:\/\/host/],
  ])('%s is refused with the remedy', (endpoint, message) => {
    expect(make({ host: name, endpoint })).toThrow(message);
  });

  it('of plain HTTP is taken when the operator says so, and shown', () => {
    const reader = make({ host: name, insecure: true })();
    expect(reader.status()).toMatchObject([{ host: name, insecure: true }]);
  });
});
