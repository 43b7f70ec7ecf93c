import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { log } from '#lib/log.ts';
import type { Digest } from '#lib/model/digest.ts';
import { createLabAuth, type LabUser } from './registry-auth.ts';
import { createFaultTable, type FaultMatch, type RegistryFault } from './registry-faults.ts';
import { handleRequest, type Routing } from './registry-routes.ts';
import { createStorage, type LazyContent } from './registry-storage.ts';

export interface LabRegistryOptions {
  /** Canonical name under which images refer to it. */
  readonly name: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly referrersApi: boolean;
  readonly auth: 'none' | 'basic' | 'token';
  readonly users?: readonly LabUser[];
  readonly privateRepositories?: readonly string[];
  /** Whether `_catalog` answers; most hosted registries refuse it. */
  readonly lists?: boolean;
  /** Serves blobs by a redirect, as registries with object storage do. */
  readonly redirectBlobs?: boolean;
  readonly content?: LazyContent;
}

/** One request as it arrived. Secrets are not kept, only what kind there was. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: 'none' | 'basic' | 'bearer';
  readonly at: Date;
}

/** A registry that is listening. */
export interface LabRegistry {
  readonly name: string;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** `127.0.0.1:port`. */
  readonly host: string;
  putBlob(repository: string, bytes: Uint8Array): Digest;
  /** @param reference a tag, or undefined to store it under its digest alone */
  putManifest(
    repository: string,
    reference: string | undefined,
    mediaType: string,
    bytes: Uint8Array,
  ): Digest;
  deleteTag(repository: string, tag: string): void;
  /** Switches a fault on; undefined switches the one of the same match off. */
  setFault(match: FaultMatch, fault: RegistryFault | undefined): void;
  /** The last 10,000 requests. */
  readonly requests: readonly SeenRequest[];
  resetRequests(): void;
  close(): Promise<void>;
}

const keptRequests = 10_000;

/**
 * Starts a registry on loopback that speaks the OCI distribution API for reading.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export async function startLabRegistry(options: LabRegistryOptions): Promise<LabRegistry> {
  const storage = createStorage(options.referrersApi, options.content);
  const faults = createFaultTable();
  const requests: SeenRequest[] = [];
  const routing: Routing = {
    storage,
    faults,
    auth: createLabAuth({
      auth: options.auth,
      users: options.users ?? [],
      privateRepositories: options.privateRepositories ?? [],
    }),
    referrersApi: options.referrersApi,
    lists: options.lists ?? true,
    redirectBlobs: options.redirectBlobs ?? false,
  };
  const server = createServer((request, response) => {
    if (requests.length >= keptRequests) requests.splice(0, keptRequests / 2);
    requests.push(seen(request));
    void answer(routing, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;

  return {
    name: options.name,
    url: `http://${host}`,
    host,
    putBlob: storage.putBlob,
    putManifest: storage.putManifest,
    deleteTag: storage.deleteTag,
    setFault: faults.set,
    requests,
    resetRequests() {
      requests.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  routing: Routing,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await handleRequest(routing, request, response);
  } catch (error) {
    log.error({ err: error, path: request.url }, 'lab registry failed');
    response.destroy();
  }
}

function seen(request: IncomingMessage): SeenRequest {
  const scheme = /^(basic|bearer) /i.exec(request.headers.authorization ?? '')?.[1]?.toLowerCase();
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    authorization: scheme === 'basic' || scheme === 'bearer' ? scheme : 'none',
    at: new Date(),
  };
}
