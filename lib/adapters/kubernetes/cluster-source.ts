import { limits } from '#lib/model/limits.ts';

/** Where an inventory comes from, as the operator named it. `id` is stable, `name` is shown. */
export type ClusterSource = {
  readonly id: string;
  readonly name: string;
  /** Only these namespaces; absent: all of them. */
  readonly namespaces?: readonly string[];
  /** Secrets with pull credentials; no other secret is ever asked for. */
  readonly pullSecrets?: readonly { readonly namespace: string; readonly name: string }[];
} & (
  | {
      readonly kind: 'kubeconfig';
      /** File, or several joined as in `KUBECONFIG`; absent without `text`: `~/.kube/config`. */
      readonly path?: string;
      readonly text?: string;
      /** Absent: the current context. */
      readonly context?: string;
    }
  | { readonly kind: 'in-cluster' }
  | {
      readonly kind: 'pods-file' | 'manifests';
      readonly path: string;
      /** Further files, with policies and what goes with them. */
      readonly policies?: readonly string[];
    }
);

/** A source with an API server behind it. */
export type ApiSource = Extract<ClusterSource, { kind: 'kubeconfig' | 'in-cluster' }>;

/** How long things may take; the defaults suit real API servers. */
export interface ReaderTimings {
  /** One request, from sending to its last byte. */
  readonly requestMs: number;
  /** Silence on a watch, bookmarks included, after which it counts as broken. */
  readonly watchSilenceMs: number;
  /** Bounds of the time for which a watch is asked for, in seconds. */
  readonly watchSeconds: readonly [number, number];
  /** First and longest pause before trying again; each pause is random below its bound. */
  readonly backOffMs: readonly [number, number];
}

export const defaultTimings: ReaderTimings = {
  requestMs: limits.clusterRequestMs,
  watchSilenceMs: limits.watchSilenceMs,
  watchSeconds: limits.watchSeconds,
  backOffMs: limits.watchBackOffMs,
};
