import type { CelInput } from '@bufbuild/cel';
import type { AdmittedObject } from '#lib/policy/admitted-object.ts';
import { completeMap, incompleteMap } from './values.ts';

/** Resources of the kinds that make pods, as rules name them. */
const resources: Readonly<Record<string, { readonly group: string; readonly resource: string }>> = {
  Pod: { group: '', resource: 'pods' },
  ReplicationController: { group: '', resource: 'replicationcontrollers' },
  Deployment: { group: 'apps', resource: 'deployments' },
  ReplicaSet: { group: 'apps', resource: 'replicasets' },
  StatefulSet: { group: 'apps', resource: 'statefulsets' },
  DaemonSet: { group: 'apps', resource: 'daemonsets' },
  Job: { group: 'batch', resource: 'jobs' },
  CronJob: { group: 'batch', resource: 'cronjobs' },
};

/** The resource of an object, as in its address; a guess by the rule for names where nobody knows it. */
export function resourceOf({ group, kind }: Pick<AdmittedObject, 'group' | 'kind'>): string {
  const known = Object.hasOwn(resources, kind) ? resources[kind] : undefined;
  return known?.group === group ? known.resource : `${kind.toLowerCase()}s`;
}

/** `v1` for the kinds of Kubernetes that make pods; others have versions that nobody kept. */
export function versionOf({
  group,
  kind,
}: Pick<AdmittedObject, 'group' | 'kind'>): string | undefined {
  const known = Object.hasOwn(resources, kind) ? resources[kind] : undefined;
  return known?.group === group ? 'v1' : undefined;
}

/** Lists of a pod's specification, with the kinds of our containers that stand in each. */
const lists = {
  containers: ['main'],
  initContainers: ['init', 'sidecar'],
  ephemeralContainers: ['ephemeral'],
} as const;

/** Images by the list in which they stand (`images.containers`). */
export function imagesByList(
  containers: AdmittedObject['containers'],
): Readonly<Record<keyof typeof lists, readonly string[]>> {
  const of = (list: keyof typeof lists) =>
    containers
      .filter(({ kind }) => (lists[list] as readonly string[]).includes(kind))
      .map(({ image }) => image);
  return {
    containers: of('containers'),
    initContainers: of('initContainers'),
    ephemeralContainers: of('ephemeralContainers'),
  };
}

/** Metadata of which name, namespace and labels are kept. */
const metadataOf = ({ name, namespace, labels }: AdmittedObject): CelInput =>
  incompleteMap(
    {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(Object.keys(labels).length > 0 && { labels: completeMap(labels) }),
    },
    ['namespace', 'labels'],
  );

/** The specification of a pod with what we keep of it: names and images, and which lists there are. */
function podSpec({ containers }: AdmittedObject): CelInput {
  const filled = Object.entries(lists).flatMap(([list, kinds]) => {
    const own = containers.filter(({ kind }) => (kinds as readonly string[]).includes(kind));
    return own.length === 0
      ? []
      : [[list, own.map(({ name, image }) => incompleteMap({ name, image }))] as const];
  });
  return incompleteMap(Object.fromEntries(filled), Object.keys(lists));
}

/** A specification at the place where objects of a kind have it; unknown for kinds of others. */
function specOf(admitted: AdmittedObject, version: string | undefined): CelInput {
  if (version === undefined) return incompleteMap({});
  const pod = podSpec(admitted);
  if (admitted.kind === 'Pod') return pod;
  const template = incompleteMap({ template: incompleteMap({ spec: pod }) });
  return admitted.kind === 'CronJob'
    ? incompleteMap({ jobTemplate: incompleteMap({ spec: template }) })
    : template;
}

/** The object as conditions in CEL see it: what we do not keep of it is unknown there, never absent. */
export function objectValue(admitted: AdmittedObject): CelInput {
  const { group, kind } = admitted;
  const version = versionOf(admitted);
  return incompleteMap({
    kind,
    ...(version && { apiVersion: group === '' ? version : `${group}/${version}` }),
    metadata: metadataOf(admitted),
    spec: specOf(admitted, version),
  });
}

/**
 * A controller as conditions about pods see it where Kyverno extends them to controllers: `object.spec`
 * and `object.metadata` are those of its pods, but the namespace stays its own.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/cel/autogen/data.go
 */
export function templateValue(admitted: AdmittedObject): CelInput {
  const { group, kind, namespace } = admitted;
  const version = versionOf(admitted);
  return incompleteMap({
    kind,
    ...(version && { apiVersion: group === '' ? version : `${group}/${version}` }),
    metadata: incompleteMap(namespace === undefined ? {} : { namespace }),
    spec: podSpec(admitted),
  });
}

/** What else of a creation is known: the request without its user, and the namespace. */
export function requestValues(
  admitted: AdmittedObject,
): Readonly<Record<'request' | 'oldObject' | 'namespaceObject', CelInput>> {
  const { group, kind, namespace, namespaceLabels } = admitted;
  const version = versionOf(admitted);
  const of = (more: Readonly<Record<string, string>>) =>
    incompleteMap({ group, ...(version && { version }), ...more });
  return {
    oldObject: null,
    request: incompleteMap({
      operation: 'CREATE',
      namespace: namespace ?? '',
      kind: of({ kind }),
      requestKind: of({ kind }),
      resource: of({ resource: resourceOf(admitted) }),
      requestResource: of({ resource: resourceOf(admitted) }),
      subResource: '',
      requestSubResource: '',
    }),
    namespaceObject:
      namespace === undefined
        ? null
        : incompleteMap({
            metadata: incompleteMap({
              name: namespace,
              ...(namespaceLabels && { labels: completeMap(namespaceLabels) }),
            }),
          }),
  };
}
