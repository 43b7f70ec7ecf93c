import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { LabKubernetes } from './kubernetes/api-server.ts';
import type { KubernetesFault } from './kubernetes/faults.ts';
import type { RegistryFault } from './registry/registry-faults.ts';
import type { LabRegistry } from './registry/registry-server.ts';

/** The door through which a running lab is told to misbehave. */
export interface Control {
  readonly url: string;
  close(): Promise<void>;
}

/** What `POST /lab/faults` takes; `fault: null` heals. */
export type FaultOrder =
  | { readonly cluster: string; readonly fault: KubernetesFault | null }
  | {
      readonly registry: string;
      /** Absent: the whole registry. */
      readonly repository?: string;
      readonly fault: RegistryFault | null;
    };

/**
 * Starts the control server on loopback. `POST /lab/faults` with a JSON body switches a fault:
 *
 * - `{"cluster": "staging", "fault": {"kind": "down"}}`: the cluster becomes unreachable;
 * - `{"registry": "mirror.acme.example", "repository": "upstream/coredns", "fault": {"kind": "forbidden"}}`;
 * - either with `"fault": null`: it is well again.
 *
 * The kinds are those of `KubernetesFault` and `RegistryFault`. Answers 204, 400 with the problem as
 * text, or 404 for anything else. A page in a browser cannot reach it: the body must be JSON.
 */
export async function startControl(
  registries: ReadonlyMap<string, LabRegistry>,
  clusters: ReadonlyMap<string, LabKubernetes>,
  port: number,
): Promise<Control> {
  const server = createServer((request, response) => {
    void answer(request, response, (order) => {
      const problem = obey(order, registries, clusters);
      response.writeHead(problem === undefined ? 204 : 400).end(problem);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  obeying: (order: Partial<Record<string, unknown>>) => void,
): Promise<void> {
  const json = request.headers['content-type']?.startsWith('application/json') ?? false;
  if (request.method !== 'POST' || request.url !== '/lab/faults' || !json) {
    response.writeHead(404).end('POST /lab/faults with content-type application/json\n');
    return;
  }
  try {
    const order: unknown = JSON.parse(await text(request));
    obeying(typeof order === 'object' && order !== null ? order : {});
  } catch (error) {
    response.writeHead(400).end(`${(error as Error).message}\n`);
  }
}

function obey(
  order: Partial<Record<string, unknown>>,
  registries: ReadonlyMap<string, LabRegistry>,
  clusters: ReadonlyMap<string, LabKubernetes>,
): string | undefined {
  const { cluster, registry, repository, fault } = order;
  if (fault !== null && typeof (fault as { kind?: unknown } | undefined)?.kind !== 'string')
    return 'fault must be null or an object with a kind\n';
  const kubernetes = clusters.get(String(cluster));
  if (kubernetes) {
    kubernetes.setFault((fault as KubernetesFault | null) ?? undefined);
    return undefined;
  }
  const known = registries.get(String(registry));
  if (!known) {
    const names = [...clusters.keys(), ...registries.keys()].join(', ');
    return `name one of these as cluster or registry: ${names}\n`;
  }
  const match = typeof repository === 'string' ? { repository } : { path: wholeRegistry };
  known.setFault(match, (fault as RegistryFault | null) ?? undefined);
  return undefined;
}

const wholeRegistry = /^\/v2\//;
