import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { limits } from '#lib/model/limits.ts';
import type { RevocationQuestion } from '#lib/model/revocation.ts';
import { client, closeAll, serve } from '#tests/builders/egress.ts';
import { createRevocationSource } from './revocation-source.ts';

afterEach(closeAll);

/** A source that may reach loopback, and a server that remembers what it was asked. */
async function opened(listener: RequestListener, now?: () => Date) {
  const asked: string[] = [];
  const port = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  const http = client({ allow: ['127.0.0.1'] });
  const source = createRevocationSource({ http, ...(now && { now }) });
  return { source, asked, url: `http://127.0.0.1:${port}` };
}

const list = (url: string): RevocationQuestion => ({ key: `crl ${url}`, kind: 'crl', url });
const one = async (
  source: ReturnType<typeof createRevocationSource>,
  question: RevocationQuestion,
) => (await source.ask([question]))[0];

describe('a revocation source', () => {
  it('fetches a list and keeps it, for ten minutes', async () => {
    let clock = new Date();
    const { source, asked, url } = await opened(
      (_, response) => response.end('list'),
      () => clock,
    );
    const answer = await one(source, list(url));
    expect(answer).toMatchObject({ key: `crl ${url}`, outcome: 'answered' });
    expect(answer?.outcome === 'answered' && Buffer.from(answer.bytes).toString()).toBe('list');
    await one(source, list(url));
    expect(asked).toHaveLength(1);
    clock = new Date(clock.getTime() + 11 * 60_000);
    await one(source, list(url));
    expect(asked).toHaveLength(2);
  });

  it('asks a responder by GET when the request is short, else by POST', async () => {
    const { source, asked, url } = await opened((_, response) => response.end('answer'));
    const question = { key: 'a', kind: 'ocsp', url } as const;
    await source.ask([
      { ...question, request: Buffer.from('short?') },
      { ...question, key: 'b', request: Buffer.alloc(300, 1) },
    ]);
    expect(asked.sort()).toEqual([`GET /${encodeURIComponent('c2hvcnQ/')}`, 'POST /']);
  });

  it('asks an equal question once, however often it comes at the same time', async () => {
    const { source, asked, url } = await opened((_, response) => response.end('list'));
    await Promise.all([one(source, list(url)), source.ask([list(url), list(url)])]);
    expect(asked).toHaveLength(1);
  });

  it('tells a failure as an answer, and does not ask again for a minute', async () => {
    let clock = new Date();
    const { source, asked, url } = await opened(
      (_, response) => response.writeHead(503).end(),
      () => clock,
    );
    expect(await one(source, list(url))).toMatchObject({
      outcome: 'failed',
      detail: 'it answers 503',
    });
    await one(source, list(url));
    expect(asked).toHaveLength(1);
    clock = new Date(clock.getTime() + limits.revocationRestMs + 1);
    await one(source, list(url));
    expect(asked).toHaveLength(2);
  });

  it('does not follow redirects', async () => {
    const { source, asked, url } = await opened((_, response) =>
      response.writeHead(302, { location: '/elsewhere' }).end(),
    );
    expect(await one(source, list(url))).toMatchObject({ outcome: 'failed' });
    expect(asked).toHaveLength(1);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:1/',
    'http://10.0.0.1/list.crl',
    'http://[::1]/list.crl',
    'file:///etc/passwd',
    'no address',
  ])('N65 asks nothing of %s', async (url) => {
    const source = createRevocationSource({ http: client() });
    expect(await one(source, list(url))).toMatchObject({ outcome: 'failed' });
  });

  it('stops reading what is larger than its limit', async () => {
    const { source, url } = await opened((_, response) =>
      response.end(Buffer.alloc(limits.ocspBytes + 1)),
    );
    const question = { key: 'a', kind: 'ocsp', url, request: Buffer.from('x') } as const;
    expect(await one(source, question)).toMatchObject({ outcome: 'failed' });
  });

  it('gives up on a responder that does not answer', async () => {
    const { source, url } = await opened(() => undefined);
    const question = { key: 'a', kind: 'ocsp', url, request: Buffer.from('x') } as const;
    const begun = Date.now();
    expect(await one(source, question)).toMatchObject({ outcome: 'failed' });
    expect(Date.now() - begun).toBeLessThan(limits.ocspMs + 2_000);
  });
});
