import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import {
  createGuardedClient,
  type GuardedClient,
  type GuardedClientOptions,
  type GuardedRequest,
  type GuardedResponse,
} from '#lib/adapters/http/guarded-client.ts';
import { OperationalError } from '#lib/errors.ts';

const open: (() => Promise<unknown>)[] = [];

/** Closes what the helpers of this file opened; for `afterEach`. */
export const closeAll = async (): Promise<void> => {
  await Promise.all(open.splice(0).map((close) => close()));
};

/** Lets a server listen on a free port of loopback. */
export async function listen(server: Server): Promise<number> {
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

export const serve = (listener: RequestListener): Promise<number> => listen(createServer(listener));

export const hello: RequestListener = (_, response) => response.end('hello');

/** A guarded client that allows nothing unless told. */
export function client(options: Partial<GuardedClientOptions> = {}): GuardedClient {
  const deadlines = { headersMs: 10_000, bodyMs: 10_000, slowAfterMs: 200 };
  const made = createGuardedClient({ allow: [], deadlines, ...options });
  open.push(() => made.close());
  return made;
}

/** Name resolution by a table. */
export const names =
  (table: Readonly<Record<string, readonly string[]>>): LookupFunction =>
  (hostname, _, callback) => {
    const found = table[hostname] ?? [];
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

export const ask = (
  guarded: GuardedClient,
  url: string,
  more: Partial<GuardedRequest> = {},
): Promise<GuardedResponse> => guarded.request({ url, cap: 1024, purpose: 'test', ...more });

/** The code of the failure, or the status of the answer. */
export async function outcome(
  asked: Promise<{ readonly status: number }>,
): Promise<string | number> {
  try {
    return (await asked).status;
  } catch (error) {
    if (error instanceof OperationalError) return error.code;
    throw error;
  }
}
