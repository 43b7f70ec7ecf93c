import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SignedCollection } from './signing/trust-data.ts';

/** A trust server that is listening. */
export interface LabNotary {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Serves a collection from now on: each role by its name and by its hash. */
  publish(collection: SignedCollection): void;
  close(): Promise<void>;
}

/**
 * Starts a Notary v1 server on loopback that answers everybody who reads.
 * @see https://github.com/notaryproject/notary/blob/master/docs/service_architecture.md
 */
export async function startNotary(port: number): Promise<LabNotary> {
  const files = new Map<string, Uint8Array>([['/v2/', Buffer.from('{}')]]);
  const server = createServer(({ method, url }, response) => {
    const file = method === 'GET' ? files.get(url ?? '') : undefined;
    response.writeHead(file ? 200 : 404, { 'content-type': 'application/json' });
    response.end(file ?? '{}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publish({ gun, files: roles }) {
      const base = `/v2/${gun}/_trust/tuf`;
      for (const [role, bytes] of roles) {
        const hash = createHash('sha256').update(bytes).digest('hex');
        for (const name of [role, `${role}.${hash}`]) files.set(`${base}/${name}.json`, bytes);
        if (role === 'root') files.set(`${base}/1.root.json`, bytes);
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
