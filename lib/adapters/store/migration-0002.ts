import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which signed index lists a platform image: one in the same repository that is verified itself. */
export const migration0002: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`ALTER TABLE image ADD COLUMN index_id int`.execute(db);
  },
};
