import { z } from 'zod';
import type { ReadDocument } from '#lib/model/policy.ts';
import { type ObjectHead, readObject } from '#lib/policy/object.ts';
import { fitsGlob } from './match.ts';

const ConfigBody = z.looseObject({
  spec: z
    .looseObject({
      match: z
        .array(
          z.looseObject({
            excludedNamespaces: z.array(z.string()).default([]),
            processes: z.array(z.string()).default([]),
          }),
        )
        .default([]),
    })
    .default({ match: [] }),
});

/** Gatekeeper's Config: namespaces that its processes leave out. */
export interface GatekeeperConfig {
  readonly head: ObjectHead;
  readonly exempt: readonly {
    /** Globs of namespace names. */
    readonly namespaces: readonly string[];
    /** `audit`, `sync`, `webhook`, `mutation-webhook` or `*`. */
    readonly processes: readonly string[];
  }[];
}

export const configKinds = {
  group: 'config.gatekeeper.sh',
  kinds: ['Config'],
  versions: ['v1alpha1'],
};

/** Reads the Config of Gatekeeper (config.gatekeeper.sh). */
export function readConfig(cluster: string, document: unknown): ReadDocument<GatekeeperConfig> {
  const read = readObject(cluster, document, configKinds, ConfigBody);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const exempt = body.spec.match.map(({ excludedNamespaces: namespaces, processes }) => ({
    namespaces,
    processes,
  }));
  return { kind: 'read', ignored: read.ignored, value: { head, exempt } };
}

/** Whether a process of Gatekeeper leaves a namespace out. */
export const isExempt = (
  { exempt }: GatekeeperConfig,
  process: 'audit' | 'webhook',
  namespace: string,
): boolean =>
  exempt.some(
    ({ namespaces, processes }) =>
      (processes.includes('*') || processes.includes(process)) &&
      namespaces.some((glob) => fitsGlob(glob, namespace)),
  );

const ProviderBody = z.looseObject({
  spec: z.looseObject({
    url: z.string().min(1),
    timeout: z.number().int().min(0).optional(),
    caBundle: z.string().optional(),
  }),
});

/** Someone whom rules ask about images: Ratify, or another provider of external data. */
export interface Provider {
  readonly head: ObjectHead;
  readonly url: string;
  /** Seconds; Gatekeeper waits no longer for an answer. */
  readonly timeoutSeconds?: number;
  /** Base64 of PEM. */
  readonly caBundle?: string;
}

export const providerKinds = {
  group: 'externaldata.gatekeeper.sh',
  kinds: ['Provider'],
  versions: ['v1', 'v1beta1', 'v1alpha1'],
};

/** Reads a Provider of external data (externaldata.gatekeeper.sh). */
export function readProvider(cluster: string, document: unknown): ReadDocument<Provider> {
  const read = readObject(cluster, document, providerKinds, ProviderBody);
  if (read.kind === 'refused') return read;
  const { head, body } = read.value;
  const { url, timeout, caBundle } = body.spec;
  return {
    kind: 'read',
    ignored: read.ignored,
    value: {
      head,
      url,
      ...(timeout !== undefined && { timeoutSeconds: timeout }),
      ...(caBundle !== undefined && { caBundle }),
    },
  };
}

/** Objects of Gatekeeper that decide nothing about images, by group: told by name, and not read. */
export const withoutImages: Readonly<Record<string, string>> = {
  'mutations.gatekeeper.sh': 'it changes objects before they are judged',
  'expansion.gatekeeper.sh': 'it foretells pods for objects that make them',
  'status.gatekeeper.sh': 'it is a status of another object',
  'syncset.gatekeeper.sh': 'it names objects that rules may look up',
  'connection.gatekeeper.sh': 'it says where violations are sent',
};
