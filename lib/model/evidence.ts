import type { Digest } from './digest.ts';
import type { ReasonCode } from './reasons.ts';
import type { TrustData } from './trust-data.ts';

/** The places beside a digest in which evidence can lie, in whatever repository it is looked for. */
export const repositoryPlaces = [
  'referrers-api',
  'referrers-tag',
  'signature-tag',
  'attestation-tag',
] as const;

/** Every place that is ever named. */
export const evidencePlaces = [
  ...repositoryPlaces,
  /** Holds SBOMs that nobody signed; looked into only where nothing else was found. */
  'sbom-tag',
  /** The index itself, in which BuildKit lists attestations that nobody signed. */
  'image-index',
  /** A store of GPG signatures that the operator named; we cannot read it. */
  'lookaside',
  /** A Notary v1 server that the operator named. */
  'content-trust',
] as const;
export type EvidencePlace = (typeof evidencePlaces)[number];

/** Where one item lay: enough to fetch it again. */
export interface EvidenceSource {
  readonly place: EvidencePlace;
  readonly registry: string;
  readonly repository: string;
  /** The manifest that carried the item; of trust data, the digest that was asked about. */
  readonly manifest: Digest;
}

interface Located {
  /**
   * Names the item: SHA-256 over everything that a verifier reads of it. For a legacy layer that is
   * the whole layer descriptor, because the signature lies in its annotations.
   */
  readonly id: Digest;
  /** The digest beside which it was found. Binding comes from the signed content, never from here. */
  readonly subject: Digest;
  readonly sources: readonly EvidenceSource[];
}

/** The annotations of a legacy cosign layer, as written: base64 and PEM are not decoded here. */
export interface CosignAnnotations {
  readonly signature?: string;
  readonly certificate?: string;
  readonly chain?: string;
  /** JSON of the Rekor v1 entry with its signed entry timestamp. */
  readonly rekorBundle?: string;
  /** JSON with a base64 TimeStampResp. */
  readonly timestamp?: string;
}

/**
 * Anything stored beside a digest that may prove something. No field is trusted: whoever may push
 * to the repository wrote it.
 */
export type Evidence = Located &
  (
    | {
        readonly kind: 'cosign-signature';
        readonly payload: Uint8Array;
        readonly annotations: CosignAnnotations;
      }
    | {
        readonly kind: 'cosign-attestation';
        readonly envelope: Uint8Array;
        readonly annotations: CosignAnnotations;
      }
    | { readonly kind: 'sigstore-bundle'; readonly mediaType: string; readonly bundle: Uint8Array }
    | { readonly kind: 'notation'; readonly mediaType: string; readonly envelope: Uint8Array }
    /** Trust data of the whole repository: whether it names this digest, only verifying tells. */
    | {
        readonly kind: 'content-trust';
        readonly data: TrustData;
        /** Tags under which the digest was asked for; empty: any tag in it will do. */
        readonly tags: readonly string[];
      }
    /** Present, but nothing anyone signed: BuildKit provenance, `.sbom` tags, plain in-toto. */
    | {
        readonly kind: 'unsigned-attachment';
        readonly mediaType: string;
        /** The predicate type or role that it claims; nobody vouches for it. */
        readonly claimedType?: string;
      }
    /** Listed by the registry, but its bytes could not be had or are not what they claim to be. */
    | {
        readonly kind: 'unreadable';
        readonly reason: ReasonCode;
        readonly detail: string;
        readonly retryable: boolean;
      }
  );

export type EvidenceKind = Evidence['kind'];

/** How the search of one place ended. `unsupported` (no referrers API) still counts as searched. */
export interface PlaceSearched {
  readonly place: EvidencePlace;
  /** `registry/repository` that was searched; of a lookaside, its URL. */
  readonly repository: string;
  readonly outcome: 'searched' | 'unsupported' | 'failed';
  readonly found: number;
  readonly reason?: ReasonCode;
  readonly detail?: string;
  readonly retryable?: boolean;
  /** When a further try makes sense, ISO 8601. */
  readonly retryAt?: string;
  /** Set where nothing that lies there could change the status: its failure leaves the search whole. */
  readonly immaterial?: true;
}

/** The result of looking everywhere for one digest in one repository. */
export interface Discovery {
  readonly subject: Digest;
  /** The rest of the image's descriptor, as the registry served it: Notation signs all of it. */
  readonly subjectDescriptor?: { readonly mediaType: string; readonly size: number };
  readonly registry: string;
  readonly repository: string;
  readonly evidence: readonly Evidence[];
  readonly places: readonly PlaceSearched[];
  /** True when no place failed that matters: only then may "unsigned" be said. */
  readonly complete: boolean;
  /** Oddities worth telling, such as a referrer that is about another digest. */
  readonly warnings: readonly { readonly reason: ReasonCode; readonly detail: string }[];
}
