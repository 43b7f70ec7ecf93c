import type { Digest } from '#lib/model/digest.ts';
import type { ContainerKind } from '#lib/model/workload.ts';
import type { PlannedAdmission } from './planned-admission.ts';
import type { Expected, RecipeName } from './recipes.ts';
import type { RegistryHost, Zone } from './zones.ts';

/** A digest in a repository, and the verdict that it must get there. */
export interface Target {
  readonly host: RegistryHost;
  readonly repository: string;
  readonly digest: Digest;
  readonly expected: Expected;
}

/** One image of the lab: its bytes follow from these fields, its evidence from the recipe. */
export interface PlannedImage extends Target {
  readonly zone: Zone;
  readonly version: string;
  readonly build: number;
  readonly recipe: RecipeName;
  readonly platforms: readonly string[];
  /** Platform manifests of an index, in the order of `platforms`. */
  readonly children: readonly Target[];
}

/** A repository with what its tags name now. */
export interface PlannedRepository {
  readonly host: RegistryHost;
  readonly repository: string;
  readonly tags: ReadonlyMap<string, PlannedImage>;
}

/** What some pods of a container run. */
export type PlannedRun =
  /** The kubelet reports this digest. */
  | { readonly state: 'digest'; readonly target: Target; readonly pods: number }
  /** Loaded on the node: the kubelet reports a config digest without a repository. */
  | { readonly state: 'local'; readonly pods: number }
  | { readonly state: 'pending'; readonly pods: number }
  /** A template that runs nowhere now; `target` is what its reference names. */
  | { readonly state: 'at-rest'; readonly target: Target };

/** One container of a workload. */
export interface PlannedContainer {
  readonly name: string;
  readonly kind: ContainerKind;
  /** The image as the pod spec writes it. */
  readonly declared: string;
  readonly args?: readonly string[];
  readonly runs: readonly PlannedRun[];
}

export const plannedKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Pod',
  /** A static pod's mirror. */
  'StaticPod',
  /** A kind that no built-in controller owns. */
  'Rollout',
] as const;
export type PlannedKind = (typeof plannedKinds)[number];

/** One workload of one cluster. Pods are made from it when somebody asks for them. */
export interface PlannedWorkload {
  readonly cluster: string;
  readonly namespace: string;
  readonly team: string;
  readonly kind: PlannedKind;
  readonly name: string;
  /** Pods that exist; 0 for a template at rest. */
  readonly pods: number;
  readonly containers: readonly PlannedContainer[];
}

/** A repository that the configuration declares, with the rules it declares. */
export interface DeclaredTags {
  readonly host: RegistryHost;
  /** Name or glob, as the configuration writes it. */
  readonly pattern: string;
  readonly tags: string;
  readonly releases: string;
  readonly newest: number;
}

/** Everything that a lab is: made once from a seed, and never changed. */
export interface LabPlan {
  readonly seed: number;
  readonly clusters: readonly string[];
  readonly images: readonly PlannedImage[];
  /** By `host/repository`. */
  readonly repositories: ReadonlyMap<string, PlannedRepository>;
  readonly workloads: readonly PlannedWorkload[];
  readonly declared: readonly DeclaredTags[];
  /** Of the clusters that have engines. */
  readonly admission: readonly PlannedAdmission[];
  readonly pods: number;
}

/** How large a lab is asked for. */
export interface LabSize {
  /** Pods in all clusters together; by default what the workloads come to, about a thousand. */
  readonly pods?: number;
  /** Digests in the registries, at least. */
  readonly images?: number;
  readonly clusters?: number;
  /** Workloads in all clusters together, about. */
  readonly workloads?: number;
  readonly seed?: number;
  /** Also plan the faults that are slow to find out. */
  readonly slowFaults?: boolean;
}
