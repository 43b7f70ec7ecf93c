import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type ApiClient, createApiClient } from './api-client.ts';
import { defaultTimings } from './cluster-source.ts';
import { createConnection } from './connection.ts';

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function clientOf(answer: http.RequestListener): Promise<ApiClient> {
  const server = http.createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const text = `current-context: c
clusters: [{name: c, cluster: {server: "http://127.0.0.1:${port}/prefix/"}}]
contexts: [{name: c, context: {cluster: c}}]`;
  const connection = createConnection({ id: 'c', name: 'c', kind: 'kubeconfig', text });
  return createApiClient('c', connection, {
    ...defaultTimings,
    requestMs: 500,
    backOffMs: [1, 5],
  });
}

const ask = { path: '/api/v1/pods', signal: new AbortController().signal };

describe('an API client', () => {
  it('keeps the path of the server address, as a gateway before many clusters needs', async () => {
    const asked: unknown[] = [];
    const client = await clientOf((request, response) => {
      asked.push(request.url);
      response.end('{}');
    });
    await client.json(ask);
    expect(asked).toEqual(['/prefix/api/v1/pods']);
  });

  it('reads a compressed answer', async () => {
    const client = await clientOf((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip');
      response.setHeader('content-encoding', 'gzip').end(gzipSync('{"items":[]}'));
    });
    expect(await client.json(ask)).toEqual({ items: [] });
  });

  it.each([
    ['plain', (text: string, response: http.ServerResponse) => response.end(text)],
    [
      'compressed to a thousandth',
      (text: string, response: http.ServerResponse) =>
        response.setHeader('content-encoding', 'gzip').end(gzipSync(text)),
    ],
  ])('stops at its cap when the answer is %s', async (_, send) => {
    const client = await clientOf((_request, response) => {
      send(JSON.stringify('x'.repeat(1_000_000)), response);
    });
    await expect(client.json({ ...ask, cap: 10_000 })).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  it('gives up an answer that drips without end', async () => {
    const timers: NodeJS.Timeout[] = [];
    const client = await clientOf((_request, response) => {
      response.write('{"items":[');
      timers.push(setInterval(() => response.write(' '), 20));
    });
    await expect(client.json(ask)).rejects.toMatchObject({ code: 'cluster-unreachable' });
    for (const timer of timers) clearInterval(timer);
  });

  it.each([
    ['a page of a portal', '<html>Log in</html>'],
    ['half an answer', '{"items":['],
  ])('does not take %s for an answer', async (_, text) => {
    const client = await clientOf((_request, response) => response.end(text));
    await expect(client.json(ask)).rejects.toMatchObject({ code: 'cluster-error' });
  });
});
