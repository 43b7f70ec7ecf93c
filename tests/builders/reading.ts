import type { RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { RegistryHostOptions } from '#lib/adapters/registry/registry-options.ts';
import type {
  RegistryClient,
  RegistryReaderOptions,
} from '#lib/adapters/registry/registry-reader.ts';
import { OperationalError } from '#lib/errors.ts';
import {
  type LabRegistry,
  type LabRegistryOptions,
  startLabRegistry,
} from '#lib/lab/registry/registry-server.ts';
import { digest } from '#lib/model/digest.ts';
import { aCertificate } from './certificate.ts';
import { openReader } from './registry.ts';
import { startServer, type TestServer } from './server.ts';

/** Canonical name of the registry that every reader here asks. */
export const name = 'registry.example';
export const user = { username: 'robot', password: 'secret' };
export const absent = digest(`sha256:${'0'.repeat(64)}`);

const open: (() => Promise<unknown>)[] = [];

/** Closes what the helpers of this file opened; for `afterEach`. */
export const closeAll = async (): Promise<void> => {
  await Promise.all(open.splice(0).map((close) => close()));
};

/** Registers something to be closed by {@link closeAll}. */
export const alsoClose = (close: () => Promise<unknown>): void => {
  open.push(close);
};

export async function startLab(options: Partial<LabRegistryOptions> = {}): Promise<LabRegistry> {
  const lab = await startLabRegistry({ name, referrersApi: true, auth: 'none', ...options });
  open.push(() => lab.close());
  return lab;
}

/** A reader of the registry that answers at `url`. */
export function readerOf(
  { url }: { readonly url: string },
  host: Partial<RegistryHostOptions> = {},
  options: Partial<RegistryReaderOptions> & { readonly allow?: readonly string[] } = {},
): RegistryClient {
  const { reader, http } = openReader([{ host: name, endpoint: url, ...host }], options);
  open.push(() => http.close());
  return reader;
}

/** A server that answers as the test wants. */
export async function serve(listener: RequestListener): Promise<TestServer> {
  const server = await startServer(listener);
  open.push(() => server.close());
  return server;
}

/** A reader of a registry of HTTPS whose authority it was told. */
export async function secureReader(
  allow: readonly string[],
  listener: RequestListener,
): Promise<RegistryClient> {
  const { certificate, key } = await aCertificate('localhost');
  const server = createSecureServer({ cert: certificate, key }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => server.close().closeAllConnections());
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  return readerOf({ url }, { ca: certificate }, { allow });
}

/** The reason code with which something fails. */
export async function codeOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return 'no failure';
  } catch (error) {
    if (error instanceof OperationalError) return error.code;
    throw error;
  }
}

/** A docker config with one entry. */
export const dockerConfig = (entry: object, host = name) => ({
  label: 'docker config',
  dockerConfig: JSON.stringify({ auths: { [host]: entry } }),
});
