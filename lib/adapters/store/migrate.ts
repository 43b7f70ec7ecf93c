import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { ConfigurationError } from '#lib/errors.ts';
import type { Database } from './database.ts';
import { migration0001 } from './migration-0001.ts';
import { migration0002 } from './migration-0002.ts';
import { migration0003 } from './migration-0003.ts';
import { migration0004 } from './migration-0004.ts';

/** In order; names never change once released. */
const migrations: Readonly<Record<string, Migration>> = {
  '0001-first-schema': migration0001,
  '0002-signed-indexes': migration0002,
  '0003-admission': migration0003,
  '0004-policy-revisions': migration0004,
};

/**
 * Brings the database to this program's schema. Several programs may do so at once.
 * @throws ConfigurationError when the database is newer than the program
 */
export async function migrate(database: Database): Promise<void> {
  await refuseNewer(database);
  const migrator = new Migrator({
    db: database.db,
    provider: { getMigrations: async () => ({ ...migrations }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function refuseNewer({ db, location }: Database): Promise<void> {
  const { rows } = await sql<{ present: boolean }>`
    select to_regclass('kysely_migration') is not null as present`.execute(db);
  if (rows[0]?.present !== true) return;
  const done = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const unknown = done.rows.map(({ name }) => name).filter((name) => !(name in migrations));
  if (unknown.length > 0)
    throw new ConfigurationError([
      `The database ${location} was written by a newer Sealwatch (its schema has ${unknown.join(', ')}). ` +
        'Start that version or a newer one, or name another database.',
    ]);
}
