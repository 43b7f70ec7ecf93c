import type { Digest } from '#lib/model/digest.ts';
import type { Descriptor, ImageIndex, ImageManifest } from '#lib/model/manifest.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';

/** A manifest whose bytes match its digest and whose shape is unambiguous. */
export interface FetchedManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly body:
    | { readonly kind: 'index'; readonly index: ImageIndex }
    | { readonly kind: 'manifest'; readonly manifest: ImageManifest }
    /** A media type we do not act on. */
    | { readonly kind: 'other' };
}

/** What the referrers API answered; `supported: false` sends the caller to the fallback tag only. */
export type ReferrersAnswer =
  | {
      readonly supported: true;
      readonly descriptors: readonly Descriptor[];
      readonly truncated: boolean;
      /** Why the list ends early: a limit, or pages that lead astray. */
      readonly problem?: { readonly reason: ReasonCode; readonly detail: string };
    }
  | { readonly supported: false; readonly detail: string };

/** What a registry has told us so far, by host. */
export interface RegistryStatus {
  readonly host: string;
  readonly credentials?: string;
  readonly insecure: boolean;
  readonly referrersApi?: boolean;
  readonly requests: number;
  readonly failures: number;
  readonly rateLimited: number;
  readonly budget?: { readonly limit: number; readonly remaining: number; readonly resetAt?: Date };
  readonly lastSuccessAt?: Date;
  readonly lastFailure?: {
    readonly at: Date;
    readonly reason: ReasonCode;
    readonly detail: string;
    readonly retryAt?: Date;
  };
}

/**
 * The OCI distribution API, read-only. Names are canonical (`docker.io`, `library/nginx`). Every
 * failure is an OperationalError with a registry-* reason; every body is checked against its digest.
 */
export interface RegistryReader {
  /**
   * Tag → digest, by HEAD where that suffices. Undefined when the tag does not exist in a repository
   * that we can see; a repository that is hidden or gone is registry-not-found.
   */
  resolveTag(registry: string, repository: string, tag: string): Promise<Digest | undefined>;
  /** Undefined on 404. */
  manifest(
    registry: string,
    repository: string,
    reference: Digest | string,
  ): Promise<FetchedManifest | undefined>;
  /** At most `cap` bytes. @throws OperationalError blob-digest, limit-exceeded, registry-* */
  blob(
    registry: string,
    repository: string,
    descriptor: { readonly digest: string; readonly size: number },
    cap: number,
  ): Promise<Uint8Array>;
  referrers(registry: string, repository: string, digest: Digest): Promise<ReferrersAnswer>;
  /** All tags; `complete: false` when a limit stopped the listing. */
  tags(
    registry: string,
    repository: string,
  ): Promise<{ readonly tags: readonly string[]; readonly complete: boolean }>;
  /** Repositories by `_catalog`. @throws OperationalError when the registry does not list */
  repositories(registry: string): Promise<readonly string[]>;
  status(): readonly RegistryStatus[];
}

/** Where else than beside the image evidence about it lies, as the operator said. */
export type Elsewhere =
  /** A repository that holds signatures of other ones (cosign's `COSIGN_REPOSITORY`). */
  | { readonly kind: 'repository'; readonly registry: string; readonly repository: string }
  /** A store of detached GPG signatures: known to exist, and not readable here. */
  | { readonly kind: 'lookaside'; readonly url: string };

/** What the operator said for the images that these globs over `registry/repository` name. */
export interface ElsewhereRule {
  readonly images: readonly string[];
  readonly place: Elsewhere;
}

/** A declared repository to scan in its own right. */
export interface DeclaredRepository {
  readonly registry: string;
  /** Repository name or glob. */
  readonly repository: string;
  /** RE2 over the whole tag; absent: every tag. */
  readonly tags?: string;
  /** RE2 over the whole tag: which tags count as releases. */
  readonly releases?: string;
  /** At most this many tags, newest version first. */
  readonly newest: number;
}
