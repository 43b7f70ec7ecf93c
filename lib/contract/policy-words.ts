import { z } from 'zod';
import {
  admissionEvents,
  disagreementKinds,
  exceptionFaults,
  exceptionKinds,
} from '#lib/model/admission.ts';
import { bypassCodes } from '#lib/model/bypass.ts';
import { engineResults } from '#lib/model/engine-report.ts';
import { decisionOutcomes, engines, policyModes } from '#lib/model/policy.ts';
import { Instant } from './words.ts';

/** Closed sets of words about decisions, each taken from the model. */
export const DecisionWord = z.enum(decisionOutcomes).meta({ id: 'DecisionOutcome' });
export const EventWord = z.enum(admissionEvents).meta({ id: 'AdmissionEvent' });
export const DisagreementWord = z.enum(disagreementKinds).meta({ id: 'DisagreementKind' });

export const EngineWord = z.enum(engines).meta({ id: 'Engine' });
export const ModeWord = z.enum(policyModes).meta({ id: 'PolicyMode' });
export const EngineResultWord = z.enum(engineResults).meta({ id: 'EngineResult' });
export const BypassWord = z.enum(bypassCodes).meta({ id: 'BypassCode' });
export const ExceptionWord = z.enum(exceptionKinds).meta({ id: 'ExceptionKind' });
export const ExceptionFaultWord = z.enum(exceptionFaults).meta({ id: 'ExceptionFault' });

/** How old what we know of the cluster's admission objects is. */
export const Age = { asOf: Instant.nullable(), stale: z.boolean() } as const;

/** Which container of which workload. */
export const ContainerName = {
  cluster: z.string(),
  namespace: z.string(),
  workloadId: z.string(),
  workload: z.string(),
  workloadKind: z.string(),
  team: z.string().nullable(),
  container: z.string(),
  image: z.string(),
} as const;
