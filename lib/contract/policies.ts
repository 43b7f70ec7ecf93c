import { z } from 'zod';
import { exceptionFaults, exceptionKinds } from '#lib/model/admission.ts';
import { bypassCodes } from '#lib/model/bypass.ts';
import { engineResults } from '#lib/model/engine-report.ts';
import { engines, policyModes } from '#lib/model/policy.ts';
import { many, pageOf } from './paging.ts';
import { DecisionWord, DisagreementWord, EventWord } from './policy-words.ts';
import { ContainerKindWord, Instant, Status } from './words.ts';
import { Scope } from './workloads.ts';

export const EngineWord = z.enum(engines).meta({ id: 'Engine' });
export const ModeWord = z.enum(policyModes).meta({ id: 'PolicyMode' });
export const EngineResultWord = z.enum(engineResults).meta({ id: 'EngineResult' });
export const BypassWord = z.enum(bypassCodes).meta({ id: 'BypassCode' });
export const ExceptionWord = z.enum(exceptionKinds).meta({ id: 'ExceptionKind' });
export const ExceptionFaultWord = z.enum(exceptionFaults).meta({ id: 'ExceptionFault' });

/** Which object of which cluster. */
const ObjectName = {
  cluster: z.string(),
  group: z.string(),
  kind: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
} as const;

/** How old what we know of the cluster's admission objects is. */
const Age = { asOf: Instant.nullable(), stale: z.boolean() } as const;

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

export const BypassRow = z
  .object({
    id: z.string(),
    cluster: z.string(),
    engine: EngineWord,
    code: BypassWord,
    name: z.string(),
    object: z.string().nullable(),
    effect: z.enum(['passes', 'blocks']),
    severity: z.enum(['critical', 'high', 'medium', 'low', 'info']),
    title: z.string(),
    why: z.string(),
    remedy: z.string(),
    /** Workloads that could use it now. */
    workloads: z.number().int(),
    ...Age,
  })
  .meta({ id: 'BypassRow' });
export type BypassRow = z.infer<typeof BypassRow>;
export const BypassFilter = z.object({
  cluster: many(z.string()),
  engine: many(EngineWord),
  code: many(BypassWord),
  q: z.string().max(500).optional(),
});
export type BypassFilter = z.infer<typeof BypassFilter>;
export const BypassPage = pageOf(BypassRow).meta({ id: 'BypassPage' });
export type BypassPage = z.infer<typeof BypassPage>;

export const ExceptionFilter = z.object({
  cluster: many(z.string()),
  engine: many(EngineWord),
  kind: many(ExceptionWord),
  fault: many(ExceptionFaultWord),
  q: z.string().max(500).optional(),
});
export type ExceptionFilter = z.infer<typeof ExceptionFilter>;

/** One way in which rules are set aside. */
export const ExceptionRow = z
  .object({
    id: z.string(),
    cluster: z.string(),
    engine: EngineWord,
    kind: ExceptionWord,
    /** `Kind namespace/name` of the object that says so. */
    object: z.string(),
    /** The policy that it is about, where it is about one; links to its page. */
    policy: z.string().nullable(),
    policyId: z.string().nullable(),
    /** Whom it sets free, in words. */
    scope: z.string(),
    owner: z.string().nullable(),
    expiresAt: Instant.nullable(),
    createdAt: Instant.nullable(),
    faults: z.array(ExceptionFaultWord),
    /** Workloads that rely on it now: without it they would be refused, or would be looked at. */
    workloads: z.number().int(),
    why: z.string(),
    ...Age,
  })
  .meta({ id: 'ExceptionRow' });
export type ExceptionRow = z.infer<typeof ExceptionRow>;
export const ExceptionPage = pageOf(ExceptionRow).meta({ id: 'ExceptionPage' });
export type ExceptionPage = z.infer<typeof ExceptionPage>;

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

/** Which decisions: by policy, workload, outcome. `gap`: refused if enforced, and not today. */
export const DecisionFilter = Scope.extend({
  policy: many(z.string()),
  workload: many(z.string()),
  engine: many(EngineWord),
  mode: many(ModeWord),
  today: many(DecisionWord),
  enforced: many(DecisionWord),
  gap: z.enum(['yes']).optional(),
  /** Only workloads that could use this way past an engine, or rely on this exception. */
  bypass: z.string().optional(),
  exception: z.string().optional(),
  q: z.string().max(500).optional(),
});
export type DecisionFilter = z.infer<typeof DecisionFilter>;

