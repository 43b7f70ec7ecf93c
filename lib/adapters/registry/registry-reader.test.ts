import { afterEach, describe, expect, it } from 'vitest';
import { createGuardedClient } from '#lib/adapters/http/guarded-client.ts';
import { mediaTypes } from '#lib/model/manifest.ts';
import {
  absent,
  alsoClose,
  closeAll,
  codeOf,
  name,
  readerOf,
  serve,
  startLab,
  user,
} from '#tests/builders/reading.ts';
import { pushImage } from '#tests/builders/registry.ts';
import { startServer } from '#tests/builders/server.ts';
import type { RegistryHostOptions } from './registry-options.ts';
import { createRegistryReader } from './registry-reader.ts';

afterEach(closeAll);

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
    alsoClose(() => http.close());
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
