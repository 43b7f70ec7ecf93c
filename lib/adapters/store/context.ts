import type { Catalog } from './catalog.ts';
import type { Db } from './database.ts';

/** What every part of the store works with. */
export interface StoreContext {
  readonly db: Db;
  readonly catalog: Catalog;
  readonly staleAfterMs: number;
  /** Marks of the workloads that were handed out to be judged. */
  readonly marks: Map<string, number>;
}
