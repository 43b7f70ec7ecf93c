import { parseAllDocuments } from 'yaml';
import type { SimulationRequest } from '#lib/contract/simulations.ts';
import { OperationalError } from '#lib/errors.ts';
import type { ObjectReference } from '#lib/model/policy.ts';
import type { Admission } from '#lib/policy/admission.ts';
import { enforcePatch, enforcing } from '#lib/policy/enforce.ts';
import { openAdmission } from '#lib/policy/open-admission.ts';
import type { FactsOfUse } from './evaluate.ts';
import type { Fleet, ReviewedCluster } from './fleet.ts';
import { objectId, objectName } from './object-id.ts';
import { documentOf } from './policies.ts';

/** Admission of one cluster as it would be. */
export interface SupposedCluster {
  readonly cluster: ReviewedCluster;
  readonly admission: Admission;
  readonly factsOfUse: FactsOfUse;
  /** Namespaces that the supposition is about; absent: all. */
  readonly namespaces?: ReadonlySet<string>;
}

/** What a request comes to: the clusters that it changes, and how to make it so. */
export interface Supposed {
  readonly clusters: readonly SupposedCluster[];
  readonly title: string;
  readonly patches: readonly {
    readonly policy: string;
    readonly command: string;
    readonly diff: string;
  }[];
}

/**
 * Works out what a request supposes.
 * @throws OperationalError input-file naming what cannot be supposed
 */
export function suppose(fleet: Fleet, { suppose: wish }: SimulationRequest, now: Date): Supposed {
  switch (wish.kind) {
    case 'enforce':
      return enforcePolicies(fleet, wish.policies, now);
    case 'enforce-namespace':
      return enforceNamespaces(clusterOf(fleet, wish.cluster), wish.namespaces, now);
    case 'replace':
      return replacePolicies(clusterOf(fleet, wish.cluster), wish, now);
  }
}

const refused = (why: string) => new OperationalError('input-file', why);

function clusterOf({ clusters }: Fleet, id: string): ReviewedCluster {
  const cluster = clusters.get(id);
  if (cluster === undefined) throw refused(`There is no cluster ${id}.`);
  if (cluster.stored === undefined)
    throw refused(`The admission objects of ${id} were not read yet; scan it first.`);
  return cluster;
}

interface Named {
  readonly cluster: ReviewedCluster;
  readonly reference: ObjectReference;
}

function findPolicies({ clusters }: Fleet, ids: readonly string[]): readonly Named[] {
  const all = [...clusters.values()].flatMap((cluster) =>
    cluster.admission.policies.map(({ reference }) => ({ cluster, reference })),
  );
  const byId = new Map(all.map((one) => [objectId(one.reference), one]));
  return ids.map((id) => {
    const found = byId.get(id);
    if (found === undefined) throw refused(`There is no policy ${id}; it may have been deleted.`);
    return found;
  });
}

function enforcePolicies(fleet: Fleet, ids: readonly string[], now: Date): Supposed {
  const named = findPolicies(fleet, ids);
  const byCluster = Map.groupBy(named, ({ cluster }) => cluster);
  return {
    title: `${listText(named.map(({ reference }) => reference.name))} enforces`,
    clusters: [...byCluster].map(([cluster, own]) => ({
      cluster,
      ...reopened(
        cluster,
        enforcing(
          cluster.stored?.objects ?? [],
          own.map(({ reference }) => reference),
        ),
        now,
      ),
    })),
    patches: named.flatMap(patchOf),
  };
}

function enforceNamespaces(
  cluster: ReviewedCluster,
  namespaces: readonly string[],
  now: Date,
): Supposed {
  const wanted = new Set(namespaces);
  const reaching = new Set(
    [...cluster.workloads.values()]
      .filter(({ input }) => wanted.has(input.workload.namespace))
      .flatMap(({ decisions }) => decisions.map(({ policy }) => objectId(policy))),
  );
  const references = cluster.admission.policies
    .map(({ reference }) => reference)
    .filter((reference) => reaching.has(objectId(reference)));
  return {
    title: `every policy enforces in ${listText(namespaces)}`,
    clusters: [
      {
        cluster,
        ...reopened(cluster, enforcing(cluster.stored?.objects ?? [], references), now),
        namespaces: wanted,
      },
    ],
    patches: references.flatMap((reference) => patchOf({ cluster, reference })),
  };
}

