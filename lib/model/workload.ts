import type { Digest } from './digest.ts';
import type { Pin, Reference } from './reference.ts';

/** Every place in a pod from which an image can run. */
export const containerKinds = ['main', 'init', 'sidecar', 'ephemeral', 'image-volume'] as const;
export type ContainerKind = (typeof containerKinds)[number];

/** A controlling owner as Kubernetes writes it (`metadata.ownerReferences[]` with `controller`). */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** A pod reduced to what posture needs, about 300 bytes: the only form in which pods are kept. */
export interface PodFacts {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node?: string;
  readonly createdAt: string;
  readonly phase: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner?: OwnerReference;
  /** A static pod's mirror: no admission was asked. */
  readonly mirror: boolean;
  /** Annotations by which an engine says what it checked: claims of whoever writes pods. */
  readonly claims?: Readonly<Record<string, string>>;
  readonly containers: readonly ContainerFacts[];
}

/** One container of a pod: `image` as declared, `imageId` as the kubelet reported it ('' until it runs). */
export interface ContainerFacts {
  readonly name: string;
  readonly kind: ContainerKind;
  readonly image: string;
  readonly imageId: string;
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown';
}

/** A controller reduced to its pod template: what would run at the next start. */
export interface ControllerFacts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that its pods get. */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Of a CronJob, as written. */
  readonly schedule?: string;
  readonly owner?: OwnerReference;
  /** Desired replicas; 0 for a suspended CronJob or a scaled-down Deployment. */
  readonly replicas: number;
  readonly containers: readonly ContainerFacts[];
}

/** The top owner a person would name. `id` is stable over scans: cluster and uid of the top owner. */
export interface Workload {
  readonly id: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly team?: string;
  readonly admission?: AdmissionFacts;
}

/** What admission engines look at beside the images. */
export interface AdmissionFacts {
  /** Of the workload object itself. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of its pods: of the template, or of the newest pod where no template is known. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** When its oldest pod was made, ISO 8601; absent where none is there. */
  readonly createdAt?: string;
  /** A static pod: its kubelet starts it and asks nobody. */
  readonly mirror: boolean;
  /** Pods wanted, as far as a template says; absent for a bare pod. */
  readonly replicas?: number;
  readonly schedule?: string;
  /** Names of all its pods, in order. */
  readonly pods: readonly string[];
  /** Distinct claims in annotations of its pods, in order. */
  readonly claims?: readonly Readonly<Record<string, string>>[];
  /** Distinct claims beyond those that are kept. */
  readonly claimsOmitted?: number;
}

/**
 * What the kubelet's `imageID` lets us say about what runs.
 *
 * - `digest`: a manifest (or index) digest that a registry knows.
 * - `local`: a config digest without repository; it looks alike and must never be looked up as a manifest.
 * - `pending`: nothing ran yet.
 */
export type RunningImage =
  | { readonly state: 'digest'; readonly digest: Digest; readonly repository?: string }
  | { readonly state: 'local'; readonly imageId: string }
  | { readonly state: 'pending' }
  | { readonly state: 'malformed'; readonly imageId: string };

/**
 * One container of one workload running one image under one declared reference; pods that agree are
 * one use. Several uses of one container mean that replicas differ.
 */
export interface ImageUse {
  readonly workloadId: string;
  readonly container: string;
  readonly kind: ContainerKind;
  /** The string of the pod spec, untouched. */
  readonly declared: string;
  /** Absent when `declared` cannot be parsed; `problem` then says why. */
  readonly reference?: Reference;
  readonly problem?: string;
  readonly pin: Pin;
  readonly running: RunningImage;
  /** Pods in which it runs; 0 for a template at rest (CronJob, scaled to zero). */
  readonly pods: number;
  /** Up to five pods by name, for the reader who wants to look. */
  readonly examples: readonly string[];
}

/** What one pass over a source found. */
export interface Inventory {
  readonly workloads: readonly Workload[];
  readonly uses: readonly ImageUse[];
}
