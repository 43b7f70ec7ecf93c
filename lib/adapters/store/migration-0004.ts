import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Under which policies the evidence beside an image was judged. */
export const migration0004: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`ALTER TABLE image ADD COLUMN policy_revision text COLLATE "C"`.execute(db);
  },
};
