import { createHash } from 'node:crypto';
import type { TrustData } from '#lib/model/trust-data.ts';
import { startServer, type TestServer } from './server.ts';

/** A Notary v1 server on loopback that serves what it is given. */
export interface NotaryServer extends TestServer {
  /** Paths asked for, oldest first. */
  readonly asked: string[];
  /** Serves the files of a collection by name and by hash; older root versions stay. */
  publish(data: TrustData): void;
  /** Answers every question about metadata with this status. */
  fail(status: number | undefined): void;
  /** Demands a token with this password, and says who asked the token service. */
  demandToken(username: string, password: string): void;
  /** Scopes for which tokens were asked. */
  readonly scopes: string[];
  /** Serves other bytes under one name. */
  swap(name: string, bytes: Uint8Array): void;
}

export async function startNotaryServer(): Promise<NotaryServer> {
  const files = new Map<string, Uint8Array>();
  const asked: string[] = [];
  const scopes: string[] = [];
  let failure: number | undefined;
  let login: string | undefined;
  const statusOf = (path: string, authorization: string | undefined): number => {
    if (path === '/token') return authorization === login ? 200 : 401;
    if (login !== undefined && authorization !== 'Bearer letmein') return 401;
    if (failure !== undefined && path !== '/v2/') return failure;
    return files.has(path) ? 200 : 404;
  };
  const server = await startServer(({ url: address = '/', headers }, response) => {
    const url = new URL(address, `http://${headers.host}`);
    const token = url.pathname === '/token';
    asked.push(url.pathname);
    if (token) scopes.push(url.searchParams.get('scope') ?? '');
    const status = statusOf(url.pathname, headers.authorization);
    const realm = `Bearer realm="${url.origin}/token",service="notary"`;
    response.writeHead(status, status === 401 && !token ? { 'www-authenticate': realm } : {});
    response.end(status === 200 ? (files.get(url.pathname) ?? '{"token":"letmein"}') : '{}');
  });
  return {
    ...server,
    asked,
    scopes,
    publish({ gun, files: written }) {
      const base = `/v2/${gun}/_trust/tuf`;
      for (const { role, bytes } of written) {
        const hash = createHash('sha256').update(bytes).digest('hex');
        files.set(`${base}/${role}.json`, bytes);
        files.set(`${base}/${role}.${hash}.json`, bytes);
        if (role !== 'root') continue;
        const { version } = JSON.parse(Buffer.from(bytes).toString()).signed;
        files.set(`${base}/${version}.root.json`, bytes);
      }
    },
    fail(status) {
      failure = status;
    },
    demandToken(username, password) {
      login = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    },
    swap: (name, bytes) => void files.set(name, bytes),
  };
}
