import { z } from 'zod';
import type { EngineReport } from '#lib/model/engine-report.ts';
import type { DocumentProblem, ObjectReference } from '#lib/model/policy.ts';
import type { AdmissionInput } from './admission.ts';
import { type ConnaisseurConfiguration, readConnaisseur } from './connaisseur/read-connaisseur.ts';
import { withoutImages } from './gatekeeper/settings.ts';
import { type ObjectHead, readHead, readShape } from './object.ts';
import type { PolicyObject } from './policy-object.ts';
import { type PolicyContent, readPolicy } from './read-policy.ts';
import { readReport, reportKinds } from './reports/read-report.ts';
import type { AdmissionSurface } from './webhooks/admission-surface.ts';
import { readWebhooks, type WebhookConfiguration, webhookKinds } from './webhooks/read-webhooks.ts';

/** An object of one of the readers, chosen by the type of its content. */
export type Typed<Type extends PolicyContent['type']> = PolicyObject<
  Extract<PolicyContent, { readonly type: Type }>
>;

/** How a container of a Deployment is started. */
export interface StartedContainer {
  readonly deployment: string;
  readonly image: string;
  readonly args: readonly string[];
}

/** The objects of a cluster, each read by its reader and put where it belongs. */
export interface ClusterObjects
  extends Pick<AdmissionSurface, 'webhooks' | 'services' | 'endpoints'> {
  readonly of: <Type extends PolicyContent['type']>(type: Type) => readonly Typed<Type>[];
  readonly all: readonly PolicyObject<PolicyContent>[];
  readonly connaisseur: readonly {
    readonly head: ObjectHead;
    readonly configuration: ConnaisseurConfiguration;
  }[];
  readonly reports: readonly EngineReport[];
  /** Containers of Deployments that were read: how engines were started. */
  readonly started: readonly StartedContainer[];
  readonly unread: readonly {
    readonly reference: ObjectReference;
    readonly problems: readonly DocumentProblem[];
  }[];
}

interface Sorted {
  readonly all: PolicyObject<PolicyContent>[];
  readonly connaisseur: ClusterObjects['connaisseur'][number][];
  readonly reports: EngineReport[];
  readonly webhooks: WebhookConfiguration[];
  readonly services: { readonly namespace: string; readonly name: string }[];
  readonly endpoints: NonNullable<ClusterObjects['endpoints']>[number][];
  readonly started: StartedContainer[];
  readonly unread: ClusterObjects['unread'][number][];
  /** Objects that an API server served, and not a file. */
  served: number;
}

/**
 * Reads every object of a cluster once. A list that could not be read is absent, and nothing is said
 * of what would be in it.
 */
export function sortObjects({ cluster, objects, unreadable }: AdmissionInput): ClusterObjects {
  const sorted: Sorted = {
    all: [],
    connaisseur: [],
    reports: [],
    webhooks: [],
    services: [],
    endpoints: [],
    started: [],
    unread: [],
    served: 0,
  };
  for (const object of objects) sortObject(cluster, object, sorted);
  const isMissing = missingLists(unreadable);
  // A manifest holds what somebody put there: what is not in it may be in the cluster all the same.
  const isWhole = sorted.served > 0;
  const byType = Map.groupBy(sorted.all, ({ content }) => content.type);
  const { webhooks, services, endpoints, served: _, ...rest } = sorted;
  return {
    ...rest,
    of: <Type extends PolicyContent['type']>(type: Type) =>
      (byType.get(type) ?? []) as unknown as readonly Typed<Type>[],
    ...(!isMissing('webhooks') && (isWhole || webhooks.length > 0) && { webhooks }),
    ...(!isMissing('services') && (isWhole || services.length > 0) && { services }),
    ...(!isMissing('endpoints') && (isWhole || endpoints.length > 0) && { endpoints }),
  };
}

type List = 'webhooks' | 'services' | 'endpoints';

/** Ends of the paths whose failure leaves a list with holes. */
const paths: Readonly<Record<List, RegExp>> = {
  webhooks:
    /\/(?:validatingwebhookconfigurations|mutatingwebhookconfigurations)$|^\/apis(?:\/admissionregistration\.k8s\.io\/v1)?$/,
  services: /\/services$|^namespaces of webhooks/,
  endpoints: /\/endpointslices$|^namespaces of webhooks/,
};

const missingLists =
  (unreadable: readonly string[]) =>
  (list: List): boolean =>
    unreadable.some((path) => paths[list].test(path.split('?')[0] ?? ''));

