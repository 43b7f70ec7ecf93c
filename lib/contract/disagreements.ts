import { z } from 'zod';
import { many, pageOf } from './paging.ts';
import {
  Age,
  ContainerName,
  DecisionWord,
  DisagreementWord,
  EngineResultWord,
  EngineWord,
} from './policy-words.ts';
import { Instant, Status } from './words.ts';
import { Scope } from './workloads.ts';

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
    ...ContainerName,
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
