import type { ImageDetail, ImageFilter, ImagePage, ImageRow } from './contract/images.ts';
import type { Overview, SearchResult } from './contract/overview.ts';
import type { Facets, PageRequest } from './contract/paging.ts';
import type {
  Simulation,
  SimulationPage,
  SimulationRow,
  SimulationRowFilter,
} from './contract/simulations.ts';
import type {
  ClusterRow,
  PublishedFilter,
  PublishedPage,
  PublishedTag,
  RegistryDetail,
  RegistryRow,
  ScanRow,
  SourceRow,
} from './contract/sources.ts';
import type {
  ContainerListRow,
  FindingPage,
  FindingRow,
  Scope,
  WorkloadDetail,
  WorkloadFilter,
  WorkloadPage,
  WorkloadRow,
} from './contract/workloads.ts';
import type { Authority, TrustRoot } from './model/authority.ts';
import type { Digest } from './model/digest.ts';
import type { Discovery } from './model/evidence.ts';
import type { Descriptor, ImageIndex, ImageManifest } from './model/manifest.ts';
import type { Finding, TagNow } from './model/posture.ts';
import type { ReasonCode } from './model/reasons.ts';
import type { RevocationAnswer, RevocationQuestion } from './model/revocation.ts';
import type { TrustData } from './model/trust-data.ts';
import type { EvidenceVerdict, ImageVerdict, VerdictStatus } from './model/verdict.ts';
import type {
  ContainerKind,
  ControllerFacts,
  ImageUse,
  Inventory,
  OwnerReference,
  PodFacts,
  Workload,
} from './model/workload.ts';

/* ---------------------------------------------------------------- clusters */

/** An object between pod and top owner (ReplicaSet, Job …): metadata only. */
export interface OwnerLink {
  readonly uid: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner?: OwnerReference;
}

/** Something that could not be read though the rest could. */
export interface ReadProblem {
  readonly what: string;
  readonly reason: ReasonCode;
  readonly detail: string;
}

/** A whole consistent reading of one cluster. */
export interface ClusterSnapshot {
  readonly pods: readonly PodFacts[];
  readonly controllers: readonly ControllerFacts[];
  readonly owners: readonly OwnerLink[];
  readonly namespaces: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
  readonly version?: string;
  /** Of the pods. Absent for files: nothing to watch. */
  readonly resourceVersion?: string;
  /** Where each list stood, by its path: what a watch goes on from. Opaque outside the reader. */
  readonly positions?: Readonly<Record<string, string>>;
  readonly problems: readonly ReadProblem[];
  readonly readAt: Date;
}

/** The objects of a cluster from which follows what admission says, as they were served. */
export interface AdmissionReading {
  /** Whole objects with `apiVersion` and `kind`, without `metadata.managedFields`. */
  readonly objects: readonly AdmissionObject[];
  readonly namespaces: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
  readonly problems: readonly ReadProblem[];
  readonly readAt: Date;
}

/** A Kubernetes object as far as everybody can read it. */
export interface AdmissionObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
  };
}

/** What a watch reports. After `relisted` everything not in the snapshot is gone. */
export type ClusterChange =
  | { readonly type: 'pod'; readonly pod: PodFacts; readonly resourceVersion: string }
  | { readonly type: 'pod-gone'; readonly uid: string; readonly resourceVersion: string }
  | { readonly type: 'owner'; readonly owner: OwnerLink }
  | { readonly type: 'owner-gone'; readonly uid: string }
  | { readonly type: 'controller'; readonly controller: ControllerFacts }
  | { readonly type: 'controller-gone'; readonly uid: string }
  | {
      readonly type: 'namespace';
      readonly name: string;
      readonly labels: Readonly<Record<string, string>>;
    }
  | { readonly type: 'namespace-gone'; readonly name: string }
  /** Every stream is whole and nothing before `at` is missing: after `interrupted`, current again. */
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly at: Date }
  | { readonly type: 'relisted'; readonly snapshot: ClusterSnapshot }
  /** The stream broke and is being opened again: what we show ages from here. */
  | {
      readonly type: 'interrupted';
      readonly reason: ReasonCode;
      readonly detail: string;
      readonly retryAt: Date;
    };

