import { sql } from 'kysely';
import { log } from '#lib/log.ts';
import type { Db } from './database.ts';

/** Rows that may change before the space of their old versions is reclaimed. */
const changesBetween = 25_000;

/**
 * Stands in for autovacuum, which the embedded database does not have: without it a first scan, which
 * writes most rows several times, would leave tables and indexes at a multiple of their size.
 */
export class Housekeeping {
  readonly #db: Db;
  readonly #alone: boolean;
  #changes = 0;

  /** `alone`: nobody else vacuums this database, and nobody waits for its locks. */
  constructor(db: Db, alone: boolean) {
    this.#db = db;
    this.#alone = alone;
  }

  /** Counts changed rows, and cleans up when there were many. */
  async changed(rows: number): Promise<void> {
    this.#changes += rows;
    if (!this.#alone || this.#changes < changesBetween) return;
    this.#changes = 0;
    try {
      await sql`vacuum (analyze) workload, image_use, finding, to_judge`.execute(this.#db);
    } catch (error) {
      // What was written is durable all the same; the next scan cleans up.
      log.warn({ error }, 'the database could not be cleaned up');
    }
  }

  /** Reclaims space and refreshes statistics of everything; PostgreSQL may be late with it. */
  async full(): Promise<void> {
    this.#changes = 0;
    if (this.#alone) await sql`reindex table workload`.execute(this.#db);
    await sql`vacuum (analyze)`.execute(this.#db);
  }
}