/** One rule's word about one container. */
export const DecisionRow = z
  .object({
    id: z.string(),
    cluster: z.string(),
    namespace: z.string(),
    workloadId: z.string(),
    workload: z.string(),
    workloadKind: z.string(),
    team: z.string().nullable(),
    container: z.string(),
    containerKind: ContainerKindWord,
    image: z.string(),
    status: Status,
    policyId: z.string(),
    policy: z.string(),
    engine: EngineWord,
    rule: z.string(),
    mode: ModeWord,
    today: DecisionWord,
    enforced: DecisionWord,
    why: z.string(),
    engineMayDiffer: z.string().nullable(),
    /** What would meet the decision next. */
    event: EventWord,
    eventDetail: z.string(),
    pods: z.number().int(),
    ...Age,
  })
  .meta({ id: 'DecisionRow' });
export type DecisionRow = z.infer<typeof DecisionRow>;

/** `workloads` counts each workload of the filter once. */
export const DecisionPage = pageOf(DecisionRow)
  .extend({ workloads: z.number().int() })
  .meta({ id: 'DecisionPage' });
export type DecisionPage = z.infer<typeof DecisionPage>;

export const ControlFilter = z.object({
  cluster: many(z.string()),
  namespace: many(z.string()),
  /** Strongest mode of the namespace. */
  mode: many(ModeWord),
});
export type ControlFilter = z.infer<typeof ControlFilter>;

/** One namespace: what each engine of its cluster does there. */
export const ControlRow = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    workloads: z.number().int(),
    strongest: ModeWord,
    /** Why nothing controls it; null where something does. */
    why: z.string().nullable(),
    cells: z.array(z.object({ engine: EngineWord, mode: ModeWord, why: z.string().nullable() })),
    ...Age,
  })
  .meta({ id: 'ControlRow' });
export type ControlRow = z.infer<typeof ControlRow>;
export const ControlMatrix = z
  .object({
    items: z.array(ControlRow),
    engines: z.array(EngineWord),
    /** Namespaces by their strongest mode. */
    totals: z.record(ModeWord, z.number().int()),
  })
  .meta({ id: 'ControlMatrix' });
export type ControlMatrix = z.infer<typeof ControlMatrix>;

export const DisagreementFilter = Scope.extend({
  kind: many(DisagreementWord),
  engine: many(EngineWord),
  q: z.string().max(500).optional(),
});
export type DisagreementFilter = z.infer<typeof DisagreementFilter>;

export const DisagreementRow = z
  .object({
    id: z.string(),
    kind: DisagreementWord,
    title: z.string(),
    cluster: z.string(),
    namespace: z.string(),
    workloadId: z.string(),
    workload: z.string(),
    workloadKind: z.string(),
    team: z.string().nullable(),
    container: z.string(),
    image: z.string(),
    digest: z.string().nullable(),
    engine: EngineWord,
    engineVersion: z.string().nullable(),
    policy: z.string(),
    rule: z.string().nullable(),
    engineSays: EngineResultWord,
    engineAt: Instant.nullable(),
    weSay: DecisionWord,
    status: Status,
    why: z.string(),
    source: z.string().nullable(),
    remedy: z.string(),
    ...Age,
  })
  .meta({ id: 'DisagreementRow' });
export type DisagreementRow = z.infer<typeof DisagreementRow>;
export const DisagreementPage = pageOf(DisagreementRow).meta({ id: 'DisagreementPage' });
export type DisagreementPage = z.infer<typeof DisagreementPage>;

/** One signature of an image beside one installed engine. */
export const VisibilityRow = z
  .object({
    cluster: z.string(),
    engine: EngineWord,
    version: z.string().nullable(),
    evidence: z.string(),
    kind: z.string(),
    place: z.string(),
    registry: z.string(),
    sees: z.enum(['yes', 'no', 'unknown']),
    why: z.string(),
  })
  .meta({ id: 'VisibilityRow' });
export type VisibilityRow = z.infer<typeof VisibilityRow>;
export const VisibilityList = z
  .object({ items: z.array(VisibilityRow) })
  .meta({ id: 'VisibilityList' });
export type VisibilityList = z.infer<typeof VisibilityList>;