/** One source of inventory. Read-only: get, list, watch. */
export interface ClusterReader {
  readonly id: string;
  readonly name: string;
  readonly kind: ClusterRow['kind'];
  readonly server?: string;
  /** @throws OperationalError cluster-*, input-file */
  read(options: {
    readonly signal: AbortSignal;
    readonly onProgress?: (pods: number) => void;
  }): Promise<ClusterSnapshot>;
  /** Follows from a snapshot for ever: relists on 410 and gaps, backs off, never throws for the world. */
  follow(from: ClusterSnapshot, signal: AbortSignal): AsyncIterable<ClusterChange>;
  /**
   * Reads what decides at admission, and what engines reported. What is not installed is absent
   * without a word; what is not permitted is a problem. @throws OperationalError cluster-*, input-file
   */
  readAdmission(options: { readonly signal: AbortSignal }): Promise<AdmissionReading>;
  /** Pull credentials from secrets that the configuration names: docker config JSON texts. */
  pullSecrets(): Promise<readonly string[]>;
  /** The `cosign.pub` of one secret, PEM; absent where no API is spoken. @throws OperationalError */
  readonly signingKey?: (namespace: string, name: string) => Promise<string>;
}

/* -------------------------------------------------------------- registries */

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

/* ----------------------------------------------------------- content trust */

/** What a Notary v1 server has about a repository. */
export type TrustDataAnswer =
  | { readonly state: 'found'; readonly data: TrustData }
  /** The server knows nothing of the collection. */
  | { readonly state: 'none' }
  /** The service has ended, or says that what it had is gone. */
  | { readonly state: 'retired'; readonly detail: string };

/** Docker Content Trust, where the configuration names a server for it. Read-only. */
export interface ContentTrustReader {
  /** What is set for an image; undefined when no server is named for it. */
  settingFor(
    registry: string,
    repository: string,
  ): { readonly server: string; readonly pinned: boolean } | undefined;
  /**
   * The metadata as served, with what was verified of it before.
   * @throws OperationalError when the server could not be asked: then nothing is known
   */
  read(registry: string, repository: string): Promise<TrustDataAnswer>;
}

/* ------------------------------------------------------------------- trust */

/** Where trust roots come from. */
export interface TrustSource {
  /** All roots now in use; one that cannot be had is reported as a problem, not thrown. */
  load(): Promise<{
    readonly roots: readonly TrustRoot[];
    readonly problems: readonly {
      readonly name: string;
      readonly reason: ReasonCode;
      readonly detail: string;
    }[];
  }>;
}

/** Public keys that authorities name by reference. */
export interface KeySource {
  /**
   * The public keys behind a reference (`hashivault://…`, `k8s://…`), PEM. With `cluster` (its id) a
   * policy of that cluster names it, and secrets of no other one are read.
   * @throws OperationalError mostly key-unresolvable, with the remedy in its message
   */
  read(reference: string, cluster?: string): Promise<string>;
}

/* ---------------------------------------------------------------- verifier */

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

/* ------------------------------------------------------------------- store */

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

/** What is stored of a cluster's admission objects. */
export interface StoredAdmission extends AdmissionReading {
  readonly cluster: string;
  /** Changes with every reading that brought anything new. */
  readonly revision: number;
}

/** One use of a workload as admission sees it. */
export interface ReviewedUse {
  readonly container: string;
  readonly kind: ContainerKind;
  readonly declared: string;
  readonly pods: number;
  readonly status: VerdictStatus;
  readonly digest?: Digest;
  /** What the declared reference names now: key of a reviewed image. */
  readonly image?: number;
  /** Why nobody knows what it names now. */
  readonly unresolved?: string;
}

/** A workload as admission sees it. `lastSeen` is set for what is not there any more. */
export interface ReviewedWorkload {
  readonly workload: Workload;
  readonly revision: number;
  readonly uses: readonly ReviewedUse[];
  readonly lastSeen?: string;
}

/** What verification found out about an image, as decisions and disagreements ask. */
export interface ReviewedImage {
  readonly id: number;
  readonly revision: string;
  /** Absent until it was looked at. */
  readonly verdict?: ImageVerdict;
}

/** When the admission objects of a cluster were last read, and what that makes of them. */
export interface AdmissionAge {
  readonly readAt: Date;
  /** Its cluster, or the objects themselves, were not heard of for too long. */
  readonly stale: boolean;
}

/** Inputs of the review of admission, so that only what changed is read again. */
export interface ReviewStore {
  /** Revision of everything that a review reads. */
  reviewIndex(): Promise<{
    readonly admission: ReadonlyMap<string, number>;
    readonly workloads: ReadonlyMap<string, number>;
    readonly images: ReadonlyMap<number, string>;
  }>;
  admissionOf(cluster: string): Promise<StoredAdmission | undefined>;
  /** How old what is known about admission is, by cluster. */
  admissionAges(now?: Date): Promise<ReadonlyMap<string, AdmissionAge>>;
  reviewedWorkloads(ids: readonly string[]): Promise<readonly ReviewedWorkload[]>;
  reviewedImages(ids: readonly number[]): Promise<readonly ReviewedImage[]>;
  /** Workloads, or former images of workloads, that were there after `since` and are not now; in batches. */
  formerWorkloads(since: Date): AsyncIterable<readonly ReviewedWorkload[]>;

