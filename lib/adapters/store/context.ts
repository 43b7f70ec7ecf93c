import type { Catalog } from './catalog.ts';
import type { Db } from './database.ts';
import type { Housekeeping } from './housekeeping.ts';
import type { KnownIds } from './intern.ts';
import type { WorkloadState } from './workload-state.ts';

/** What every part of the store works with. */
export interface StoreContext {
  readonly db: Db;
  readonly catalog: Catalog;
  readonly staleAfterMs: number;
  readonly ids: KnownIds;
  readonly housekeeping: Housekeeping;
  /** Workloads that were handed out to be judged, as they were then, with their marks. */
  readonly handedOut: Map<string, { readonly mark: number; readonly state: WorkloadState }>;
}
