import { z } from 'zod';

/*
 * Kubernetes objects as far as we read them. Unknown fields pass and are dropped; a field of the
 * wrong type makes one object malformed, never the list that it came in.
 */

const Labels = z.record(z.string(), z.string()).nullish();

const Owner = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string().min(1),
  controller: z.boolean().nullish(),
});

const Metadata = z.object({
  uid: z.string().min(1),
  name: z.string().min(1),
  namespace: z.string().default(''),
  creationTimestamp: z.string().nullish(),
  labels: Labels,
  annotations: z
    .object({
      'kubernetes.io/config.mirror': z.string().optional(),
      // Nobody obeys these: a strange one is no reason to lose the pod.
      'kyverno.io/verify-images': z.string().optional().catch(undefined),
      'kyverno.io/verify-images-scoped': z.string().optional().catch(undefined),
    })
    .nullish(),
  ownerReferences: z.array(Owner).nullish(),
});
export type Metadata = z.infer<typeof Metadata>;

const Container = z.object({
  name: z.string().min(1),
  image: z.string().default(''),
  restartPolicy: z.string().nullish(),
});

/** What a pod and a pod template have in common. */
export const PodSpec = z.object({
  nodeName: z.string().nullish(),
  containers: z.array(Container),
  initContainers: z.array(Container).nullish(),
  ephemeralContainers: z.array(Container).nullish(),
  volumes: z
    .array(
      z.object({
        name: z.string(),
        image: z.object({ reference: z.string().default('') }).nullish(),
      }),
    )
    .nullish(),
});
export type PodSpec = z.infer<typeof PodSpec>;

const ContainerStatus = z.object({
  name: z.string(),
  imageID: z.string().default(''),
  state: z
    .object({
      running: z.object({}).nullish(),
      waiting: z.object({}).nullish(),
      terminated: z.object({}).nullish(),
    })
    .nullish(),
  /** Since 1.35 behind a gate: the digest of a mounted image (KEP-5365). */
  volumeMounts: z
    .array(
      z.object({
        name: z.string(),
        volumeStatus: z.object({ image: z.object({ imageRef: z.string() }).nullish() }).nullish(),
      }),
    )
    .nullish(),
});
export type ContainerStatus = z.infer<typeof ContainerStatus>;

const PodStatus = z.object({
  phase: z.string().default('Unknown'),
  containerStatuses: z.array(ContainerStatus).nullish(),
  initContainerStatuses: z.array(ContainerStatus).nullish(),
  ephemeralContainerStatuses: z.array(ContainerStatus).nullish(),
});

export const Pod = z.object({ metadata: Metadata, spec: PodSpec, status: PodStatus.nullish() });
export type Pod = z.infer<typeof Pod>;

/** Any object, by its metadata alone (PartialObjectMetadata). */
export const AnyObject = z.object({ metadata: Metadata });

const Template = z.object({ metadata: z.object({ labels: Labels }).nullish(), spec: PodSpec });

/** Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job. */
export const Controller = z.object({
  metadata: Metadata,
  spec: z.object({
    replicas: z.number().int().nullish(),
    suspend: z.boolean().nullish(),
    template: Template,
  }),
  status: z.object({ desiredNumberScheduled: z.number().int().nullish() }).nullish(),
});
export type Controller = z.infer<typeof Controller>;

export const CronJob = z.object({
  metadata: Metadata,
  spec: z.object({
    schedule: z.string().nullish(),
    suspend: z.boolean().nullish(),
    jobTemplate: z.object({ spec: z.object({ template: Template }) }),
  }),
});
export type CronJob = z.infer<typeof CronJob>;

/** One page of any list; its items are looked at one by one. */
export const ListPage = z.object({
  metadata: z
    .object({ resourceVersion: z.string().default(''), continue: z.string().nullish() })
    .default({ resourceVersion: '' }),
  items: z.array(z.unknown()).nullish(),
});

/** The API's way of telling a failure (meta/v1 Status). */
export const Status = z.object({
  message: z.string().default(''),
  reason: z.string().default(''),
  code: z.number().int().optional(),
  details: z.object({ retryAfterSeconds: z.number().optional() }).nullish(),
});
export type Status = z.infer<typeof Status>;

/** One line of a watch. */
export const WatchEvent = z.object({ type: z.string(), object: z.unknown() });

export const ResourceVersion = z.object({
  metadata: z.object({ resourceVersion: z.string().min(1) }),
});

export const Secret = z.object({
  type: z.string().default('Opaque'),
  data: z.record(z.string(), z.string()).nullish(),
});
export type Secret = z.infer<typeof Secret>;

export const Version = z.object({ gitVersion: z.string() });
