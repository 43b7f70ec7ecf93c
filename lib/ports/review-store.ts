import type { PageRequest } from '#lib/contract/paging.ts';
import type {
  Simulation,
  SimulationPage,
  SimulationRow,
  SimulationRowFilter,
} from '#lib/contract/simulations.ts';
import type { Digest } from '#lib/model/digest.ts';
import type { ImageVerdict, VerdictStatus } from '#lib/model/verdict.ts';
import type { ContainerKind, Workload } from '#lib/model/workload.ts';
import type { AdmissionReading } from './cluster.ts';

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
