import type { Pin } from './reference.ts';
import type { ContainerKind } from './workload.ts';

/** What of a workload the patch needs; a `WorkloadDetail` fits. */
export interface WorkloadToPin {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uses: readonly {
    readonly container: string;
    readonly kind: ContainerKind;
    readonly declared: string;
    readonly pin: Pin;
    /** Digest that runs, or that the tag names for a template at rest. */
    readonly digest: string | null;
  }[];
}

/** Where each kind keeps its pod spec. Of other kinds we do not know, so nothing is written. */
const podSpecPaths: Readonly<Record<string, string>> = {
  Pod: 'spec',
  Deployment: 'spec.template.spec',
  StatefulSet: 'spec.template.spec',
  DaemonSet: 'spec.template.spec',
  ReplicaSet: 'spec.template.spec',
  ReplicationController: 'spec.template.spec',
  Job: 'spec.template.spec',
  Rollout: 'spec.template.spec',
  CronJob: 'spec.jobTemplate.spec.template.spec',
};

/** Ephemeral containers are not part of a template: there is nothing to patch. */
const listPaths: Readonly<Record<ContainerKind, readonly [list: string, field: string] | null>> = {
  main: ['containers', 'image'],
  init: ['initContainers', 'image'],
  sidecar: ['initContainers', 'image'],
  ephemeral: null,
  'image-volume': ['volumes', 'image.reference'],
};

/**
 * A unified-diff-like text of the pod template that pins what runs; null when nothing is to pin.
 * A container whose replicas differ is left out: which digest is the right one is for its owner.
 */
export function pinPatch(workload: WorkloadToPin): string | null {
  const { kind } = workload;
  const podSpec = Object.hasOwn(podSpecPaths, kind) ? podSpecPaths[kind] : undefined;
  if (podSpec === undefined) return null;
  const hunks = [...groupByContainer(workload.uses).values()].flatMap((uses) =>
    hunk(podSpec, uses),
  );
  if (hunks.length === 0) return null;
  const title = `${workload.apiVersion} ${workload.kind} ${workload.namespace}/${workload.name}`;
  return [`--- ${title}`, `+++ ${title}`, ...hunks, ''].join('\n');
}

type Use = WorkloadToPin['uses'][number];

function groupByContainer(uses: readonly Use[]): Map<string, Use[]> {
  return Map.groupBy(uses, ({ container, kind }) => `${kind}/${container}`);
}

function hunk(podSpec: string, uses: readonly Use[]): string[] {
  const [use, ...others] = uses;
  const place = use && listPaths[use.kind];
  if (!use || !place || use.digest === null) return [];
  if (use.pin !== 'tag' && use.pin !== 'none') return [];
  const agree = others.every(
    ({ declared, digest }) => declared === use.declared && digest === use.digest,
  );
  if (!agree) return [];
  const [list, field] = place;
  return [
    `@@ ${podSpec}.${list}[name=${use.container}] @@`,
    `- ${field}: ${use.declared}`,
    `+ ${field}: ${use.declared}@${use.digest}`,
  ];
}
