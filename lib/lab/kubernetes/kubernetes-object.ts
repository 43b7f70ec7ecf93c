/** A Kubernetes object as JSON: the lab serves whatever stands in it. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Objects made when they are asked for and not kept: the only way to serve 100,000 pods cheaply. */
export interface LazyObjects {
  readonly count: number;
  /** The same object for the same index, always. */
  at(index: number): KubernetesObject;
  /** Where the object with that uid stands; without it all are made to find one. */
  indexOf?(uid: string): number | undefined;
}

/** The kinds that the lab serves, by their plural. */
export const kinds = {
  pods: { kind: 'Pod', root: '/api/v1', namespaced: true },
  namespaces: { kind: 'Namespace', root: '/api/v1', namespaced: false },
  secrets: { kind: 'Secret', root: '/api/v1', namespaced: true },
  replicationcontrollers: { kind: 'ReplicationController', root: '/api/v1', namespaced: true },
  replicasets: { kind: 'ReplicaSet', root: '/apis/apps/v1', namespaced: true },
  deployments: { kind: 'Deployment', root: '/apis/apps/v1', namespaced: true },
  statefulsets: { kind: 'StatefulSet', root: '/apis/apps/v1', namespaced: true },
  daemonsets: { kind: 'DaemonSet', root: '/apis/apps/v1', namespaced: true },
  jobs: { kind: 'Job', root: '/apis/batch/v1', namespaced: true },
  cronjobs: { kind: 'CronJob', root: '/apis/batch/v1', namespaced: true },
} as const;
export type Plural = keyof typeof kinds;

/** What a lab cluster holds at its start. */
export type LabObjects = Partial<
  Readonly<Record<Plural, readonly KubernetesObject[] | LazyObjects>>
>;

/** The plural of a kind, for methods that are given an object. */
export function pluralOf(kind: string): Plural {
  for (const [plural, known] of Object.entries(kinds))
    if (known.kind === kind) return plural as Plural;
  throw new TypeError(`the lab serves no objects of kind ${kind}`);
}

/** `v1`, `apps/v1`, `batch/v1`. */
export const apiVersionOf = (plural: Plural): string =>
  kinds[plural].root.replace(/^\/apis?\//, '');

/** What a request path asks for. */
export interface Target {
  readonly plural: Plural;
  readonly namespace?: string;
  readonly name?: string;
}

/** Reads `/apis/apps/v1/namespaces/shop/deployments/web` and its shorter forms. */
export function targetOf(pathname: string): Target | undefined {
  for (const [plural, { root, namespaced }] of Object.entries(kinds)) {
    if (!pathname.startsWith(`${root}/`)) continue;
    const parts = pathname
      .slice(root.length + 1)
      .split('/')
      .map(decodeURIComponent);
    const inNamespace = namespaced && parts[0] === 'namespaces' && parts.length > 2;
    const [found, name, ...rest] = inNamespace ? parts.slice(2) : parts;
    if (found !== plural || rest.length > 0) continue;
    const namespace = inNamespace ? parts[1] : undefined;
    return {
      plural: plural as Plural,
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
    };
  }
  return undefined;
}
