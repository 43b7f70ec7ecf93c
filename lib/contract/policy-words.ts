import { z } from 'zod';
import { admissionEvents, disagreementKinds } from '#lib/model/admission.ts';
import { decisionOutcomes } from '#lib/model/policy.ts';

/** Closed sets of words about decisions, each taken from the model. */
export const DecisionWord = z.enum(decisionOutcomes).meta({ id: 'DecisionOutcome' });
export const EventWord = z.enum(admissionEvents).meta({ id: 'AdmissionEvent' });
export const DisagreementWord = z.enum(disagreementKinds).meta({ id: 'DisagreementKind' });
