// A thread that answers about revocation: the comparison waits for its peers and can answer nobody.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';

const answers = new Map<string, Uint8Array>();

const server = createServer((request, response) => {
  const found = [...answers].find(([place]) => request.url?.startsWith(place))?.[1];
  if (found === undefined) response.writeHead(404).end();
  else response.end(found);
});
server.listen(0, '127.0.0.1', () =>
  parentPort?.postMessage((server.address() as AddressInfo).port),
);

parentPort?.on('message', ([place, bytes]: [string, Uint8Array]) => answers.set(place, bytes));
