import type { AttestationSummary } from '#lib/model/attestation.ts';
import type { Artifact } from './artifact.ts';
import { summariseAttestation } from './attestation/summarise.ts';
import { inconclusive, isRefusal, type Refusal } from './refusal.ts';
import type { SignedItem } from './signed-item.ts';
import { checkSimpleSigning } from './simple-signing.ts';
import { checkStatement } from './statement.ts';

/** What the signed content says about the artifact. */
export interface Claim {
  readonly proves: 'signed' | 'attested';
  readonly predicateType?: string;
  /** What the statement says where it is no mere signature. */
  readonly attestation?: AttestationSummary;
  readonly annotations: Readonly<Record<string, string>>;
  /** The `docker-reference` of a simple signing claim. */
  readonly reference?: string;
  readonly detail: string;
}

/** The predicate by which `cosign sign` says "signed" in a bundle; any other one attests something. */
export const signPredicate = 'https://sigstore.dev/cosign/sign/v1';

/** Reads the claim once the signature over it holds, and demands that it is about the artifact. */
export function checkClaim({ content }: SignedItem, artifact: Artifact): Claim | Refusal {
  switch (content.form) {
    case 'message':
      return { proves: 'signed', annotations: {}, detail: 'the artifact itself is signed' };
    case 'simple-signing': {
      const { sha256 } = artifact.digests;
      if (sha256 === undefined)
        return inconclusive('unsupported-digest', 'the SHA-256 digest of the image is not known');
      const claim = checkSimpleSigning(content.payload, `sha256:${sha256}`);
      if (isRefusal(claim)) return claim;
      const { reference, annotations } = claim;
      const where = reference === undefined ? '' : `, signed as ${reference}`;
      return {
        proves: 'signed',
        annotations,
        ...(reference !== undefined && { reference }),
        detail: `the payload names this digest${where}`,
      };
    }
    case 'dsse': {
      const claim = checkStatement(content.envelope, artifact.digests);
      if (isRefusal(claim)) return claim;
      const { predicateType, annotations, predicate } = claim;
      const about = {
        predicateType,
        annotations,
        detail: `a subject of the statement is this digest; it is ${predicateType}`,
      };
      if (predicateType === signPredicate) return { ...about, proves: 'signed' };
      const attestation = summariseAttestation(predicateType, predicate);
      return { ...about, proves: 'attested', attestation };
    }
  }
}
