import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fetchJson, ProblemError } from './fetch-json.ts';

const answers: Readonly<Record<string, readonly [number, string]>> = {
  '/good': [200, '{"name":"prod"}'],
  '/other-shape': [200, '{"name":7}'],
  '/no-json': [200, '<html>'],
  '/problem': [
    429,
    '{"type":"about:blank","title":"Too many","status":429,"detail":"Wait a little.","remedy":"Log in."}',
  ],
  '/proxy': [502, '<html>Bad gateway</html>'],
};

let server: Server;
let base: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const [status, body] = answers[request.url ?? ''] ?? [404, ''];
    response.writeHead(status).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const response = z.object({ name: z.string() });
const read = (path: string) => fetchJson(`${base}${path}`, { response });
const failure = async (path: string): Promise<ProblemError> => {
  const error: unknown = await read(path).catch((cause: unknown) => cause);
  if (!(error instanceof ProblemError)) throw new Error('it did not fail as a problem');
  return error;
};

describe('fetchJson', () => {
  it('gives what the contract describes', async () => {
    expect(await read('/good')).toEqual({ name: 'prod' });
  });

  it.each(['/other-shape', '/no-json'])('refuses an answer of another shape: %s', async (path) => {
    expect((await failure(path)).message).toContain('in a shape that this page does not know');
  });

  it('hands on detail and remedy of a problem, and that it may pass', async () => {
    const error = await failure('/problem');
    expect(error).toMatchObject({ message: 'Wait a little.', remedy: 'Log in.', status: 429 });
    expect(error.retryable).toBe(true);
  });

  it('names the status when something in between answered', async () => {
    expect((await failure('/proxy')).message).toBe('The server answered 502');
  });

  it('says that the server does not answer when none is there', async () => {
    const error = await fetchJson('http://127.0.0.1:1/', { response }).catch((e: unknown) => e);
    expect(error).toMatchObject({ status: 0, retryable: true });
  });
});
