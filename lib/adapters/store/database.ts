import type { Kysely, RawBuilder, Transaction } from 'kysely';
import type { PgliteClient } from './pglite-client.ts';

/**
 * All SQL here is written out, in the dialect that PostgreSQL 15 and PGlite share: the builder gives
 * parameters, transactions and migrations, the statements stay readable as SQL.
 */
export type Tables = Record<string, never>;
export type Db = Kysely<Tables>;
export type Trx = Transaction<Tables>;
/** Where a statement runs: in a transaction or on its own. */
export type Runner = Db | Trx;
export type Sql = RawBuilder<unknown>;

/** What the queue stands on. */
export type QueueDatabase =
  | { readonly kind: 'pglite'; readonly client: PgliteClient }
  | { readonly kind: 'postgresql'; readonly url: string };

/** An open database of either kind, not yet migrated. */
export interface Database {
  readonly kind: 'embedded' | 'postgresql';
  /** Folder or address without password, for people. */
  readonly location: string;
  readonly db: Db;
  readonly queue: QueueDatabase;
  listen(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
