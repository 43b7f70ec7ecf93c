import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type LookupFunction } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { OperationalError } from '#lib/errors.ts';
import { aCertificate } from '#tests/builders/certificate.ts';
import {
  createGuardedClient,
  type GuardedClient,
  type GuardedClientOptions,
  type GuardedRequest,
} from './guarded-client.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener): Promise<number> => listen(createServer(listener));

function client(options: Partial<GuardedClientOptions> = {}): GuardedClient {
  const deadlines = { headersMs: 10_000, bodyMs: 10_000, slowAfterMs: 200 };
  const made = createGuardedClient({ allow: [], deadlines, ...options });
  open.push(() => made.close());
  return made;
}

const names =
  (table: Readonly<Record<string, readonly string[]>>): LookupFunction =>
  (hostname, _, callback) => {
    const found = table[hostname] ?? [];
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

const ask = (guarded: GuardedClient, url: string, more: Partial<GuardedRequest> = {}) =>
  guarded.request({ url, cap: 1024, purpose: 'test', ...more });

/** The code of the failure, or the status of the answer. */
const outcome = async (asked: Promise<{ readonly status: number }>): Promise<string | number> => {
  try {
    return (await asked).status;
  } catch (error) {
    if (error instanceof OperationalError) return error.code;
    throw error;
  }
};

const hello: RequestListener = (_, response) => response.end('hello');

describe('addresses', () => {
  it('refuses a private address unless the operator named the host', async () => {
    const port = await serve(hello);
    const url = `http://127.0.0.1:${port}/`;
    expect(await outcome(ask(client(), url))).toBe('egress-blocked');
    expect(await outcome(ask(client({ allow: ['127.0.0.1'] }), url))).toBe(200);
    expect(await outcome(ask(client({ allow: [`127.0.0.1:${port}`] }), url))).toBe(200);
    expect(await outcome(ask(client({ allow: [`127.0.0.1:${port + 1}`] }), url))).toBe(
      'egress-blocked',
    );
  });

  it('checks what a name resolves to, when the socket is opened', async () => {
    const port = await serve(hello);
    const lookup = names({ 'inside.example': ['127.0.0.1'] });
    const url = `http://inside.example:${port}/`;
    expect(await outcome(ask(client({ lookup }), url))).toBe('egress-blocked');
    expect(await outcome(ask(client({ lookup, allow: ['inside.example'] }), url))).toBe(200);
  });

  it('refuses a name that resolves to a public and a private address', async () => {
    const port = await serve(hello);
    const lookup = names({ 'mixed.example': ['93.184.216.34', '127.0.0.1'] });
    expect(await outcome(ask(client({ lookup }), `http://mixed.example:${port}/`))).toBe(
      'egress-blocked',
    );
  });

  it('asks for the address with every connection, so that a name cannot be re-bound', async () => {
    const port = await serve((_, response) => response.setHeader('connection', 'close').end('x'));
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    const lookup: LookupFunction = (hostname, options, callback) =>
      names({ 'rebinding.example': answers.shift() ?? [] })(hostname, options, callback);
    const guarded = client({ lookup, allow: ['rebinding.example'] });
    expect(await outcome(ask(guarded, `http://rebinding.example:${port}/`))).toBe(200);
    expect(await outcome(ask(guarded, `http://rebinding.example:${port}/`))).toBe('egress-blocked');
  });

  it('refuses a metadata address even to a named host, unless it was written itself', async () => {
    const lookup = names({ 'metadata.example': ['169.254.169.254'] });
    const named = client({ lookup, allow: ['metadata.example'] });
    expect(await outcome(ask(named, 'http://metadata.example/'))).toBe('egress-blocked');
    expect(await outcome(ask(client(), 'http://169.254.169.254/latest/'))).toBe('egress-blocked');
    const written = client({ allow: ['169.254.169.254'], deadlines: { headersMs: 50 } });
    expect(await outcome(ask(written, 'http://169.254.169.254/'))).not.toBe('egress-blocked');
  });

  it.each([
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::1]/',
    'http://user:password@registry.example/',
    'file:///etc/passwd',
    'not a url',
  ])('refuses %s before anything is sent', async (url) => {
    expect(await outcome(ask(client(), url))).toBe('egress-blocked');
  });

  it('uses the codes of its caller', async () => {
    const codes = { blocked: 'token-realm-blocked' } as const;
    expect(await outcome(ask(client(), 'http://127.0.0.1/', { codes }))).toBe(
      'token-realm-blocked',
    );
  });
});