function sortObject(cluster: string, object: unknown, sorted: Sorted): void {
  const head = readHead(cluster, object);
  if (head.kind === 'refused') {
    const reference = { cluster, group: '', version: '', kind: '?', name: '?' };
    sorted.unread.push({ reference, problems: head.problems });
    return;
  }
  const { reference } = head.value;
  if (reference.uid !== undefined) sorted.served += 1;
  const sort = sorters.find(({ takes }) => takes(head.value));
  const problems =
    sort === undefined
      ? sortPolicy(cluster, object, sorted)
      : sort.put(cluster, object, sorted, head.value);
  if (problems.length > 0) sorted.unread.push({ reference, problems });
}

type Problems = readonly DocumentProblem[];
interface Sorter {
  readonly takes: (head: ObjectHead) => boolean;
  readonly put: (cluster: string, object: unknown, sorted: Sorted, head: ObjectHead) => Problems;
}

function sortPolicy(cluster: string, object: unknown, sorted: Sorted): Problems {
  const read = readPolicy(cluster, object);
  if (read.kind === 'read') sorted.all.push(read.value);
  if (read.kind === 'unread') {
    const why = withoutImages[read.reference.group];
    return [why === undefined ? read.problem : { path: 'kind', message: `not read: ${why}` }];
  }
  return read.kind === 'refused' ? read.problems : [];
}

const is =
  (group: string, ...kinds: readonly string[]) =>
  ({ reference }: ObjectHead): boolean =>
    reference.group === group && kinds.includes(reference.kind);

const sorters: readonly Sorter[] = [
  {
    takes: is(webhookKinds.group, ...webhookKinds.kinds),
    put: (cluster, object, { webhooks }) => {
      const read = readWebhooks(cluster, object);
      if (read.kind === 'refused') return read.problems;
      webhooks.push(read.value);
      return [];
    },
  },
  {
    takes: (head) => reportKinds.some(({ group, kinds }) => is(group, ...kinds)(head)),
    put: (cluster, object, { reports }) => {
      const read = readReport(cluster, object);
      if (read.kind === 'refused') return read.problems;
      reports.push(read.value);
      return [];
    },
  },
  {
    takes: is('', 'Service'),
    put: (_cluster, _object, { services }, { reference: { namespace = '', name } }) => {
      services.push({ namespace, name });
      return [];
    },
  },
  { takes: is('discovery.k8s.io', 'EndpointSlice'), put: putEndpoints },
  { takes: is('apps', 'Deployment'), put: putStarted },
  // Namespaces come reduced to their labels.
  { takes: is('', 'Namespace'), put: () => [] },
  {
    takes: (head) =>
      is('', 'ConfigMap')(head) && /^connaisseur\b.*config/.test(head.reference.name),
    put: (_cluster, object, { connaisseur }, head) => {
      const read = readConnaisseur(object);
      if (read.kind === 'refused') return read.problems;
      connaisseur.push({ head, configuration: read.value });
      return [];
    },
  },
];

const Slice = z.looseObject({
  endpoints: z
    .array(
      z.looseObject({
        addresses: z.array(z.string()).default([]),
        conditions: z.looseObject({ ready: z.boolean().optional() }).default({}),
      }),
    )
    .default([]),
});

/** An address whose condition is not known counts as ready (EndpointConditions of discovery.k8s.io/v1). */
function putEndpoints(
  _cluster: string,
  object: unknown,
  { endpoints }: Sorted,
  { reference: { namespace = '' }, labels }: ObjectHead,
): Problems {
  const read = readShape(Slice, object);
  if (read.kind === 'refused') return read.problems;
  const service = labels['kubernetes.io/service-name'] ?? '';
  const ready = read.value.endpoints
    .filter(({ conditions }) => conditions.ready !== false)
    .reduce((sum, { addresses }) => sum + addresses.length, 0);
  endpoints.push({ namespace, service, ready });
  return [];
}

const Started = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({
        containers: z.array(
          z.looseObject({
            image: z.string().default(''),
            args: z.array(z.string()).default([]),
          }),
        ),
      }),
    }),
  }),
});

/** Deployments beside those of engines say nothing here; one that cannot be read says as much. */
function putStarted(
  _cluster: string,
  object: unknown,
  { started }: Sorted,
  { reference: { name } }: ObjectHead,
): Problems {
  const read = readShape(Started, object);
  if (read.kind === 'refused') return [];
  for (const { image, args } of read.value.spec.template.spec.containers)
    started.push({ deployment: name, image, args });
  return [];
}
