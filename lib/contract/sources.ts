import { z } from 'zod';
import { pageOf } from './paging.ts';
import { Counts, Instant, ReasonWord, Status } from './words.ts';

export const SourceState = z.enum(['current', 'scanning', 'stale', 'failed', 'limited', 'waiting']);
export type SourceState = z.infer<typeof SourceState>;

/** Anything whose age matters: clusters, registries, trust roots. */
export const SourceRow = z
  .object({
    kind: z.enum(['cluster', 'registry', 'trust-root']),
    id: z.string(),
    name: z.string(),
    state: SourceState,
    /** When it last gave us the truth. */
    asOf: Instant.nullable(),
    reason: ReasonWord.nullable(),
    detail: z.string().nullable(),
    retryAt: Instant.nullable(),
  })
  .meta({ id: 'Source' });
export type SourceRow = z.infer<typeof SourceRow>;

/** `/api/v1/sources`: in the top bar of every page. */
export const SourceList = z
  .object({
    items: z.array(SourceRow),
    behind: z.number().int(),
    asOf: Instant.nullable(),
    /** A line that every page shows, as the configuration demands (the lab does). */
    notice: z.string().nullable(),
    /** What is wrong with the configuration; while there is something, the last good one holds. */
    problems: z.array(z.string()),
  })
  .meta({ id: 'SourceList' });
export type SourceList = z.infer<typeof SourceList>;

export const ClusterRow = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['kubeconfig', 'in-cluster', 'pods-file', 'manifests']),
    server: z.string().nullable(),
    version: z.string().nullable(),
    state: SourceState,
    watching: z.boolean(),
    asOf: Instant.nullable(),
    reason: ReasonWord.nullable(),
    detail: z.string().nullable(),
    retryAt: Instant.nullable(),
    /** What could not be read though the rest could (RBAC gaps, absent kinds). */
    problems: z.array(z.object({ what: z.string(), reason: ReasonWord, detail: z.string() })),
    namespaces: z.number().int(),
    workloads: z.number().int(),
    pods: z.number().int(),
    counts: Counts,
  })
  .meta({ id: 'Cluster' });
export type ClusterRow = z.infer<typeof ClusterRow>;
export const ClusterList = z.object({ items: z.array(ClusterRow) }).meta({ id: 'ClusterList' });
export type ClusterList = z.infer<typeof ClusterList>;

export const RegistryRow = z
  .object({
    host: z.string(),
    state: SourceState,
    declared: z.boolean(),
    /** Where its credentials come from, never what they are. */
    credentials: z.string().nullable(),
    insecure: z.boolean(),
    referrersApi: z.boolean().nullable(),
    requests: z.number().int(),
    failures: z.number().int(),
    rateLimited: z.number().int(),
    budget: z
      .object({ limit: z.number().int(), remaining: z.number().int(), resetAt: Instant.nullable() })
      .nullable(),
    lastSuccessAt: Instant.nullable(),
    reason: ReasonWord.nullable(),
    detail: z.string().nullable(),
    retryAt: Instant.nullable(),
    images: Counts,
    releaseTags: Counts,
    repositories: z.number().int(),
    /** Declared repositories whose tags could not be read the last time. */
    unreadRepositories: z.number().int(),
  })
  .meta({ id: 'Registry' });
export type RegistryRow = z.infer<typeof RegistryRow>;
export const RegistryList = z.object({ items: z.array(RegistryRow) }).meta({ id: 'RegistryList' });
export type RegistryList = z.infer<typeof RegistryList>;

export const RepositoryRow = z
  .object({
    registry: z.string(),
    repository: z.string(),
    releaseTags: Counts,
    tags: z.number().int(),
    /** Tags that exist but are outside pattern or "newest N": counted, not hidden. */
    skippedTags: z.number().int(),
    running: z.number().int(),
    asOf: Instant.nullable(),
    reason: ReasonWord.nullable(),
    detail: z.string().nullable(),
  })
  .meta({ id: 'Repository' });
export type RepositoryRow = z.infer<typeof RepositoryRow>;

export const PublishedTag = z
  .object({
    registry: z.string(),
    repository: z.string(),
    tag: z.string(),
    digest: z.string().nullable(),
    release: z.boolean(),
    status: Status,
    reason: ReasonWord.nullable(),
    running: z.number().int(),
    checkedAt: Instant.nullable(),
  })
  .meta({ id: 'PublishedTag' });
export type PublishedTag = z.infer<typeof PublishedTag>;

/** `/api/v1/registries/{host}`: a registry, its repositories and their published tags. */
export const RegistryDetail = z
  .object({ registry: RegistryRow, repositories: z.array(RepositoryRow) })
  .meta({ id: 'RegistryDetail' });
export type RegistryDetail = z.infer<typeof RegistryDetail>;
export const PublishedFilter = z.object({
  registry: z.string().optional(),
  repository: z.string().optional(),
  status: z.preprocess((v) => (v === undefined ? [] : [v].flat()), z.array(Status)),
  release: z.enum(['true', 'false']).optional(),
});
export type PublishedFilter = z.infer<typeof PublishedFilter>;
export const PublishedPage = pageOf(PublishedTag).meta({ id: 'PublishedPage' });
export type PublishedPage = z.infer<typeof PublishedPage>;

export const scanStates = ['queued', 'running', 'stopping', 'stopped', 'done', 'failed'] as const;
export const StageRow = z.object({
  name: z.enum(['inventory', 'resolve', 'verify', 'posture']),
  done: z.number().int(),
  /** null while it is not known yet. */
  total: z.number().int().nullable(),
});
export const ScanRow = z
  .object({
    id: z.string(),
    state: z.enum(scanStates),
    trigger: z.enum(['start', 'request', 'schedule', 'watch', 'configuration']),
    startedAt: Instant,
    finishedAt: Instant.nullable(),
    stages: z.array(StageRow),
    /** Digests per second over the last seconds; null before the first. */
    rate: z.number().nullable(),
    remainingSeconds: z.number().nullable(),
    requests: z.number().int(),
    signatureChecks: z.number().int(),
    /** One entry a source that failed: the others went on. */
    failures: z.array(z.object({ source: z.string(), reason: ReasonWord, detail: z.string() })),
    /** True when everything was checked again, not only what was due. */
    full: z.boolean().optional(),
    /** Names the authorities and trust roots under which it verified; another one makes all verdicts due. */
    material: z.string().optional(),
  })
  .meta({ id: 'Scan' });
export type ScanRow = z.infer<typeof ScanRow>;
export const ScanList = z.object({ items: z.array(ScanRow) }).meta({ id: 'ScanList' });
export type ScanList = z.infer<typeof ScanList>;
export const ScanRequest = z
  .object({ full: z.boolean().default(false) })
  .meta({ id: 'ScanRequest' });
export type ScanRequest = z.infer<typeof ScanRequest>;

/** `GET /api/v1/events`: what a page must read again, or how far a scan is. */
export const LiveEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('changed'), keys: z.array(z.string()), at: Instant }),
  z.object({ type: z.literal('progress'), scan: ScanRow }),
]);
export type LiveEvent = z.infer<typeof LiveEvent>;
