import { z } from 'zod';
import { limits } from '#lib/model/limits.ts';
import type { AdmissionObject, AdmissionReading, ReadProblem } from '#lib/ports/cluster.ts';
import {
  admissionGroup,
  engineConfigMaps,
  isNamespacedKind,
  isWantedKind,
} from './admission-kinds.ts';
import { admissionObject, createAdmissionBudget, webhookServices } from './admission-object.ts';
import { itemsOf, type PlacedObject } from './file-objects.ts';
import { nameOf } from './resources.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * The objects of files from which follows what admission says, chosen as they are in a cluster. What
 * belongs to a namespace and names none is taken to be in `default`, as its workloads are.
 */
export function objectsToAdmission(
  placed: readonly PlacedObject[],
  namespaces: readonly string[] | undefined,
): Omit<AdmissionReading, 'readAt'> {
  const isAmong = (name: string | undefined): boolean =>
    name === undefined || namespaces === undefined || namespaces.includes(name);
  const items = placed.flatMap(({ file, value }) =>
    itemsOf(value).map((item) => ({ item, what: `${file}: ${nameOf(item)}` })),
  );
  const labels = new Map<string, Labels>();
  for (const { item } of items) {
    const namespace = Namespace.safeParse(item).data?.metadata;
    if (namespace !== undefined && isAmong(namespace.name))
      labels.set(namespace.name, namespace.labels ?? {});
  }
  const { objects, problems } = chosen(items, isAmong);
  return {
    objects: withoutStrangers(objects),
    namespaces: [...labels].map(([name, own]) => ({ name, labels: own })),
    problems,
  };
}

function chosen(
  items: readonly { readonly item: unknown; readonly what: string }[],
  isAmong: (namespace: string | undefined) => boolean,
): Pick<AdmissionReading, 'objects' | 'problems'> {
  const budget = createAdmissionBudget();
  const objects = new Map<string, AdmissionObject>();
  const problems: ReadProblem[] = [];
  let whole = true;
  const tell = (what: string, detail: string): void => {
    if (problems.length < limits.readProblems)
      problems.push({ what, reason: 'input-file', detail });
  };
  for (const { item, what } of items) {
    const object = objectOf(item);
    if (typeof object === 'string') tell(what, `left out: ${object}`);
    if (typeof object !== 'object' || !isAmong(object.metadata.namespace)) continue;
    const key = keyOf(object);
    if (objects.has(key)) tell(what, 'stands there twice; the last counts');
    if (budget.spend(object)) objects.set(key, object);
    else whole = false;
  }
  return { objects: [...objects.values()], problems: whole ? problems : [spent, ...problems] };
}

const spent: ReadProblem = {
  what: 'admission objects',
  reason: 'limit-exceeded',
  detail: `not read to their end: more than ${limits.admissionObjects} objects or ${limits.admissionBytes} bytes of them; name fewer files`,
};

const Namespace = z.object({
  kind: z.literal('Namespace'),
  metadata: z.object({
    name: z.string().min(1),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
});

const Typed = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ namespace: z.string().nullish() }).optional(),
});

/** The object, or what is wrong with it; undefined for one that has no say in admission. */
function objectOf(item: unknown): AdmissionObject | string | undefined {
  const typed = Typed.safeParse(item).data;
  if (typed === undefined || !isWanted(typed.apiVersion, typed.kind)) return undefined;
  const object = admissionObject(item, typed);
  if (typeof object === 'string') return object;
  if (object.kind === 'ConfigMap' && !configMaps.has(object.metadata.name)) return undefined;
  if (!isNamespacedKind(object.kind) || object.metadata.namespace !== undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace: 'default' } };
}

const configMaps: ReadonlySet<string> = new Set(engineConfigMaps.map(({ name }) => name));

function isWanted(apiVersion: string, kind: string): boolean {
  const [first = '', version] = apiVersion.split('/');
  if (version === undefined) return ['ConfigMap', 'Service'].includes(kind);
  if (first === 'discovery.k8s.io') return kind === 'EndpointSlice';
  const group = admissionGroup(first);
  return group !== undefined && isWantedKind(group, kind);
}

/** Equal for two writings of one object, in whatever version. */
const keyOf = ({ apiVersion, kind, metadata: { namespace, name } }: AdmissionObject): string =>
  JSON.stringify([apiVersion.split('/').slice(0, -1), kind, namespace, name]);

/** Services and their endpoints matter where a webhook is answered. */
function withoutStrangers(objects: readonly AdmissionObject[]): readonly AdmissionObject[] {
  const named = new Set(webhookServices(objects).map(({ namespace }) => namespace));
  return objects.filter(
    ({ kind, metadata }) =>
      !['Service', 'EndpointSlice'].includes(kind) || named.has(metadata.namespace ?? ''),
  );
}
