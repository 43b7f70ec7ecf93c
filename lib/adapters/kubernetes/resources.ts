import type { z } from 'zod';
import type { ClusterChange } from '#lib/ports/cluster.ts';
import {
  controllerFacts,
  cronJobFacts,
  ownerLink,
  type Pool,
  podFacts,
  podTemplateFacts,
} from './reduce.ts';
import { AnyObject, Controller, CronJob, Pod } from './schemas.ts';

/** What an object comes to once reduced. */
export type Reduced =
  | Omit<Extract<ClusterChange, { type: 'pod' }>, 'resourceVersion'>
  | Extract<ClusterChange, { type: 'owner' | 'controller' | 'namespace' }>;

/** An object that is not what its kind promises: named, with the reason. */
export interface Malformed {
  readonly type: 'malformed';
  readonly what: string;
  readonly detail: string;
}

/** One kind of object that is listed and watched. */
export interface Resource {
  /** As in its path, and in what people are told. */
  readonly plural: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespaced: boolean;
  /** Metadata suffices: the API is asked for nothing else. */
  readonly metadataOnly: boolean;
  /** Without pods there is no reading; anything else is missed and told. */
  readonly required: boolean;
  readonly reduce: (object: unknown, pool: Pool) => Reduced | Malformed;
}

type Shape = Omit<Resource, 'reduce' | 'namespaced' | 'required'>;

const resource = <T>(
  shape: Shape,
  schema: z.ZodType<T>,
  reduced: (object: T, pool: Pool) => Reduced,
): Resource => ({
  ...shape,
  namespaced: shape.kind !== 'Namespace',
  required: shape.kind === 'Pod',
  reduce: (object, pool) => {
    const parsed = schema.safeParse(object);
    if (parsed.success) return reduced(parsed.data, pool);
    const [issue] = parsed.error.issues;
    return {
      type: 'malformed',
      what: `${shape.kind} ${nameOf(object)}`,
      detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`,
    };
  },
});

/** Any kind that holds a pod template in `spec.template`. */
export const controller = (plural: string, kind: string, apiVersion: string): Resource =>
  resource({ plural, kind, apiVersion, metadataOnly: false }, Controller, (object) => ({
    type: 'controller',
    controller: controllerFacts(object, kind, apiVersion),
  }));

const link = (plural: string, kind: string, apiVersion: string): Resource =>
  resource({ plural, kind, apiVersion, metadataOnly: true }, AnyObject, ({ metadata }, pool) => ({
    type: 'owner',
    owner: ownerLink(metadata, kind, apiVersion, pool),
  }));

/** A pod that does not run: its own template. */
export const podTemplate: Resource = resource(
  { plural: 'pods', kind: 'Pod', apiVersion: 'v1', metadataOnly: false },
  Pod,
  (pod) => ({ type: 'controller', controller: podTemplateFacts(pod) }),
);

/**
 * Everything that is read of a cluster. Pods come first: an owner listed later than its pods is
 * there, one listed earlier may not be yet.
 */
export const resources: readonly Resource[] = [
  resource(
    { plural: 'pods', kind: 'Pod', apiVersion: 'v1', metadataOnly: false },
    Pod,
    (pod, pool) => ({ type: 'pod', pod: podFacts(pod, pool) }),
  ),
  link('replicasets', 'ReplicaSet', 'apps/v1'),
  link('jobs', 'Job', 'batch/v1'),
  controller('deployments', 'Deployment', 'apps/v1'),
  controller('statefulsets', 'StatefulSet', 'apps/v1'),
  controller('daemonsets', 'DaemonSet', 'apps/v1'),
  controller('replicationcontrollers', 'ReplicationController', 'v1'),
  resource(
    { plural: 'cronjobs', kind: 'CronJob', apiVersion: 'batch/v1', metadataOnly: false },
    CronJob,
    (object) => ({ type: 'controller', controller: cronJobFacts(object) }),
  ),
  resource(
    { plural: 'namespaces', kind: 'Namespace', apiVersion: 'v1', metadataOnly: true },
    AnyObject,
    ({ metadata: { name, labels } }) => ({ type: 'namespace', name, labels: labels ?? {} }),
  ),
];

/** One list to be read: a resource in the whole cluster or in one namespace. */
export interface ClusterList {
  readonly resource: Resource;
  /** With a query where only some objects are wanted; names the list in `positions`. */
  readonly path: string;
}

/** The lists to read, for the whole cluster or for some namespaces of it. */
export const listsFor = (namespaces: readonly string[] | undefined): readonly ClusterList[] =>
  resources.flatMap((one) =>
    (namespaces ?? [undefined]).map((namespace) => ({
      resource: one,
      path: pathOf(one, namespace),
    })),
  );

function pathOf({ apiVersion, plural, namespaced }: Resource, namespace?: string): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  if (namespace === undefined) return `${root}/${plural}`;
  const name = encodeURIComponent(namespace);
  // With a field selector, permission for this one namespace suffices to list and watch it.
  if (!namespaced) return `${root}/${plural}?fieldSelector=metadata.name%3D${name}`;
  return `${root}/namespaces/${name}/${plural}`;
}

/** What to call an object that may be malformed. */
export function nameOf(object: unknown): string {
  const metadata = record(record(object)?.['metadata']);
  const part = (key: string) => (typeof metadata?.[key] === 'string' ? metadata[key] : undefined);
  const name = part('name') ?? part('uid') ?? 'without a name';
  return part('namespace') === undefined ? name : `${part('namespace')}/${name}`;
}

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
