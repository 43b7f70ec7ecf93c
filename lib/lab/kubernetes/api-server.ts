import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import { log } from '#lib/log.ts';
import { Api, type KubernetesApiOptions, type LabRequest } from './api.ts';
import type { KubernetesFault } from './faults.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

/** A running Kubernetes API on loopback. */
export interface LabKubernetes {
  readonly name: string;
  readonly url: string;
  /** Adds or replaces by uid and tells every watch. */
  upsert(object: KubernetesObject & { readonly kind: string }): void;
  /** False when there was nothing to remove. */
  remove(kind: string, uid: string): boolean;
  /** A kubeconfig with one context that connects here. */
  kubeconfig(): string;
  /** From now on only this token is accepted. */
  setToken(token: string | undefined): void;
  setFault(fault: KubernetesFault | undefined): void;
  /** Forgets old resource versions: lists being paged and watches that come back get 410. */
  compact(): void;
  /** The latest requests, oldest first. */
  requests(): readonly LabRequest[];
  /** Watches open now. */
  watches(): number;
  close(): Promise<void>;
}

/** Starts a Kubernetes API on 127.0.0.1: list, watch and get of the usual workload kinds. */
export async function startKubernetesApi(options: KubernetesApiOptions): Promise<LabKubernetes> {
  const api = new Api(options);
  const server = http.createServer((request, response) => {
    api.handle(request, response).catch((error: unknown) => {
      log.warn({ error, cluster: options.name }, 'the lab API server failed');
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    name: options.name,
    url,
    upsert: (object) => api.upsert(object),
    remove: (kind, uid) => api.remove(kind, uid),
    kubeconfig: () => kubeconfigFor(options.name, url, api.token),
    setToken: (token) => {
      api.token = token;
    },
    setFault: (fault) => api.setFault(fault),
    compact: () => api.compact(),
    requests: () => api.requests,
    watches: () => api.watchers.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const kubeconfigFor = (name: string, server: string, token: string | undefined): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: token === undefined ? {} : { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
