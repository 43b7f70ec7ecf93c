import type { Authority } from '#lib/model/authority.ts';
import type { EvidenceVerdict, RequiredAttestation } from '#lib/model/verdict.ts';

/**
 * Whether the attestations that authorities ask for are there: verified, and of exactly that type by
 * what was signed (CVE-2022-35929: another type by the right signer is not it). Facts for readers and
 * policies: a missing one changes no verdict about the signature.
 * @param complete whether every place was searched; only then may one be called missing
 */
export function requiredAttestations(
  authorities: readonly Pick<Authority, 'name' | 'attestations'>[],
  evidence: readonly EvidenceVerdict[],
  complete: boolean,
): readonly RequiredAttestation[] {
  return authorities.flatMap(({ name, attestations = [] }) =>
    attestations.map(({ predicateType }): RequiredAttestation => {
      const about = { authority: name, predicateType };
      const found = evidence.find(
        (verdict) =>
          verdict.status === 'verified' &&
          verdict.proves === 'attested' &&
          verdict.predicateType === predicateType,
      );
      if (found !== undefined)
        return {
          ...about,
          state: 'verified',
          evidence: found.evidence,
          ...(found.authority !== undefined && { by: found.authority }),
        };
      const open = !complete || evidence.some(({ status }) => status === 'inconclusive');
      return { ...about, state: open ? 'unknown' : 'missing' };
    }),
  );
}

/** Those that are missing, as warnings. */
export const missingAttestations = (required: readonly RequiredAttestation[]) =>
  required
    .filter(({ state }) => state === 'missing')
    .map(({ authority, predicateType }) => ({
      reason: 'predicate-mismatch' as const,
      detail: `the authority ${authority} asks for an attestation of the type ${predicateType}, and none is verified`,
    }));
