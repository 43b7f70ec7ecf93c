import { createHash } from 'node:crypto';
import { limits } from '#lib/model/limits.ts';
import type { ControllerFacts, PodFacts } from '#lib/model/workload.ts';
import type { ClusterSnapshot, OwnerLink, ReadProblem } from '#lib/ports/cluster.ts';
import { createPool } from './reduce.ts';
import {
  controller,
  type Malformed,
  podTemplate,
  type Reduced,
  type Resource,
  resources,
} from './resources.ts';

/** One value of a file and where it stood. */
export interface PlacedObject {
  readonly file: string;
  readonly place: string;
  readonly value: unknown;
}

type Dict = Record<string, unknown>;

/**
 * Makes a reading of objects from files. `atRest`: nothing of it runs, pods are templates too.
 * Kinds without images are passed over; what claims to be a workload and is not one is told.
 */
export function objectsToSnapshot(
  placed: readonly PlacedObject[],
  options: { readonly atRest: boolean; readonly namespaces: readonly string[] | undefined },
): ClusterSnapshot {
  const pool = createPool();
  const pods = new Map<string, PodFacts>();
  const controllers = new Map<string, ControllerFacts>();
  const owners = new Map<string, OwnerLink>();
  const namespaces = new Map<string, ClusterSnapshot['namespaces'][number]>();
  const problems: ReadProblem[] = [];
  const take = (one: Reduced | Malformed, file: string): void => {
    if (one.type === 'pod') pods.set(one.pod.uid, one.pod);
    else if (one.type === 'controller') controllers.set(one.controller.uid, one.controller);
    else if (one.type === 'owner') owners.set(one.owner.uid, one.owner);
    else if (one.type === 'namespace')
      namespaces.set(one.name, { name: one.name, labels: one.labels });
    else if (problems.length < limits.readProblems)
      problems.push({ what: `${file}: ${one.what}`, reason: 'input-file', detail: one.detail });
  };
  for (const { file, place, value } of placed)
    for (const object of itemsOf(value)) {
      const named = identified(object, `${file}${place}`);
      if (!isWanted(named, options.namespaces)) continue;
      const resource = resourceFor(named, options.atRest);
      if (resource !== undefined) take(resource.reduce(named, pool), file);
    }
  return {
    pods: [...pods.values()],
    controllers: [...controllers.values()],
    owners: [...owners.values()],
    namespaces: [...namespaces.values()],
    problems,
    readAt: new Date(),
  };
}

const dict = (value: unknown): Dict | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Dict)
    : undefined;

/** The objects of a value: itself, or the items of a list, of which kubectl nests one at most. */
export function itemsOf(value: unknown): Dict[] {
  const values = Array.isArray(value) ? value : [value];
  return values.flatMap((one) => {
    const object = dict(one);
    if (object === undefined) return [];
    if (!Array.isArray(object['items'])) return [object];
    // Items of a typed list (`PodList`) do not repeat their type.
    const { apiVersion } = object;
    const kind = String(object['kind'] ?? '').replace(/List$/, '');
    return object['items'].flatMap((item) => {
      const found = dict(item);
      return found === undefined ? [] : [kind === '' ? found : { apiVersion, kind, ...found }];
    });
  });
}

/** Gives an object that never met an API server a uid that stays the same between readings. */
function identified(object: Dict, file: string): Dict {
  const metadata = dict(object['metadata']) ?? {};
  const name = metadata['name'] ?? metadata['generateName'];
  const namespace = metadata['namespace'] ?? (object['kind'] === 'Namespace' ? '' : 'default');
  const origin = JSON.stringify([file, object['kind'], namespace, name]);
  const hash = createHash('sha256').update(origin).digest('hex').slice(0, 32);
  return { ...object, metadata: { uid: `file-${hash}`, ...metadata, name, namespace } };
}

function isWanted(object: Dict, namespaces: readonly string[] | undefined): boolean {
  const metadata = dict(object['metadata']);
  const namespace = object['kind'] === 'Namespace' ? metadata?.['name'] : metadata?.['namespace'];
  return namespaces === undefined || namespaces.includes(String(namespace));
}

/**
 * At rest every kind with a pod template counts, those of operators too: what none of them runs yet
 * cannot be seen as pods.
 */
function resourceFor(object: Dict, atRest: boolean): Resource | undefined {
  const kind = String(object['kind'] ?? '');
  const known = resources.find((one) => one.kind === kind);
  if (!atRest) return known;
  if (kind === 'Pod') return podTemplate;
  const holdsTemplate = dict(dict(object['spec'])?.['template'])?.['spec'] !== undefined;
  if (holdsTemplate && known?.metadataOnly !== false)
    return controller(kind, kind, String(object['apiVersion'] ?? ''));
  return known;
}
