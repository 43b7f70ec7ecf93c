import { z } from 'zod';
import { many, pageOf } from './paging.ts';
import {
  ContainerKindWord,
  FindingWord,
  Instant,
  OwnerWord,
  PinWord,
  ReasonWord,
  SeverityWord,
  Status,
} from './words.ts';

export const workloadSorts = [
  'attention',
  'name',
  'cluster',
  'namespace',
  'team',
  'pods',
  'since',
] as const;

/** Which part of the fleet is meant: in the top bar of every page. */
export const Scope = z.object({
  cluster: many(z.string()),
  namespace: many(z.string()),
  team: many(z.string()),
});
export type Scope = z.infer<typeof Scope>;

/**
 * The filter of the workload list: page URL, API query string and query key are this one shape.
 * Values of one field are alternatives, fields are combined. `q` holds words and `key:value` terms
 * with `*` as wildcard (see `search.ts`).
 */
export const WorkloadFilter = Scope.extend({
  q: z.string().max(500).optional(),
  status: many(Status),
  finding: many(FindingWord),
  reason: many(ReasonWord),
  pin: many(PinWord),
  registry: many(z.string()),
  kind: many(z.string()),
  containerKind: many(ContainerKindWord),
  severity: many(SeverityWord),
  /** `running`: at least one pod; `at-rest`: only a template. */
  activity: z.enum(['running', 'at-rest']).optional(),
  /** Only workloads that use this digest. */
  digest: z.string().optional(),
  sort: z.enum(workloadSorts).default('attention'),
  order: z.enum(['asc', 'desc']).default('asc'),
});
export type WorkloadFilter = z.infer<typeof WorkloadFilter>;

/** Facets offered beside the list, in the order of the filter bar. */
export const workloadFacets = [
  'status',
  'reason',
  'pin',
  'finding',
  'registry',
  'kind',
  'containerKind',
  'severity',
  'cluster',
  'namespace',
  'team',
] as const;

/**
 * One workload. A filter by status matches when any container has it; `status`, `reason`, `image`
 * and `digest` are those of the worst container that matches.
 */
export const WorkloadRow = z
  .object({
    id: z.string(),
    cluster: z.string(),
    namespace: z.string(),
    kind: z.string(),
    name: z.string(),
    team: z.string().nullable(),
    status: Status,
    reason: ReasonWord.nullable(),
    pin: PinWord,
    image: z.string(),
    digest: z.string().nullable(),
    findings: z.array(FindingWord),
    containers: z.number().int(),
    verified: z.number().int(),
    pods: z.number().int(),
    since: Instant,
    /** When the source last confirmed it. */
    asOf: Instant.nullable(),
    stale: z.boolean(),
  })
  .meta({ id: 'WorkloadRow' });
export type WorkloadRow = z.infer<typeof WorkloadRow>;

/** `containers` counts the containers behind all rows of the filter, not of the page. */
export const WorkloadPage = pageOf(WorkloadRow)
  .extend({ containers: z.number().int() })
  .meta({ id: 'WorkloadPage' });
export type WorkloadPage = z.infer<typeof WorkloadPage>;

export const FindingRow = z
  .object({
    id: z.string(),
    kind: FindingWord,
    severity: SeverityWord,
    reason: ReasonWord,
    title: z.string(),
    remedy: z.string(),
    owner: OwnerWord,
    workloadId: z.string(),
    cluster: z.string(),
    namespace: z.string(),
    workload: z.string(),
    workloadKind: z.string(),
    team: z.string().nullable(),
    container: z.string(),
    image: z.string(),
    digest: z.string().nullable(),
    detail: z.string(),
    pods: z.number().int(),
    since: Instant,
    stale: z.boolean(),
  })
  .meta({ id: 'Finding' });
export type FindingRow = z.infer<typeof FindingRow>;

/** `/api/v1/findings`: same filter as workloads, one row a finding. */
export const FindingPage = pageOf(FindingRow).meta({ id: 'FindingPage' });
export type FindingPage = z.infer<typeof FindingPage>;

/** Where the tag of a use points now. */
export const TagNowRow = z.object({
  state: z.enum(['same', 'moved', 'gone', 'unknown', 'not-asked']),
  digest: z.string().nullable(),
  reason: ReasonWord.nullable(),
  detail: z.string().nullable(),
  checkedAt: Instant.nullable(),
});

/** One container of the workload running one image under one declared reference. */
export const ContainerRow = z
  .object({
    id: z.string(),
    container: z.string(),
    kind: ContainerKindWord,
    declared: z.string(),
    registry: z.string().nullable(),
    repository: z.string().nullable(),
    tag: z.string().nullable(),
    pin: PinWord,
    /** Digest that runs; null with `running` saying why. */
    digest: z.string().nullable(),
    running: z.enum(['digest', 'local', 'pending', 'malformed']),
    pods: z.number().int(),
    examples: z.array(z.string()),
    status: Status,
    reason: ReasonWord.nullable(),
    detail: z.string().nullable(),
    signer: z.string().nullable(),
    authority: z.string().nullable(),
    tagNow: TagNowRow,
    checkedAt: Instant.nullable(),
    retryAt: Instant.nullable(),
    since: Instant,
  })
  .meta({ id: 'WorkloadContainer' });
export type ContainerRow = z.infer<typeof ContainerRow>;

/** A container as a row of its own: what reports list. */
export const ContainerListRow = ContainerRow.extend({
  workloadId: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  workload: z.string(),
  workloadKind: z.string(),
  team: z.string().nullable(),
}).meta({ id: 'Container' });
export type ContainerListRow = z.infer<typeof ContainerListRow>;

/** One change in the append-only history. */
export const HistoryRow = z
  .object({
    at: Instant,
    what: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    cause: z.string(),
  })
  .meta({ id: 'HistoryEntry' });
export type HistoryRow = z.infer<typeof HistoryRow>;

export const WorkloadDetail = WorkloadRow.extend({
  apiVersion: z.string(),
  uid: z.string(),
  uses: z.array(ContainerRow),
  allFindings: z.array(FindingRow),
  history: z.array(HistoryRow),
  /** Unified diff of the pod template that pins what runs; null when nothing is to pin. */
  patch: z.string().nullable(),
}).meta({ id: 'Workload' });
export type WorkloadDetail = z.infer<typeof WorkloadDetail>;