  /** One that has ended is not made active again; the newest 200 are kept with their rows. */
  saveSimulation(simulation: Simulation): Promise<void>;
  /** Replaces the rows of a simulation, all at once. @throws Error when another did so meanwhile */
  saveSimulationRows(id: string, rows: readonly SimulationRow[]): Promise<void>;
  simulation(id: string): Promise<Simulation | undefined>;
  simulations(limit: number): Promise<readonly Simulation[]>;
  simulationRows(
    id: string,
    filter: SimulationRowFilter,
    page: PageRequest,
  ): Promise<SimulationPage>;
  allSimulationRows(
    id: string,
    filter: SimulationRowFilter,
  ): AsyncIterable<readonly SimulationRow[]>;
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

/** Reading side: what the API asks, answered in its contract. */
export interface ReadStore {
  overview(scope: Scope, now: Date): Promise<Overview>;
  workloads(filter: WorkloadFilter, page: PageRequest): Promise<WorkloadPage>;
  workloadFacets(filter: WorkloadFilter): Promise<Facets>;
  workload(id: string): Promise<WorkloadDetail | undefined>;
  findings(filter: WorkloadFilter, page: PageRequest): Promise<FindingPage>;
  images(filter: ImageFilter, page: PageRequest): Promise<ImagePage>;
  imageFacets(filter: ImageFilter): Promise<Facets>;
  image(digest: string): Promise<ImageDetail | undefined>;
  clusters(): Promise<readonly ClusterRow[]>;
  registries(): Promise<readonly RegistryRow[]>;
  registry(host: string): Promise<RegistryDetail | undefined>;
  published(filter: PublishedFilter, page: PageRequest): Promise<PublishedPage>;
  sources(): Promise<readonly SourceRow[]>;
  scans(limit: number): Promise<readonly ScanRow[]>;
  /** The words of every facet of the top bar: clusters, namespaces, teams. */
  scopes(): Promise<Facets>;
  search(text: string, limit: number): Promise<SearchResult>;
  /** Images verified by each authority name. */
  authorityUse(): Promise<ReadonlyMap<string, number>>;
  /** Every row of the filter in list order, in batches; no row is left out or doubled. */
  allWorkloads(filter: WorkloadFilter): AsyncIterable<readonly WorkloadRow[]>;
  allFindings(filter: WorkloadFilter): AsyncIterable<readonly FindingRow[]>;
  /** Every container of every workload of the filter. */
  allContainers(filter: WorkloadFilter): AsyncIterable<readonly ContainerListRow[]>;
  allImages(filter: ImageFilter): AsyncIterable<readonly ImageRow[]>;
  allPublished(filter: PublishedFilter): AsyncIterable<readonly PublishedTag[]>;
}

/** The database: one of PGlite and PostgreSQL behind the same SQL. */
export interface Store extends ScanStore, ReadStore, ReviewStore {
  readonly kind: 'embedded' | 'postgresql';
  readonly location: string;
  /** Notifies every process on this database. */
  publish(channel: string, payload: string): Promise<void>;
  subscribe(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>>;
  /** Answers within a second or throws. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/* ------------------------------------------------------------------- queue */

/** Everything that is put on the queue. Payloads are small: they name rows, they do not hold them. */
export type Job =
  | {
      readonly kind: 'scan';
      readonly scanId: string;
      readonly trigger: ScanRow['trigger'];
      readonly full: boolean;
    }
  | { readonly kind: 'subject'; readonly scanId: string; readonly subject: Subject }
  | { readonly kind: 'tag'; readonly scanId: string; readonly tag: TagSubject }
  /** `scanId` is the id of the simulation. */
  | { readonly kind: 'simulation'; readonly scanId: string };
export type JobKind = Job['kind'];

/** A durable queue: a job whose worker dies is given to another. */
export interface Queue {
  enqueue(jobs: readonly Job[]): Promise<void>;
  /**
   * Handles batches of one kind; jobs of a batch whose handler throws are retried with back-off. A
   * `scan` job runs as long as its scan does: it must not be given to another worker while its own
   * one lives. The function returned ends this handling alone: it aborts the signal and waits for the
   * handlers, and what they did not finish waits for the next worker.
   */
  work<K extends JobKind>(
    kind: K,
    options: { readonly batch: number; readonly concurrency: number },
    handler: (jobs: readonly Extract<Job, { kind: K }>[], signal: AbortSignal) => Promise<void>,
  ): Promise<() => Promise<void>>;
  /** Jobs waiting or running. */
  depth(kind: JobKind, scanId?: string): Promise<number>;
  /** Drops the waiting jobs of a scan. */
  cancel(scanId: string): Promise<void>;
  stop(): Promise<void>;
}
