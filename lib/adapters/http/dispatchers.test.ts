import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { aCertificate } from '#tests/builders/certificate.ts';
import {
  ask,
  client,
  closeAll,
  hello,
  listen,
  names,
  outcome,
  serve,
} from '#tests/builders/egress.ts';

afterEach(closeAll);

describe('TLS', () => {
  it('verifies, believes a named authority, and skips the check only when told', async () => {
    const { certificate, key } = await aCertificate('registry.example');
    const port = await listen(createSecureServer({ cert: certificate, key }, hello));
    const lookup = names({ 'registry.example': ['127.0.0.1'], 'other.example': ['127.0.0.1'] });
    const host = `registry.example:${port}`;
    const common = { lookup, allow: ['registry.example', 'other.example'] };
    const url = `https://${host}/`;
    expect(await outcome(ask(client(common), url))).toBe('registry-tls');
    const trusting = client({ ...common, tls: new Map([[host, { ca: certificate }]]) });
    expect(await outcome(ask(trusting, url))).toBe(200);
    const careless = client({ ...common, tls: new Map([[host, { insecure: true }]]) });
    expect(await outcome(ask(careless, url))).toBe(200);
    expect(await outcome(ask(careless, `https://other.example:${port}/`))).toBe('registry-tls');
  });
});

describe('a proxy', () => {
  /** A proxy that tunnels and forwards everything to one port, and notes what it was asked for. */
  async function startProxy(target: number): Promise<{ port: number; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('by the proxy');
    });
    server.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      const upstream = connect(target, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    return { port: await listen(server), asked };
  }

  it('is used for other hosts, and not for loopback or those of NO_PROXY', async () => {
    const direct = await serve(hello);
    const { port, asked } = await startProxy(direct);
    const lookup = names({ 'far.example': ['93.184.216.34'], 'near.example': ['127.0.0.1'] });
    const guarded = client({
      lookup,
      allow: ['127.0.0.1', 'near.example'],
      proxy: { http: `http://127.0.0.1:${port}`, no: 'near.example' },
    });
    const answer = await ask(guarded, 'http://far.example/x');
    expect(Buffer.from(answer.bytes).toString()).toBe('by the proxy');
    await ask(guarded, `http://127.0.0.1:${direct}/`);
    await ask(guarded, `http://near.example:${direct}/`);
    expect(asked).toEqual(['http://far.example/x']);
  });

  it('is not asked for a name that we see at a private address', async () => {
    const { port, asked } = await startProxy(1);
    const lookup = names({ 'inside.example': ['10.0.0.1'] });
    const guarded = client({ lookup, proxy: { https: `http://127.0.0.1:${port}` } });
    expect(await outcome(ask(guarded, 'https://inside.example/'))).toBe('egress-blocked');
    expect(asked).toEqual([]);
  });

  it('carries TLS that is verified end to end', async () => {
    const { certificate, key } = await aCertificate('far.example');
    const secure = await listen(createSecureServer({ cert: certificate, key }, hello));
    const { port, asked } = await startProxy(secure);
    const proxy = { https: `http://127.0.0.1:${port}` };
    const lookup = names({ 'far.example': ['93.184.216.34'] });
    expect(await outcome(ask(client({ lookup, proxy }), 'https://far.example/'))).toBe(
      'registry-tls',
    );
    const tls = new Map([['far.example', { ca: certificate }]]);
    expect(await outcome(ask(client({ lookup, proxy, tls }), 'https://far.example/'))).toBe(200);
    expect(asked).toEqual(['far.example:443', 'far.example:443']);
  });
});
