import { z } from 'zod';
import { type WeaknessCode, weaknesses } from '#lib/model/authority-findings.ts';
import { evidencePlaces } from '#lib/model/evidence.ts';
import { findingKinds, severities } from '#lib/model/posture.ts';
import { owners, type ReasonCode, reasons } from '#lib/model/reasons.ts';
import { pins } from '#lib/model/reference.ts';
import { checkIds, verdictStatuses } from '#lib/model/verdict.ts';
import { containerKinds } from '#lib/model/workload.ts';

/** The closed sets of words that cross HTTP, each taken from the model. */
export const Status = z.enum(verdictStatuses).meta({ id: 'VerdictStatus' });
export const ReasonWord = z
  .enum(Object.keys(reasons) as [ReasonCode, ...ReasonCode[]])
  .meta({ id: 'ReasonCode' });
export const PinWord = z.enum(pins).meta({ id: 'Pin' });
export const FindingWord = z.enum(findingKinds).meta({ id: 'FindingKind' });
export const SeverityWord = z.enum(severities).meta({ id: 'Severity' });
export const WeaknessWord = z
  .enum(Object.keys(weaknesses) as [WeaknessCode, ...WeaknessCode[]])
  .meta({ id: 'WeaknessCode' });
export const OwnerWord = z.enum(owners).meta({ id: 'Owner' });
export const ContainerKindWord = z.enum(containerKinds).meta({ id: 'ContainerKind' });
export const PlaceWord = z.enum(evidencePlaces).meta({ id: 'EvidencePlace' });
export const CheckWord = z.enum(checkIds).meta({ id: 'CheckId' });

/** ISO 8601, UTC. */
export const Instant = z.iso.datetime();

/** The five counts and their sum. */
export const Counts = z
  .object({
    verified: z.number().int(),
    inconclusive: z.number().int(),
    untrusted: z.number().int(),
    unsigned: z.number().int(),
    invalid: z.number().int(),
    total: z.number().int(),
  })
  .meta({ id: 'StatusCounts' });
export type Counts = z.infer<typeof Counts>;
