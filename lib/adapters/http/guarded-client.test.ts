import type { RequestListener } from 'node:http';
import type { LookupFunction } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, client, closeAll, hello, names, outcome, serve } from '#tests/builders/egress.ts';
import type { GuardedRequest } from './guarded-client.ts';

afterEach(closeAll);

describe('addresses', () => {
  it('N83: refuses a private address unless the operator named the host', async () => {
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

  it('N83: asks for the address with every connection, so that a name cannot be re-bound', async () => {
    const port = await serve((_, response) => response.setHeader('connection', 'close').end('x'));
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    const lookup: LookupFunction = (hostname, options, callback) =>
      names({ 'rebinding.example': answers.shift() ?? [] })(hostname, options, callback);
    const guarded = client({ lookup, allow: ['rebinding.example'] });
    expect(await outcome(ask(guarded, `http://rebinding.example:${port}/`))).toBe(200);
    expect(await outcome(ask(guarded, `http://rebinding.example:${port}/`))).toBe('egress-blocked');
  });

  it('N82: refuses a metadata address even to a named host, unless it was written itself', async () => {
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

  it('asks named hosts only in an air gap, public ones too', async () => {
    const port = await serve(hello);
    const lookup = names({ 'named.example': ['127.0.0.1'], 'public.example': ['93.184.216.34'] });
    const offline = client({ lookup, allow: ['named.example'], onlyNamed: true });
    expect(await outcome(ask(offline, `http://named.example:${port}/`))).toBe(200);
    for (const host of ['public.example', '93.184.216.34'])
      expect(await outcome(ask(offline, `http://${host}/`))).toBe('egress-blocked');
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

  it('N80: asks for plain bytes and refuses encoded ones', async () => {
    let asked: string | undefined;
    const refused = to((request, response) => {
      asked = request.headers['accept-encoding'];
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    });
    expect(await outcome(refused)).toBe('registry-protocol');
    expect(asked).toBe('identity');
  });

  it('N80: refuses what is larger than its cap, announced or not', async () => {
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

  it('N80: stops reading a body without end at its cap', async () => {
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

  it('N80: gives up on headers that do not come, on trickling and on endless waiting', async () => {
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
