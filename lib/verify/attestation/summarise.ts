import type { AttestationSummary } from '#lib/model/attestation.ts';
import { isObject, type JsonValue } from '#lib/verify/json.ts';
import { custom, link, openVex, otherPredicate, verificationSummary } from './predicates.ts';
import { provenanceV1, provenanceV02 } from './provenance.ts';
import { cycloneDx, spdx } from './sbom.ts';
import { vulnerabilityScan } from './vulnerability-scan.ts';

type Reader = (predicate: JsonValue) => AttestationSummary;

/** Readers by predicate type; versions are told apart where the form differs. */
const readers: readonly (readonly [RegExp, Reader])[] = [
  [/^https:\/\/slsa\.dev\/provenance\/v0\.2$/, provenanceV02],
  [/^https:\/\/slsa\.dev\/provenance\/v1(\.\d+)?$/, provenanceV1],
  [/^https:\/\/spdx\.dev\/Document(\/v?[\d.]+)?$/, spdx],
  [/^https:\/\/cyclonedx\.org\/(bom|schema)(\/v?[\d.]+)?$/, cycloneDx],
  [/^https:\/\/cosign\.sigstore\.dev\/attestation\/vuln\/v1$/, vulnerabilityScan],
  [/^https:\/\/in-toto\.io\/attestation\/vulns\/v0\.[12]$/, vulnerabilityScan],
  [/^https:\/\/openvex\.dev\/ns(\/v?[\d.]+)?$/, openVex],
  [/^https:\/\/slsa\.dev\/verification_summary\/v[\d.]+$/, verificationSummary],
  [/^https:\/\/in-toto\.io\/(Link\/v1|attestation\/link\/v0\.\d+)$/, link],
  [/^(https:\/\/)?cosign\.sigstore\.dev\/attestation\/v1$/, custom],
];

/**
 * What a statement says, for readers. Total: a predicate of any form has a summary, and whatever an
 * attester writes is cut to bounded size. Called with the predicate that was signed, never with a
 * copy from elsewhere, and with the type inside the signed payload.
 */
export function summariseAttestation(
  predicateType: string,
  predicate: JsonValue | undefined,
): AttestationSummary {
  if (predicate === undefined || predicate === null)
    return { kind: 'malformed', detail: 'the statement has no predicate' };
  // Old entries have text where an object should be.
  const reader = readers.find(([type]) => type.test(predicateType))?.[1] ?? otherPredicate;
  if (isObject(predicate) || reader === custom || reader === spdx) return reader(predicate);
  return { kind: 'malformed', detail: 'the predicate is not an object' };
}
