import type { AttestationSummary } from './attestation.ts';
import type { SubjectKind } from './authority.ts';
import type { Digest } from './digest.ts';
import type { EvidenceKind, EvidenceSource, PlaceSearched } from './evidence.ts';
import type { ReasonCode } from './reasons.ts';
import type { TrustDataSummary } from './trust-data.ts';

/** Worst first: the order in which a list of verdicts wants a reader's attention. */
export const verdictStatuses = [
  'invalid',
  'unsigned',
  'untrusted',
  'inconclusive',
  'verified',
] as const;
export type VerdictStatus = (typeof verdictStatuses)[number];

/** The order of the coverage band, everywhere the same. */
export const bandOrder = [
  'verified',
  'inconclusive',
  'untrusted',
  'unsigned',
  'invalid',
] as const satisfies readonly VerdictStatus[];

/** The steps of verification in the order in which they run. */
export const checkIds = [
  'evidence-readable',
  'format',
  'timestamp',
  'key',
  'certificate-path',
  'certificate-usage',
  'sct',
  'transparency-log',
  'log-binding',
  'signature',
  'claim',
  'second-opinion',
  'identity',
  'expiry',
  'revocation',
] as const;
export type CheckId = (typeof checkIds)[number];

/** One step and how it came out. `not-run` always says why. */
export interface Check {
  readonly id: CheckId;
  readonly outcome: 'passed' | 'failed' | 'not-run';
  readonly reason?: ReasonCode;
  /** It failed, and a trust policy below strict lets that pass: shown as a warning, never hidden. */
  readonly logged?: true;
  /** One sentence for a reader, no markup; may hold text that an attacker wrote. */
  readonly detail: string;
}

/** Who signed, as far as the cryptography says. */
export type Signer =
  | { readonly kind: 'key'; readonly fingerprint: string; readonly algorithm: string }
  | {
      readonly kind: 'certificate';
      readonly subject: string;
      /** What kind of name it is; `dn` is the subject itself, where there is no alternative name. */
      readonly subjectType: SubjectKind;
      /** All alternative names, where there are several; `subject` is the first of them. */
      readonly names?: readonly { readonly kind: SubjectKind; readonly value: string }[];
      /** The subject of the certificate (RFC 4514), where it is not empty. */
      readonly distinguishedName?: string;
      readonly issuer?: string;
      /** Fulcio extensions by name (build signer URI, source repository …). */
      readonly claims: Readonly<Record<string, string>>;
      readonly fingerprint: string;
      readonly notBefore: string;
      readonly notAfter: string;
    };

/** A time that something we trust vouches for. */
export interface VerifiedTime {
  readonly at: string;
  readonly source: 'rekor-set' | 'rfc3161' | 'signing-authority';
  /** The log or authority by name or URL. */
  readonly by: string;
}

/** The log entry that was checked. */
export interface LogEntry {
  readonly log: string;
  readonly index: string;
  readonly kind: string;
  readonly integratedAt?: string;
}

/** What one item of evidence comes to under the best authority that covers the image. */
export interface EvidenceVerdict {
  readonly evidence: Digest;
  readonly kind: EvidenceKind;
  readonly sources: readonly EvidenceSource[];
  /** A signature says "signed"; any other verified statement says "attested": different facts. */
  readonly proves: 'signed' | 'attested' | 'nothing';
  readonly predicateType?: string;
  /** What the statement says, where a signer stands for it: verified or untrusted, and never a signature. */
  readonly attestation?: AttestationSummary;
  /** What lies there unsigned, and what it says of itself. */
  readonly attachment?: { readonly mediaType: string; readonly claimedType?: string };
  readonly status: Exclude<VerdictStatus, 'unsigned'>;
  readonly reason?: ReasonCode;
  /** The authority under which this status holds; absent when none covers the image. */
  readonly authority?: string;
  readonly authorityFingerprint?: string;
  readonly trustRoot?: { readonly name: string; readonly revision: string };
  readonly signer?: Signer;
  readonly times: readonly VerifiedTime[];
  readonly log?: LogEntry;
  /** Signed annotations (`cosign sign -a`, `notation sign --user-metadata`). */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The image reference in the signed claim; images move, so it proves nothing by itself. */
  readonly reference?: string;
  /**
   * Until when this outcome holds without being found again, ISO 8601: then a certificate, an expiry
   * date or an answer about revocation runs out. Absent: no time changes it.
   */
  readonly holdsUntil?: string;
  /** What trust data says about the digest, and what it is worth. */
  readonly trustData?: TrustDataSummary;
  readonly checks: readonly Check[];
}

/**
 * What a platform image has from a signed index: the index is verified and lists it. The image itself
 * stays what it is, since admission engines look for a signature of the very digest that runs.
 */
export interface Inheritance {
  readonly index: Digest;
  readonly platform: string;
  /** Who vouches for the index. */
  readonly authority?: string;
  readonly signer?: Signer;
}

/** An attestation that an authority asks for, and what became of it. */
export interface RequiredAttestation {
  /** Who asks. */
  readonly authority: string;
  readonly predicateType: string;
  readonly state: 'verified' | 'missing' | 'unknown';
  /** The item that is of this type, and the authority under which it is verified. */
  readonly evidence?: Digest;
  readonly by?: string;
}

/**
 * Authorities of admission policies count for their own policy and never for the verdict about an
 * image. Their names begin with their cluster (`prod/ClusterImagePolicy/signed/authority-0`).
 */
export interface PolicyEvidence {
  /** Names of all of them that cover the image and under which the evidence was judged. */
  readonly judgedUnder: readonly string[];
  /** What is verified under their rules, once for each different set of rules. */
  readonly verified: readonly PolicyVerdict[];
  /** By name of an authority, the text of its policy for which this holds, as `Authority.source` has it. */
  readonly marks: Readonly<Record<string, string>>;
  /** Names all that was used with all of its rules: under other ones the evidence is to be judged again. */
  readonly revision: string;
  /** Authorities that were left out, since an image is judged under so many different rules only. */
  readonly omitted?: number;
}

/** Evidence that is verified under the rules of a policy; several policies may have the same rules. */
export interface PolicyVerdict extends EvidenceVerdict {
  /** Names of all authorities with these rules. */
  readonly under: readonly string[];
}

/** What all evidence and all authorities together let us say about one digest in one repository. */
export interface ImageVerdict {
  readonly digest: Digest;
  readonly registry: string;
  readonly repository: string;
  readonly status: VerdictStatus;
  /** Absent only for `verified`. */
  readonly reason?: ReasonCode;
  readonly detail?: string;
  readonly retryable: boolean;
  readonly retryAt?: string;
  readonly signer?: Signer;
  readonly authority?: string;
  /** True when a verified attestation (of any type) exists, whatever the status. */
  readonly attested: boolean;
  /** Set where the image is not verified itself, and a verified index lists it. */
  readonly inheritedFrom?: Inheritance;
  /** Absent where no authority for the image asks for any. */
  readonly required?: readonly RequiredAttestation[];
  readonly evidence: readonly EvidenceVerdict[];
  /** What evidence is worth under authorities of policies alone; absent where no policy names one. */
  readonly underPolicies?: PolicyEvidence;
  readonly places: readonly PlaceSearched[];
  /** Bad neighbours of a good signature, referrers about another digest, age of the trust root. */
  readonly warnings: readonly { readonly reason: ReasonCode; readonly detail: string }[];
  readonly verifierVersion: string;
}
