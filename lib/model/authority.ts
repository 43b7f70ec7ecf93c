import type { NotationRules, TrustStoreType } from './notation-policy.ts';

/** A rule for one string: equal, or a whole-string RE2 pattern. There is no third way. */
export type TextRule =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'pattern'; readonly pattern: string };

/** The kinds of name that a certificate can carry; `dn` is its subject itself. */
export const subjectKinds = ['uri', 'email', 'dns', 'ip', 'dn', 'other'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** `none`: the certificate must name no OIDC issuer, as those of a private authority do not. */
export type IssuerRule = TextRule | { readonly kind: 'none' };

/** Whom a keyless authority believes: the certificate's SAN and its OIDC issuer, both always. */
export interface IdentityRule {
  readonly subject: TextRule;
  /**
   * Which name `subject` is about, where a certificate has several. Without it the certificate must
   * have one alternative name, or none and a subject.
   */
  readonly subjectKind?: SubjectKind;
  readonly issuer: IssuerRule;
  /** Fulcio extensions that must say so too, by the names of `Signer.claims`. */
  readonly claims?: Readonly<Record<string, TextRule>>;
}

/** Where an authority was written. */
export type AuthoritySource =
  | { readonly kind: 'configuration'; readonly path: string }
  | { readonly kind: 'command-line' }
  | {
      readonly kind: 'policy';
      readonly cluster: string;
      readonly policy: string;
      /** SHA-256 (hex) of the policy's text about it, trust root included: tells an old policy from a new one. */
      readonly mark?: string;
    }
  | PresetSource;

/** An authority that we wrote and the operator chose: where its facts were read, and which were not. */
export interface PresetSource {
  readonly kind: 'preset';
  readonly name: string;
  /** Addresses of the documents that say so. */
  readonly documents: readonly string[];
  /** The day on which they were read, `YYYY-MM-DD`. */
  readonly readOn: string;
  /** Facts that no document confirms, a sentence each; empty when all are confirmed. */
  readonly unconfirmed: readonly string[];
}

interface Named {
  readonly name: string;
  readonly source: AuthoritySource;
  /** Globs over `registry/repository`: `*` stays within a path segment, `**` does not. */
  readonly images: readonly string[];
  /** Signed annotations that a signature must carry (`cosign verify -a`). */
  readonly annotations?: Readonly<Record<string, string>>;
  /** What a signed claim must name as its image (`docker-reference`); without it, any will do. */
  readonly reference?: TextRule;
  /** Attestations that its images are to carry beside the signature; told as facts, deciding nothing. */
  readonly attestations?: readonly { readonly predicateType: string }[];
  /**
   * SHA-256 over everything that can change a verdict (keys, rules, thresholds, trust root name):
   * facts are stored under it.
   */
  readonly fingerprint: string;
}

/** A public key with the time in which signatures by it count. */
export interface TrustedKey {
  /** PEM, SPKI. */
  readonly pem: string;
  /** Hash by which it signs; by default the one cosign would take. */
  readonly hash?: 'sha256' | 'sha384' | 'sha512';
  readonly validFrom?: string;
  readonly validUntil?: string;
  /** Since when it may be in other hands: from then on, and without a proven time, nothing counts. */
  readonly revokedFrom?: string;
  /** Where it lies (`hashivault://…`, `k8s://…`): `pem` is empty until it was read there. */
  readonly reference?: string;
  /** Why it could not be read there, with the remedy. */
  readonly problem?: string;
}

/** Least numbers of different witnesses, beyond the one that is needed where any is. */
export interface Witnesses {
  /** Transparency logs, by their keys. */
  readonly logs?: number;
  /** Logs that promise a time, and timestamp authorities, together. */
  readonly times?: number;
  readonly timestampAuthorities?: number;
}

/** What a transparency log must say. `required`: no proof, no verdict. `ignored`: not looked at. */
export type TlogRule = 'required' | 'ignored';

/** Someone whose signature makes an image "verified". */
export type Authority = Named &
  (
    | {
        readonly kind: 'key';
        readonly keys: readonly TrustedKey[];
        /** Named trust root whose logs are believed; needed when `tlog` is required. */
        readonly trustRoot?: string;
        readonly tlog: TlogRule;
        readonly atLeast?: Witnesses;
      }
    | {
        readonly kind: 'keyless';
        readonly identities: readonly IdentityRule[];
        readonly trustRoot: string;
        readonly tlog: TlogRule;
        readonly sct: 'required' | 'ignored';
        readonly atLeast?: Witnesses;
      }
    | (NotationRules & {
        /** One statement of a Notation trust policy with the certificates of its trust stores. */
        readonly kind: 'notation';
        /** Repositories that the statement names, or `*` alone; they narrow `images`. */
        readonly scopes: readonly string[];
        /** Repositories that other statements of the same document name: `*` does not reach them. */
        readonly scopesElsewhere: readonly string[];
        /** PEM certificates by type of trust store. Any of them in a chain makes it trusted. */
        readonly trustStores: Readonly<Record<TrustStoreType, readonly string[]>>;
      })
    | {
        /** Docker Content Trust, whose data counts as signed under a pinned root and never else. */
        readonly kind: 'content-trust';
        /** Ids of root keys as notary or docker print them, or public keys as PEM. */
        readonly rootKeys: readonly string[];
        /** Roles that must all name the digest (`targets/releases`); empty: those that docker asks. */
        readonly delegations: readonly string[];
      }
  );

/** The authorities whose verdicts are about what cosign and other Sigstore clients write. */
export type SigstoreAuthority = Extract<Authority, { readonly kind: 'key' | 'keyless' }>;
export type ContentTrustAuthority = Extract<Authority, { readonly kind: 'content-trust' }>;
export type NotationAuthority = Extract<Authority, { readonly kind: 'notation' }>;

/** Domains whose roots are shipped with every version; any other is the operator's own. */
export const shippedTrustRoots = ['public-good', 'github', 'staging'] as const;
export type ShippedTrustRoot = (typeof shippedTrustRoots)[number];

/** A named domain of trust material. Domains are never pooled. */
export interface TrustRoot {
  readonly name: string;
  /** SHA-256 of the trusted_root.json bytes: the revision under which facts are stored. */
  readonly revision: string;
  /** The `trusted_root.json` text (protobuf-specs TrustedRoot, JSON). */
  readonly json: string;
  /** `policy`: an object of a cluster says so, and it counts for the policies of this cluster alone. */
  readonly origin: 'seed' | 'file' | 'tuf' | 'policy';
  /**
   * Set for a private PKI that the operator named by its certificates: these need not say what they
   * are for, as those of Fulcio do.
   */
  readonly privatePki?: true;
  /** When these bytes became ours: shipped, read or refreshed; ISO 8601. */
  readonly asOf: string;
  /** When the TUF metadata behind it lapses. */
  readonly expiresAt?: string;
  /** Set when it could not be refreshed: still used, and said everywhere. */
  readonly stale?: { readonly since: string; readonly detail: string };
}
