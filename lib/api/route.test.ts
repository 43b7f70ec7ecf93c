import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { many } from '#lib/contract/paging.ts';
import { OperationalError } from '#lib/errors.ts';
import { HttpError, route } from './route.ts';

const context = { params: Promise.resolve({}) };
const echo = route({
  query: z.object({ n: z.coerce.number().default(1), tag: many(z.string()) }),
  response: z.object({ n: z.number(), tag: z.array(z.string()) }),
  handle: async ({ query }) => query,
});
const post = route({
  body: z.object({ full: z.boolean().default(false) }),
  response: z.object({ full: z.boolean() }),
  status: 202,
  handle: async ({ body }) => body,
});
const ask = (path: string) => echo(new Request(`http://127.0.0.1:3000${path}`), context);
const send = (headers: Record<string, string>, body = '{}') =>
  post(
    new Request('http://127.0.0.1:3000/api/v1/scans', {
      method: 'POST',
      headers: { host: '127.0.0.1:3000', 'content-type': 'application/json', ...headers },
      body,
    }),
    context,
  );

describe('route', () => {
  it('reads repeated keys as alternatives', async () => {
    expect(await (await ask('/x?tag=a&tag=b&n=2')).json()).toEqual({ n: 2, tag: ['a', 'b'] });
  });

  it('answers a query that cannot be with problem+json', async () => {
    const response = await ask('/x?n=many');
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect((await response.json()).detail).toContain('n:');
  });

  it.each([
    [new HttpError(404, 'No such thing.'), 404, 'No such thing.'],
    [new OperationalError('registry-timeout', 'slow', { retryable: true }), 503, 'slow'],
    [new Error('secret internals'), 500, 'Something went wrong'],
  ])('maps %s to a status without leaking internals', async (error, status, detail) => {
    const failing = route({
      response: z.unknown(),
      handle: () => Promise.reject(error),
    });
    const response = await failing(new Request('http://127.0.0.1:3000/x'), context);
    expect(response.status).toBe(status);
    expect((await response.json()).detail).toContain(detail);
  });

  it('takes a change from its own origin and from clients that are no browser', async () => {
    expect((await send({ 'sec-fetch-site': 'same-origin' })).status).toBe(202);
    expect((await send({ origin: 'http://127.0.0.1:3000' })).status).toBe(202);
    expect((await send({})).status).toBe(202);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['a form', { 'content-type': 'text/plain' }, 415],
  ])('refuses a change from %s', async (_, headers, status) => {
    expect((await send(headers)).status).toBe(status);
  });

  it('refuses a body that is not JSON or too large', async () => {
    expect((await send({}, '{')).status).toBe(400);
    expect((await send({}, `"${'x'.repeat(70_000)}"`)).status).toBe(413);
  });
});
