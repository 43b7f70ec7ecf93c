import type { Discovery, Evidence } from '#lib/model/evidence.ts';
import { type ReasonCode, reasonOf } from '#lib/model/reasons.ts';
import type { VerifyAnswer } from '#lib/ports/verifier.ts';

/** The answer about an image that no worker could judge: nothing is claimed. */
export const unjudgedAnswer = (
  discovery: Discovery,
  reason: ReasonCode,
  detail: string,
  verifierVersion: string,
): VerifyAnswer => ({
  verdict: {
    digest: discovery.subject,
    registry: discovery.registry,
    repository: discovery.repository,
    status: 'inconclusive',
    reason,
    detail,
    retryable: reasonOf(reason).retryable,
    attested: false,
    evidence: [],
    places: discovery.places,
    warnings: discovery.warnings,
    verifierVersion,
  },
  newFacts: [],
  signatureChecks: 0,
});

/** The evidence with its content taken away, so that its neighbours can be judged without it. */
export const setAside = (evidence: Evidence, reason: ReasonCode, detail: string): Evidence => ({
  id: evidence.id,
  subject: evidence.subject,
  sources: evidence.sources,
  kind: 'unreadable',
  reason,
  detail,
  retryable: reasonOf(reason).retryable,
});
