import type { ClusterRow } from '#lib/contract/sources.ts';
import type { ReasonCode } from '#lib/model/reasons.ts';
import type { ControllerFacts, OwnerReference, PodFacts } from '#lib/model/workload.ts';

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
