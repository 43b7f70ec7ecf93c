import { z } from 'zod';
import { BypassRow, ExceptionRow } from './exceptions.ts';
import { many, pageOf } from './paging.ts';
import { Age, EngineResultWord, EngineWord, ModeWord } from './policy-words.ts';
import { Instant } from './words.ts';

/** Which object of which cluster. */
const ObjectName = {
  cluster: z.string(),
  group: z.string(),
  kind: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
} as const;

/** Workloads by what would become of them, of those that a policy is about. */
export const GapCounts = z
  .object({
    /** Workloads of which at least one container is matched. */
    workloads: z.number().int(),
    /** Would be refused if it enforced, and are not today: the audit gap. */
    wouldRefuse: z.number().int(),
    refusedToday: z.number().int(),
    /** Would be blocked since nobody could look. */
    wouldError: z.number().int(),
    notEvaluated: z.number().int(),
  })
  .meta({ id: 'GapCounts' });
export type GapCounts = z.infer<typeof GapCounts>;

export const PolicyFilter = z.object({
  cluster: many(z.string()),
  engine: many(EngineWord),
  mode: many(ModeWord),
  q: z.string().max(500).optional(),
  /** Only policies that would refuse workloads that get in today. */
  gap: z.enum(['yes']).optional(),
  sort: z.enum(['gap', 'name', 'engine', 'mode', 'workloads']).default('gap'),
  order: z.enum(['asc', 'desc']).default('asc'),
});
export type PolicyFilter = z.infer<typeof PolicyFilter>;

export const PolicyRow = z
  .object({
    /** Stable over scans: cluster, group, kind, namespace and name. */
    id: z.string(),
    ...ObjectName,
    engine: EngineWord,
    mode: ModeWord,
    /** Modes that hold in some namespaces only. */
    otherModes: z.array(ModeWord),
    /** False for a policy that asks for no signature or attestation at all. */
    verifies: z.boolean(),
    images: z.array(z.string()),
    authorities: z.number().int(),
    unevaluated: z.array(z.string()),
    /** Why the document is refused by its reader; empty where it holds. */
    problems: z.array(z.object({ path: z.string(), message: z.string() })),
    counts: GapCounts,
    createdAt: Instant.nullable(),
    ...Age,
  })
  .meta({ id: 'PolicyRow' });
export type PolicyRow = z.infer<typeof PolicyRow>;

/** An object of an engine's API group that is no policy, or that nobody here reads. */
export const UnreadObject = z
  .object({
    ...ObjectName,
    problems: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'UnreadObject' });
export type UnreadObject = z.infer<typeof UnreadObject>;

/** `/api/v1/policies`: `unread` are objects of engines that could not be read, of the whole scope. */
export const PolicyPage = pageOf(PolicyRow)
  .extend({
    unread: z.array(UnreadObject),
    /** The audit gap over all policies of the filter, each workload once. */
    gap: GapCounts,
    engines: z.array(
      z.object({
        cluster: z.string(),
        engine: EngineWord,
        version: z.string().nullable(),
        namespace: z.string(),
        workload: z.string(),
      }),
    ),
    /** Clusters whose admission objects could not be read, in whole or in part. */
    missing: z.array(z.object({ cluster: z.string(), what: z.string(), detail: z.string() })),
  })
  .meta({ id: 'PolicyPage' });
export type PolicyPage = z.infer<typeof PolicyPage>;

/** Whom a policy believes, in our words. */
export const PolicyAuthority = z.object({
  name: z.string(),
  kind: z.string(),
  trusts: z.array(z.string()),
  trustRoot: z.string().nullable(),
  demands: z.array(z.string()),
  /** Why its keys could not be had; null where they could. */
  problem: z.string().nullable(),
});

export const PolicyDetail = PolicyRow.extend({
  trusted: z.array(PolicyAuthority),
  /** As YAML, as the cluster has it. */
  document: z.string(),
  bypasses: z.array(BypassRow),
  exceptions: z.array(ExceptionRow),
  /** What the engine itself reported under this policy. */
  reported: z.record(EngineResultWord, z.number().int()),
  notes: z.array(z.string()),
  /** What would make it enforce: a unified diff, and the command that applies the same. */
  patch: z.object({ diff: z.string(), command: z.string() }).nullable(),
}).meta({ id: 'Policy' });
export type PolicyDetail = z.infer<typeof PolicyDetail>;