describe('answers', () => {
  const to = async (listener: RequestListener, more: Partial<GuardedRequest> = {}) => {
    const port = await serve(listener);
    return ask(client({ allow: ['127.0.0.1'] }), `http://127.0.0.1:${port}/`, more);
  };

  it('hands redirects to the caller', async () => {
    const answer = await to((_, response) =>
      response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
    );
    expect(answer).toMatchObject({ status: 302, headers: { location: 'http://10.0.0.1/' } });
  });

  it('asks for plain bytes and refuses encoded ones', async () => {
    let asked: string | undefined;
    const refused = to((request, response) => {
      asked = request.headers['accept-encoding'];
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    });
    expect(await outcome(refused)).toBe('registry-protocol');
    expect(asked).toBe('identity');
  });

  it('refuses what is larger than its cap, announced or not', async () => {
    expect(await outcome(to((_, response) => response.end(Buffer.alloc(1025))))).toBe(
      'limit-exceeded',
    );
    const chunked: RequestListener = (_, response) => {
      response.write(Buffer.alloc(1024));
      response.end('x');
    };
    expect(await outcome(to(chunked))).toBe('limit-exceeded');
    expect((await to((_, response) => response.end(Buffer.alloc(1024)))).bytes.length).toBe(1024);
  });

  it('stops reading a body without end at its cap', async () => {
    const endless: RequestListener = (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    };
    expect(await outcome(to(endless))).toBe('limit-exceeded');
  });

  it('cuts the body of an error instead of failing', async () => {
    const answer = await to((_, response) => response.writeHead(500).end(Buffer.alloc(200_000)));
    expect(answer.status).toBe(500);
    expect(answer.bytes.length).toBe(64 * 1024);
  });

  it('gives up on headers that do not come, on trickling and on endless waiting', async () => {
    expect(await outcome(to(() => undefined, { deadlines: { headersMs: 100 } }))).toBe(
      'registry-timeout',
    );
    const trickle: RequestListener = (_, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const before = performance.now();
    expect(await outcome(to(trickle))).toBe('registry-timeout');
    expect(performance.now() - before).toBeLessThan(5_000);
    const stalled: RequestListener = (_, response) => response.write('x');
    expect(await outcome(to(stalled, { deadlines: { slowAfterMs: 60_000, bodyMs: 200 } }))).toBe(
      'registry-timeout',
    );
  });

  it('reports a connection that breaks, and one that nobody accepts', async () => {
    expect(await outcome(to((request) => request.socket.destroy()))).toBe('registry-unreachable');
    const broken: RequestListener = (request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('x', () => request.socket.destroy());
    };
    expect(await outcome(to(broken))).toBe('registry-unreachable');
    const guarded = client({ allow: ['127.0.0.1'] });
    expect(await outcome(ask(guarded, 'http://127.0.0.1:1/'))).toBe('registry-unreachable');
  });

  it('stops when its caller does', async () => {
    const stop = new AbortController();
    const asked = to(() => stop.abort(), { signal: stop.signal });
    expect(await outcome(asked)).toBe('registry-timeout');
  });

  it('sends a body', async () => {
    const answer = await to(
      async (request, response) => {
        for await (const chunk of request) response.write(chunk);
        response.end();
      },
      { method: 'POST', body: 'grant_type=refresh_token' },
    );
    expect(Buffer.from(answer.bytes).toString()).toBe('grant_type=refresh_token');
  });
});

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
