import type { ClusterRow, ScanRow } from '#lib/contract/sources.ts';
import type { TrustRoot } from '#lib/model/authority.ts';
import type { Digest } from '#lib/model/digest.ts';
import type { Finding, TagNow } from '#lib/model/posture.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { ImageVerdict, VerdictStatus } from '#lib/model/verdict.ts';
import type { ImageUse, Inventory, Workload } from '#lib/model/workload.ts';
import type { AdmissionReading, ReadProblem } from './cluster.ts';
import type { RegistryStatus } from './registry.ts';
import type { Fact } from './verifier.ts';

/** A digest in a repository that something refers to. */
export interface Subject {
  readonly registry: string;
  readonly repository: string;
  readonly digest: Digest;
}

/** A tag that something refers to. */
export interface TagSubject {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** A stored use with its key. */
export interface StoredUse extends ImageUse {
  readonly id: string;
  readonly cluster: string;
}

/** Everything that the posture stage needs about one workload. */
export interface WorkloadToJudge {
  readonly workload: Workload;
  readonly uses: readonly (StoredUse & {
    /** About the digest that runs; for a template at rest, about the one its digest or tag names now. */
    readonly verdict?: Pick<
      ImageVerdict,
      'status' | 'reason' | 'detail' | 'signer' | 'authority' | 'retryAt' | 'inheritedFrom'
    >;
    readonly tagNow: TagNow;
    /** Verdict of the digest that the tag names now, where it moved and the verdict is known. */
    readonly tagNowStatus?: VerdictStatus;
  })[];
}

export interface UseJudgement {
  readonly useId: string;
  readonly status: VerdictStatus;
  readonly reason?: ReasonCode;
  readonly detail?: string;
}

/** What the posture stage says about one workload. */
export interface WorkloadJudgement {
  readonly workloadId: string;
  readonly uses: readonly UseJudgement[];
  readonly findings: readonly Finding[];
}

/** How a cluster stands, as shown. */
export interface ClusterState {
  readonly id: string;
  readonly name: string;
  readonly kind: ClusterRow['kind'];
  readonly server?: string;
  readonly version?: string;
  readonly state: ClusterRow['state'];
  readonly watching: boolean;
  readonly asOf?: Date;
  readonly reason?: ReasonCode;
  readonly detail?: string;
  readonly retryAt?: Date;
  readonly problems: readonly ReadProblem[];
}

/** A published tag with what it names. `digest` is absent when it could not be read. */
export interface PublishedImage {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest?: Digest;
  readonly release: boolean;
}

export interface PublishedReading {
  readonly registry: string;
  readonly repository: string;
  readonly images: readonly PublishedImage[];
  readonly tags: number;
  readonly skippedTags: number;
  readonly readAt: Date;
  readonly reason?: ReasonCode;
  readonly detail?: string;
}

/** Platform truth of an index: its children, as far as they are images. */
export interface PlatformChild {
  readonly platform: string;
  readonly digest: Digest;
}

/** Writing side: each call is one transaction; when it returns, the data is durable. */
export interface ScanStore {
  /**
   * Makes this inventory the present of the cluster; what is not in it is gone. Writes only changes.
   * A large one is several transactions of whole workloads, so that readers come in between.
   */
  saveInventory(
    cluster: string,
    inventory: Inventory,
    at: Date,
  ): Promise<{ readonly changed: number }>;
  /** The same for some workloads only (from a watch); `gone` are workload ids. */
  saveWorkloads(
    cluster: string,
    inventory: Inventory,
    gone: readonly string[],
    at: Date,
  ): Promise<{ readonly changed: number }>;
  saveCluster(state: ClusterState): Promise<void>;
  /** Makes these the present admission objects of the cluster. Writes only changes. */
  saveAdmission(cluster: string, reading: AdmissionReading): Promise<{ readonly changed: boolean }>;
  /** Clusters that are no longer configured, with all that hangs on them. */
  forgetClustersExcept(ids: readonly string[]): Promise<void>;

  /**
   * Subjects in use, published, or named now by a tag in use, that have no verdict yet or whose
   * verdict is due again.
   */
  dueSubjects(options: {
    readonly now: Date;
    /** Verdicts older than this are due. */
    readonly checkedBefore: Date;
    readonly limit: number;
    readonly after?: string;
  }): Promise<{
    readonly items: readonly Subject[];
    readonly next: string | null;
    readonly total: number;
  }>;
  dueTags(options: {
    readonly checkedBefore: Date;
    readonly limit: number;
    readonly after?: string;
  }): Promise<{
    readonly items: readonly TagSubject[];
    readonly next: string | null;
    readonly total: number;
  }>;
  /** By cluster, the revision of its stored admission objects, as `StoredAdmission` has it. */
  admissionRevisions(): Promise<ReadonlyMap<string, number>>;
  /**
   * Subjects in use, published, or named by a tag in use, whose evidence was judged under other policies
   * than `revisionOf` says for `registry/repository`; undefined: no policy speaks about it. None
   * without evidence: no policy could judge it otherwise.
   */
  checkedUnderOtherPolicies(
    revisionOf: (name: string) => string | undefined,
  ): Promise<readonly Subject[]>;
  knownFacts(subject: Digest, evidence: readonly Digest[]): Promise<readonly Fact[]>;
  /** Verdicts with their facts; appends to the history where the status or reason changed. */
  saveVerdicts(
    items: readonly {
      readonly verdict: ImageVerdict;
      readonly facts: readonly Fact[];
      readonly mediaType?: string;
      readonly platforms?: readonly PlatformChild[];
    }[],
    at: Date,
    cause: string,
  ): Promise<void>;
  saveTags(
    items: readonly (TagSubject & {
      readonly now:
        | Exclude<TagNow, { state: 'same' | 'moved' | 'not-asked' }>
        | { readonly state: 'digest'; readonly digest: Digest };
    })[],
    at: Date,
  ): Promise<void>;
  savePublished(reading: PublishedReading): Promise<void>;

  /** Has every workload judged again: the rules changed by which facts are weighed. */
  judgeAgain(): Promise<void>;
  /** Workloads whose uses, verdicts or tags changed since they were last judged. */
  workloadsToJudge(limit: number): Promise<readonly WorkloadToJudge[]>;
  saveJudgements(items: readonly WorkloadJudgement[], at: Date, cause: string): Promise<void>;
  /** Writes today's coverage point of the trend. */
  saveCoverage(at: Date): Promise<void>;

  saveRegistries(states: readonly RegistryStatus[], declared: readonly string[]): Promise<void>;
  saveTrustRoots(roots: readonly TrustRoot[]): Promise<void>;
  saveScan(scan: ScanRow): Promise<void>;
  scan(id: string): Promise<ScanRow | undefined>;
  /** After a scan: reclaims space and refreshes statistics where the database does not by itself. */
  maintain(): Promise<void>;
}
