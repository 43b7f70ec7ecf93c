import { z } from 'zod';
import { many, pageOf } from './paging.ts';
import { ContainerName, DecisionWord, EventWord } from './policy-words.ts';
import { Instant } from './words.ts';

/** What to suppose. Nothing is applied to any cluster. */
export const Supposition = z
  .discriminatedUnion('kind', [
    /** These policies enforce. */
    z.object({ kind: z.literal('enforce'), policies: z.array(z.string()).min(1).max(1000) }),
    /** Every policy that reaches these namespaces enforces there. */
    z.object({
      kind: z.literal('enforce-namespace'),
      cluster: z.string(),
      namespaces: z.array(z.string()).min(1).max(1000),
    }),
    /**
     * These documents (YAML or JSON, several allowed) stand in place of those policies; objects of the
     * same kind and name are replaced by themselves.
     */
    z.object({
      kind: z.literal('replace'),
      cluster: z.string(),
      replaces: z.array(z.string()).max(1000),
      documents: z.string().min(1).max(60_000),
    }),
  ])
  .meta({ id: 'Supposition' });
export type Supposition = z.infer<typeof Supposition>;

export const SimulationRequest = z
  .object({
    suppose: Supposition,
    /** Besides what runs: what ran within so many days. 0: only what runs. */
    days: z.number().int().min(0).max(90).default(30),
    /** Only workloads of these namespaces; empty: of all. */
    namespaces: z.array(z.string()).max(1000).default([]),
  })
  .meta({ id: 'SimulationRequest' });
export type SimulationRequest = z.infer<typeof SimulationRequest>;

export const SimulationState = z.enum(['queued', 'running', 'done', 'stopped', 'failed']);
export type SimulationState = z.infer<typeof SimulationState>;

/** Workloads by what would change for them. */
export const SimulationCounts = z
  .object({
    workloads: z.number().int(),
    newlyRefused: z.number().int(),
    newlyAdmitted: z.number().int(),
    stillRefused: z.number().int(),
    /** Would be blocked since nobody could look, and are not today. */
    newlyError: z.number().int(),
    notEvaluated: z.number().int(),
    unchanged: z.number().int(),
  })
  .meta({ id: 'SimulationCounts' });
export type SimulationCounts = z.infer<typeof SimulationCounts>;

/** A simulation with its progress, under a link that stays. */
export const Simulation = z
  .object({
    id: z.string(),
    request: SimulationRequest,
    title: z.string(),
    state: SimulationState,
    createdAt: Instant,
    finishedAt: Instant.nullable(),
    /** When what it was computed from was read; the result is as old as this. */
    asOf: Instant.nullable(),
    done: z.number().int(),
    total: z.number().int(),
    counts: SimulationCounts,
    byOwner: z.array(z.object({ team: z.string().nullable(), workloads: z.number().int() })),
    byReason: z.array(z.object({ why: z.string(), workloads: z.number().int() })),
    byEvent: z.array(z.object({ event: EventWord, workloads: z.number().int() })),
    /** Copyable, never applied: for each policy the command and the diff. */
    patches: z.array(z.object({ policy: z.string(), command: z.string(), diff: z.string() })),
    problem: z.string().nullable(),
  })
  .meta({ id: 'Simulation' });
export type Simulation = z.infer<typeof Simulation>;
export const SimulationList = z
  .object({ items: z.array(Simulation) })
  .meta({ id: 'SimulationList' });

export type SimulationList = z.infer<typeof SimulationList>;

/** What is `unchanged` is counted and not listed. */
export const simulationChanges = [
  'newly-refused',
  'newly-error',
  'newly-admitted',
  'not-evaluated',
  'still-refused',
  'unchanged',
] as const;
export const ChangeWord = z.enum(simulationChanges).meta({ id: 'SimulationChange' });

export const SimulationRowFilter = z.object({
  change: many(ChangeWord),
  namespace: many(z.string()),
  team: many(z.string()),
  event: many(EventWord),
  q: z.string().max(500).optional(),
});
export type SimulationRowFilter = z.infer<typeof SimulationRowFilter>;

/** What would become of one workload. */
export const SimulationRow = z
  .object({
    id: z.string(),
    change: ChangeWord,
    /** The container is the one that decides. */
    ...ContainerName,
    policy: z.string(),
    rule: z.string(),
    today: DecisionWord,
    supposed: DecisionWord,
    why: z.string(),
    event: EventWord,
    eventDetail: z.string(),
    pods: z.number().int(),
    /** Set for what does not run any more: when it was last seen. */
    lastSeen: Instant.nullable(),
  })
  .meta({ id: 'SimulationRow' });
export type SimulationRow = z.infer<typeof SimulationRow>;
export const SimulationPage = pageOf(SimulationRow).meta({ id: 'SimulationPage' });
export type SimulationPage = z.infer<typeof SimulationPage>;
