/** One name with its value as the attester wrote it, both cut to what a reader can take in. */
export interface StatedValue {
  readonly name: string;
  readonly value: string;
}

/** Counts by a word; words that are not known stand together under `other`. */
export type CountsByWord = Readonly<Record<string, number>>;

/**
 * What a signed statement says of an image, for readers. The attester wrote every text in it: the
 * signature proves who says so, never that it is so. Instants are as written, not checked. Texts and
 * lists are cut (`limits.attestationText`, `limits.attestationItems`); counts are over everything.
 */
export type AttestationSummary =
  /** SLSA provenance. */
  | {
      readonly kind: 'provenance';
      readonly version: 'v0.2' | 'v1';
      readonly builder?: string;
      readonly buildType?: string;
      readonly source?: string;
      readonly commit?: string;
      readonly entryPoint?: string;
      readonly parameters: { readonly total: number; readonly shown: readonly StatedValue[] };
      readonly invocation?: string;
      readonly startedAt?: string;
      readonly finishedAt?: string;
    }
  | {
      readonly kind: 'sbom';
      readonly format: 'SPDX' | 'CycloneDX';
      readonly version?: string;
      readonly name?: string;
      /** Packages of SPDX, components of CycloneDX with those inside others. */
      readonly components: number;
      readonly tools: readonly string[];
      readonly createdAt?: string;
    }
  /** A scan as `cosign attest --type vuln` writes it; `total` is absent where the report is of an unknown form. */
  | {
      readonly kind: 'vulnerability-scan';
      readonly scanner?: string;
      readonly scannerVersion?: string;
      readonly databaseUpdatedAt?: string;
      readonly startedAt?: string;
      readonly finishedAt?: string;
      readonly total?: number;
      readonly bySeverity: CountsByWord;
    }
  | {
      readonly kind: 'vex';
      readonly author?: string;
      readonly statements: number;
      readonly byStatus: CountsByWord;
      readonly createdAt?: string;
    }
  /** SLSA verification summary. */
  | {
      readonly kind: 'verification-summary';
      readonly verifier?: string;
      readonly policy?: string;
      readonly result?: string;
      readonly levels: readonly string[];
      readonly resource?: string;
      readonly verifiedAt?: string;
    }
  /** One step of an in-toto layout. */
  | {
      readonly kind: 'link';
      readonly step?: string;
      readonly command?: string;
      readonly materials: number;
      readonly products: number;
    }
  /** Whatever somebody gave to `cosign attest --type custom`. */
  | { readonly kind: 'custom'; readonly text?: string; readonly createdAt?: string }
  /** A type without a summary here: the names of its members. */
  | { readonly kind: 'other'; readonly members: readonly string[] }
  /** Properly signed, but the predicate is not of the form that its type promises. */
  | { readonly kind: 'malformed'; readonly detail: string };