function replacePolicies(
  cluster: ReviewedCluster,
  wish: { readonly replaces: readonly string[]; readonly documents: string },
  now: Date,
): Supposed {
  const documents = readDocuments(wish.documents);
  const gone = new Set(wish.replaces);
  const written = new Set(documents.map(nameOf));
  const kept = (cluster.stored?.objects ?? []).filter((object) => {
    const { apiVersion, kind, metadata } = object;
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    const { name, namespace } = metadata;
    const reference = { cluster: cluster.id, group, version: '', kind, name };
    const id = objectId({ ...reference, ...(namespace !== undefined && { namespace }) });
    return !gone.has(id) && !written.has(nameOf(object));
  });
  const supposed = reopened(cluster, [...kept, ...documents], now);
  const bad = supposed.admission.unread.filter(({ reference }) =>
    written.has(referenceName(reference)),
  );
  const [first] = bad;
  if (first !== undefined) {
    const why = first.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw refused(`${objectName(first.reference)} cannot be read: ${why}`);
  }
  return {
    title: `${listText(documents.map((one) => String(one.metadata.name)))} as written`,
    clusters: [{ cluster, ...supposed }],
    patches: [],
  };
}

const reopened = (
  cluster: ReviewedCluster,
  objects: readonly unknown[],
  now: Date,
): Pick<SupposedCluster, 'admission' | 'factsOfUse'> => ({
  admission: openAdmission({
    cluster: cluster.id,
    objects,
    namespaces: cluster.stored?.namespaces ?? [],
    engines: cluster.admission.engines,
    unreadable: cluster.unreadable,
    now,
  }),
  factsOfUse: cluster.factsUnder(objects),
});

function patchOf({ cluster, reference }: Named): Supposed['patches'] {
  const document = documentOf(cluster, reference);
  const patch = document === undefined ? undefined : enforcePatch(document);
  return patch === undefined ? [] : [{ policy: objectName(reference), ...patch }];
}

interface WrittenObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Objects of a pasted text. @throws OperationalError with the line of what is no YAML */
export function readDocuments(text: string): readonly WrittenObject[] {
  const documents = [...parseAllDocuments(text, { prettyErrors: true })];
  return documents.flatMap((document, at) => {
    const [broken] = document.errors;
    if (broken !== undefined) throw refused(`Document ${at + 1} is not YAML: ${broken.message}`);
    const value = plainOf(() => document.toJS({ maxAliasCount: 100 }), at);
    if (value === null) return [];
    if (!isObject(value))
      throw refused(`Document ${at + 1} has no apiVersion, kind and metadata.name.`);
    return [value];
  });
}

/** Aliases that multiply are thrown, not reported. */
function plainOf(read: () => unknown, at: number): unknown {
  try {
    return read();
  } catch (error) {
    throw refused(`Document ${at + 1} cannot be read: ${(error as Error).message}`);
  }
}

function isObject(value: unknown): value is WrittenObject {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as Record<string, unknown>;
  return (
    typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    typeof metadata === 'object' &&
    metadata !== null &&
    typeof (metadata as Record<string, unknown>)['name'] === 'string'
  );
}

const nameOf = ({ apiVersion, kind, metadata }: WrittenObject): string =>
  JSON.stringify([
    apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind,
    metadata.namespace ?? '',
    metadata.name,
  ]);

const referenceName = ({ group, kind, namespace, name }: ObjectReference): string =>
  JSON.stringify([group, kind, namespace ?? '', name]);

const listText = (names: readonly string[]): string =>
  names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
