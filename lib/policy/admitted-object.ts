import type { ContainerKind } from '#lib/model/workload.ts';
import type { TextMap } from './object.ts';

/** What an engine is asked about: one object on its way into a cluster, with the images in it. */
export interface AdmittedObject {
  readonly group: string;
  readonly kind: string;
  /** Absent for an object of the whole cluster. */
  readonly namespace?: string;
  readonly name: string;
  readonly labels: TextMap;
  /** Of its namespace; absent when they could not be read, which is not the same as none. */
  readonly namespaceLabels?: TextMap;
  readonly containers: readonly {
    readonly name: string;
    readonly kind: ContainerKind;
    readonly image: string;
  }[];
}

/** True for a pod itself, not for something that makes pods. */
export const isPod = ({ group, kind }: Pick<AdmittedObject, 'group' | 'kind'>): boolean =>
  group === '' && kind === 'Pod';
