import { z } from 'zod';
import { many, pageOf } from './paging.ts';
import {
  Age,
  ContainerName,
  DecisionWord,
  EngineWord,
  EventWord,
  ModeWord,
} from './policy-words.ts';
import { ContainerKindWord, Status } from './words.ts';
import { Scope } from './workloads.ts';

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
    ...ContainerName,
    containerKind: ContainerKindWord,
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
  .extend({
    workloads: z.number().int(),
    /** What the filter names by id, in words; null for what it does not name or nothing is now. */
    named: z.object({
      workload: z.string().nullable(),
      bypass: z.string().nullable(),
      exception: z.string().nullable(),
    }),
  })
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

/** What admission says of one workload. */
export interface WorkloadAdmission {
  /** Of all its containers. */
  readonly decisions: readonly DecisionRow[];
  /** Everything that admission in its cluster is told by was read. */
  readonly complete: boolean;
  /** Why nothing controls its namespace; null where something does. */
  readonly why: string | null;
}
