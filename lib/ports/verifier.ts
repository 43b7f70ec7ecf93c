import type { Authority, TrustRoot } from '#lib/model/authority.ts';
import type { Digest } from '#lib/model/digest.ts';
import type { Discovery } from '#lib/model/evidence.ts';
import type { RevocationAnswer, RevocationQuestion } from '#lib/model/revocation.ts';
import type { EvidenceVerdict, ImageVerdict } from '#lib/model/verdict.ts';

/** What a verifier worker needs once, not with every image. */
export interface VerifierMaterial {
  readonly authorities: readonly Authority[];
  /** Those of admission policies: they decide `ImageVerdict.underPolicies` and nothing else. */
  readonly policyAuthorities?: readonly Authority[];
  readonly trustRoots: readonly TrustRoot[];
}

/** A known outcome that needs no cryptography again. */
export interface Fact {
  readonly subject: Digest;
  readonly evidence: Digest;
  readonly authorityFingerprint: string;
  readonly trustRootRevision: string;
  readonly verifierVersion: string;
  readonly verdict: EvidenceVerdict;
}

export interface VerifyAnswer {
  readonly verdict: ImageVerdict;
  /** Facts that were not among the known ones. */
  readonly newFacts: readonly Fact[];
  /** Signatures checked for this answer: 0 when everything was known. */
  readonly signatureChecks: number;
  /** What the world must be asked about revocation before the verdict can be better. */
  readonly lacks?: readonly RevocationQuestion[];
  /** What the world answered about revocation, as far as it was asked for this verdict. */
  readonly answers?: readonly RevocationAnswer[];
}

/** Asks responders and fetches revocation lists. Never throws: a failure is an answer that says so. */
export interface RevocationSource {
  ask(questions: readonly RevocationQuestion[]): Promise<readonly RevocationAnswer[]>;
}

/** Verification off the main thread. A crash or timeout of one image never touches another. */
export interface ImageVerifier {
  configure(material: VerifierMaterial): Promise<void>;
  verify(discovery: Discovery, known: readonly Fact[], now: Date): Promise<VerifyAnswer>;
  close(): Promise<void>;
}
