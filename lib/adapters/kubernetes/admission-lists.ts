import type { AdmissionObject, ReadProblem } from '#lib/ports/cluster.ts';
import type { ServedAdmission } from './admission-discovery.ts';
import { engineConfigMaps } from './admission-kinds.ts';
import { webhookServices } from './admission-object.ts';

/** One list of whole objects. */
export interface AdmissionList {
  readonly path: string;
  readonly apiVersion: string;
  readonly kind: string;
}

/** Lists of the kinds of engines: of what they reported, or of everything else. */
export function kindLists(
  { kinds }: ServedAdmission,
  namespaces: readonly string[] | undefined,
  reports: boolean,
): readonly AdmissionList[] {
  return kinds
    .filter((served) => served.reports === reports)
    .flatMap(({ apiVersion, kind, plural, namespaced }) =>
      (namespaced ? (namespaces ?? [undefined]) : [undefined]).map((namespace) => ({
        path: pathOf(apiVersion, plural, namespace),
        apiVersion,
        kind,
      })),
    );
}

/** Lists of one name each: configuration of the engines that are there. */
export function configMapLists(
  { groups }: ServedAdmission,
  namespaces: readonly string[] | undefined,
  objects: readonly AdmissionObject[],
): readonly AdmissionList[] {
  const services = webhookServices(objects);
  return engineConfigMaps
    .filter(({ group, service }) =>
      service === undefined
        ? groups.has(group ?? '')
        : services.some(({ name }) => name.includes(service)),
    )
    .flatMap(({ name }) =>
      (namespaces ?? [undefined]).map((namespace) => ({
        // By name, so that permission for these few suffices (`resourceNames`).
        path: `${pathOf('v1', 'configmaps', namespace)}?fieldSelector=metadata.name%3D${name}`,
        apiVersion: 'v1',
        kind: 'ConfigMap',
      })),
    );
}

/** Lists of services, of what answers for them and of how it was started, where webhooks are answered. */
export function serviceLists(
  { groups }: ServedAdmission,
  namespaces: readonly string[] | undefined,
  objects: readonly AdmissionObject[],
): readonly AdmissionList[] {
  const readable = namedNamespaces(objects).filter(
    (one) => namespaces === undefined || namespaces.includes(one),
  );
  const version = ['v1', 'v1beta1'].find((one) => groups.get('discovery.k8s.io')?.includes(one));
  return readable.flatMap((namespace) => [
    { path: pathOf('v1', 'services', namespace), apiVersion: 'v1', kind: 'Service' },
    ...(version === undefined ? [] : [slices(`discovery.k8s.io/${version}`, namespace)]),
    ...(groups.get('apps')?.includes('v1') ? [deployments(namespace)] : []),
  ]);
}

const slices = (apiVersion: string, namespace: string): AdmissionList => ({
  path: pathOf(apiVersion, 'endpointslices', namespace),
  apiVersion,
  kind: 'EndpointSlice',
});

const deployments = (namespace: string): AdmissionList => ({
  path: pathOf('apps/v1', 'deployments', namespace),
  apiVersion: 'apps/v1',
  kind: 'Deployment',
});

/** Says where webhooks are answered, and engines set up, outside of the namespaces that are read. */
export function namespacesBeyond(
  namespaces: readonly string[] | undefined,
  objects: readonly AdmissionObject[],
): readonly ReadProblem[] {
  if (namespaces === undefined) return [];
  const beyond = namedNamespaces(objects).filter((one) => !namespaces.includes(one));
  if (beyond.length === 0) return [];
  return [
    {
      what: `namespaces of webhooks: ${beyond.slice(0, 10).join(', ')}`,
      reason: 'cluster-config',
      detail:
        'they are not among the namespaces of this source: services and settings of engines there ' +
        'are not read; add them to its namespaces',
    },
  ];
}

const namedNamespaces = (objects: readonly AdmissionObject[]): readonly string[] =>
  [...new Set(webhookServices(objects).map(({ namespace }) => namespace))].sort();

function pathOf(apiVersion: string, plural: string, namespace: string | undefined): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return namespace === undefined
    ? `${root}/${plural}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}
