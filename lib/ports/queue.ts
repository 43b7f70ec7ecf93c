import type { ScanRow } from '#lib/contract/sources.ts';
import type { Subject, TagSubject } from './scan-store.ts';

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
