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

/** A kind of object that an API server serves. */
export interface ServedKind {
  /** Empty for the core group. */
  readonly group: string;
  /** Versions that are served, the stored one first; every object is served in each of them. */
  readonly versions: readonly [string, ...string[]];
  /** As in paths. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** A kind that somebody installed (a custom resource), with its objects. */
export interface CustomObjects extends ServedKind {
  readonly objects: readonly KubernetesObject[] | LazyObjects;
}

const core = { group: '', versions: ['v1'], namespaced: true } as const;
const apps = { group: 'apps', versions: ['v1'], namespaced: true } as const;
const batch = { group: 'batch', versions: ['v1'], namespaced: true } as const;
const admission = {
  group: 'admissionregistration.k8s.io',
  versions: ['v1'],
  namespaced: false,
} as const;

/** The kinds that every API server of the lab serves, by their plural. */
export const kinds = {
  pods: { ...core, kind: 'Pod' },
  namespaces: { ...core, kind: 'Namespace', namespaced: false },
  secrets: { ...core, kind: 'Secret' },
  configmaps: { ...core, kind: 'ConfigMap' },
  services: { ...core, kind: 'Service' },
  replicationcontrollers: { ...core, kind: 'ReplicationController' },
  replicasets: { ...apps, kind: 'ReplicaSet' },
  deployments: { ...apps, kind: 'Deployment' },
  statefulsets: { ...apps, kind: 'StatefulSet' },
  daemonsets: { ...apps, kind: 'DaemonSet' },
  jobs: { ...batch, kind: 'Job' },
  cronjobs: { ...batch, kind: 'CronJob' },
  endpointslices: {
    group: 'discovery.k8s.io',
    versions: ['v1'],
    namespaced: true,
    kind: 'EndpointSlice',
  },
  validatingwebhookconfigurations: { ...admission, kind: 'ValidatingWebhookConfiguration' },
  mutatingwebhookconfigurations: { ...admission, kind: 'MutatingWebhookConfiguration' },
  validatingadmissionpolicies: { ...admission, kind: 'ValidatingAdmissionPolicy' },
  validatingadmissionpolicybindings: { ...admission, kind: 'ValidatingAdmissionPolicyBinding' },
} as const;
export type Plural = keyof typeof kinds;

/** {@link kinds} as a list. */
export const builtIn: readonly ServedKind[] = Object.entries(kinds).map(([plural, kind]) => ({
  plural,
  ...kind,
}));

/** What a lab cluster holds at its start. */
export type LabObjects = Partial<
  Readonly<Record<Plural, readonly KubernetesObject[] | LazyObjects>>
> & { readonly custom?: readonly CustomObjects[] };

/** `v1`, `apps/v1`, `kyverno.io/v2`. */
export const apiVersionOf = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`;

/** The name of a kind among all kinds: `pods`, `clusterpolicies.kyverno.io`. */
export const nameOf = ({ group, plural }: ServedKind): string =>
  group === '' ? plural : `${plural}.${group}`;

/** The kind of an object, for methods that are given one. */
export function kindOf(served: readonly ServedKind[], object: KubernetesObject): ServedKind {
  const { kind = '', apiVersion } = object;
  const group = apiVersion?.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const named = served.filter((one) => one.kind === kind);
  const found = named.find((one) => one.group === group) ?? named[0];
  if (found === undefined) throw new TypeError(`the lab serves no objects of kind ${kind}`);
  return found;
}

/** What a request path asks for. */
export interface Target {
  readonly kind: ServedKind;
  /** `apps/v1`. */
  readonly apiVersion: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Reads `/apis/apps/v1/namespaces/shop/deployments/web` and its shorter forms. */
export function targetOf(served: readonly ServedKind[], pathname: string): Target | undefined {
  const parts = pathname.split('/').slice(1).map(decodeURIComponent);
  const isCore = parts[0] === 'api';
  if (!isCore && parts[0] !== 'apis') return undefined;
  const [group = '', version = ''] = isCore ? ['', parts[1]] : parts.slice(1, 3);
  const path = parts.slice(isCore ? 2 : 3);
  const within = path[0] === 'namespaces' && path.length > 2;
  const [plural = '', name, ...rest] = within ? path.slice(2) : path;
  const kind = served.find(
    (one) =>
      one.group === group &&
      one.plural === plural &&
      one.versions.includes(version) &&
      (one.namespaced || !within),
  );
  if (kind === undefined || rest.length > 0) return undefined;
  const namespace = within ? path[1] : undefined;
  return {
    kind,
    apiVersion: apiVersionOf(group, version),
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
}
