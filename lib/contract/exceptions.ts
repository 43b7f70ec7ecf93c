import { z } from 'zod';
import { many, pageOf } from './paging.ts';
import { Age, BypassWord, EngineWord, ExceptionFaultWord, ExceptionWord } from './policy-words.ts';
import { Instant } from './words.ts';

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
